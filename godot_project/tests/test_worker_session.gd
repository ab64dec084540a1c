extends EvolveTest
## The worker's side of the protocol, without a socket.

const WELCOME := '{"type": "welcome", "worker": "worker-1"}'

var _session: EvolveWorkerSession


func test_hello_comes_first_and_carries_the_identity() -> void:
	_greet()
	var said := _session.take_outgoing()
	check_equal(said.size(), 1, "messages")
	var hello: Dictionary = JSON.parse_string(str(said[0]))
	check_equal(hello["type"], "hello")
	check_equal(hello["scene"], "res://a.tscn")
	check_contains(str(said[0]), '"capacity":8')
	check_contains(str(said[0]), '"size":150')


func test_the_welcome_is_answered_by_two_pulls_of_the_capacity() -> void:
	_welcome()
	check_equal(_session.state, EvolveWorkerSession.State.WELCOMED)
	check_equal(_session.worker_name, "worker-1")
	var pull := '{"type":"pull","units":8}'
	check_equal(_session.take_outgoing(), [pull, pull] as Array[Variant])
	check_equal(_session.credit, 16)


func test_results_are_followed_by_a_pull_for_as_many_units() -> void:
	_welcome()
	_session.take_outgoing()
	_session.receive_frame(PackedByteArray([5]))
	check_equal(_session.credit, 11)
	_session.send_results(PackedByteArray([1, 2]), 5)
	var expected: Array[Variant] = [PackedByteArray([1, 2]), '{"type":"pull","units":5}']
	check_equal(_session.take_outgoing(), expected)
	check_equal(_session.credit, 16)


func test_frames_become_batches_once() -> void:
	_welcome()
	_session.receive_frame(PackedByteArray([5]))
	_session.receive_frame(PackedByteArray([3]))
	check_equal(_session.take_batches().size(), 2, "batches")
	check_equal(_session.take_batches().size(), 0, "batches")


func test_stop_ends_the_session_with_its_reason() -> void:
	_welcome()
	_session.receive_text('{"reason": "the goal is reached", "type": "stop"}')
	check_equal(_session.state, EvolveWorkerSession.State.STOPPED)
	check_equal(_session.reason, "the goal is reached")
	check_equal(_session.close_code, 1000)


func test_refuse_ends_the_session_with_its_reason() -> void:
	_greet()
	_session.receive_text('{"type": "refuse", "reason": "engine 4.4 against 4.6"}')
	check_equal(_session.state, EvolveWorkerSession.State.REFUSED)
	check_equal(_session.reason, "engine 4.4 against 4.6")


func test_a_close_tells_stop_and_refusal_by_its_code() -> void:
	_welcome()
	_session.receive_close(1000, "")
	check_equal(_session.state, EvolveWorkerSession.State.STOPPED)
	_greet()
	_session.receive_close(4003, "another engine")
	check_equal(_session.state, EvolveWorkerSession.State.REFUSED)
	check_equal(_session.reason, "another engine")
	_greet()
	_session.receive_close(1006, "")
	check_equal(_session.is_over(), false, "a lost connection is no end of the session")


func test_a_wrong_scene_is_reported() -> void:
	_welcome()
	_session.take_outgoing()
	_session.report_error("no agent")
	var said: Array[Variant] = ['{"reason":"no agent","type":"error"}']
	check_equal(_session.take_outgoing(), said)


func test_messages_that_break_a_rule_close_with_1008() -> void:
	var bad: Dictionary[String, String] = {
		"[]": "no JSON object",
		"{": "no JSON object",
		'{"type": 3}': "no text under 'type'",
		'{"type": "dance"}': "unknown type 'dance'",
		'{"type": "stop"}': "no text under 'reason'",
		'{"type": "stop", "reason": 5}': "no text under 'reason'",
		'{"type": "stop", "reason": "x", "more": 1}': "unknown key 'more'",
		'{"reason": "x"}': "no text under 'type'",
		'{"type": "stop", "reason": "%s"}' % "x".repeat(300_000): "no JSON object",
	}
	for text in bad:
		_greet()
		_session.receive_text(text)
		check_equal(_session.state, EvolveWorkerSession.State.BROKEN, text.left(60))
		check_equal(_session.close_code, 1008, text.left(60))
		check_contains(_session.reason, bad[text], text.left(60))


func test_messages_out_of_place_close_with_1002() -> void:
	_greet()
	_session.receive_frame(PackedByteArray([1]))
	check_equal(_session.close_code, 1002, "work before welcome")
	_welcome()
	_session.receive_text(WELCOME)
	check_equal(_session.close_code, 1002, "second welcome")


func test_a_frame_that_does_not_decode_closes_with_1007() -> void:
	_welcome()
	_session.receive_frame(PackedByteArray())
	check_equal(_session.close_code, 1007)


func test_more_units_than_asked_for_close_with_1008() -> void:
	_welcome()
	_session.receive_frame(PackedByteArray([17]))
	check_equal(_session.close_code, 1008)
	check_contains(_session.reason, "17 units, but 16")


func test_nothing_is_heard_after_the_end() -> void:
	_welcome()
	_session.receive_text('{"reason": "over", "type": "stop"}')
	_session.receive_text('{"reason": "again", "type": "stop"}')
	_session.receive_frame(PackedByteArray([5]))
	check_equal(_session.reason, "over")
	check_equal(_session.take_batches().size(), 0, "batches")


func _greet() -> void:
	_session = EvolveWorkerSession.new(8, _decode)
	_session.greet({"scene": "res://a.tscn", "config": {"populations": [{"size": 150}]}})


func _welcome() -> void:
	_greet()
	_session.take_outgoing()
	_session.receive_text(WELCOME)


# A frame of one byte stands for a batch of so many units.
func _decode(data: PackedByteArray) -> RefCounted:
	return null if data.is_empty() else EvolveStubBatch.make(data[0], 4)
