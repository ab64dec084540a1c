extends EvolveTest
## A whole worker process against a small orchestrator inside this one.

const XOR := "res://demos/xor/xor.tscn"
const WELCOME := '{"type": "welcome", "worker": "worker-1"}'

var _listener := TCPServer.new()
var _socket := WebSocketPeer.new()
var _child: EvolveChildGodot
var _heard: Array[Dictionary] = []


func test_a_worker_says_who_it_is_and_pulls_twice_its_capacity() -> void:
	if skip_without_native():
		return
	await _start(XOR)
	await _hear(1)
	if _heard.is_empty():
		return
	var hello := _heard[0]
	var keys: Array = hello.keys()
	keys.sort()
	check_equal(
		keys,
		[
			"capacity",
			"config",
			"engine",
			"library",
			"role",
			"scene",
			"scene_digest",
			"stop",
			"type"
		],
		"keys of hello"
	)
	check_equal(hello["scene"], XOR)
	check_equal(hello["scene_digest"], EvolveSceneDigest.of(XOR), "scene digest")
	check_equal(hello["library"], EvolveNative.library_version(), "library")
	check_equal(hello["stop"], {"generations": 100.0, "fitness": 3.9}, "stop")
	_socket.send_text(WELCOME)
	await _hear(3)
	check_equal(_heard[1], {"type": "pull", "units": 64.0}, "first pull")
	check_equal(_heard[2], {"type": "pull", "units": 64.0}, "second pull")
	await _end_with('{"type": "stop", "reason": "over"}', 1000)
	check_equal(_child.exit_code, 0, "exit code after stop: %s" % _child.output)


func test_a_refused_worker_says_why_and_exits_with_1() -> void:
	if skip_without_native():
		return
	await _start(XOR)
	await _hear(1)
	_socket.send_text('{"type": "refuse", "reason": "another scene"}')
	while _child.is_running():
		_socket.poll()
		await frames(1)
	check_equal(_child.exit_code, 1, "exit code")
	check_contains(_child.output, "refused this worker: another scene")


func test_a_worker_that_loses_its_orchestrator_exits_with_3() -> void:
	if skip_without_native():
		return
	await _start(XOR)
	await _hear(1)
	_socket.close(-1)
	while _child.is_running():
		await frames(1)
	check_equal(_child.exit_code, 3, "exit code")
	check_contains(_child.output, "connection to the orchestrator was lost")


func test_a_frame_that_is_none_ends_the_worker_with_a_sentence() -> void:
	if skip_without_native():
		return
	await _start(XOR)
	await _hear(1)
	_socket.send_text(WELCOME)
	_socket.send(PackedByteArray([1, 2, 3]))
	while _child.is_running():
		_socket.poll()
		await frames(1)
	check_equal(_child.exit_code, 1, "exit code")
	check_contains(_child.output, "a frame cannot be read")


func test_a_trainer_without_agent_scene_tells_the_orchestrator() -> void:
	if skip_without_native():
		return
	await _start("res://tests/fixtures/empty_trainer.tscn")
	await _hear(2)
	if _heard.size() > 1:
		check_equal(_heard[1]["type"], "error")
		check_contains(str(_heard[1]["reason"]), "/root/World/Trainer: Agent Scene is empty")
	await _end_with('{"type": "stop", "reason": "the scene is wrong"}', 1000)
	check_equal(_child.exit_code, 1, "exit code")


func test_play_is_a_worker_by_its_environment_alone() -> void:
	if skip_without_native():
		return
	await _start(XOR, true)
	await _hear(1)
	check_equal(_heard[0]["type"], "hello")
	await _end_with('{"type": "stop", "reason": "the run is over"}', 1000)
	check_equal(_child.exit_code, 0, "exit code")


func _start(scene: String, is_play: bool = false) -> void:
	_listener.listen(0, "127.0.0.1")
	var server := "ws://127.0.0.1:%d/worker" % _listener.get_local_port()
	OS.set_environment("EVOLVE_SERVER", server)
	OS.set_environment("EVOLVE_TOKEN", "token")
	if is_play:
		OS.set_environment(EvolveSettings.PLAY_AS_WORKER, "1")
	_child = EvolveChildGodot.start([scene] if is_play else [scene, "--", "--evolve-worker"])
	OS.unset_environment(EvolveSettings.PLAY_AS_WORKER)
	OS.unset_environment("EVOLVE_SERVER")
	OS.unset_environment("EVOLVE_TOKEN")
	while not _listener.is_connection_available() and _child.is_running():
		await frames(1)
	_socket.supported_protocols = PackedStringArray([EvolveWorkerConnection.SUBPROTOCOL])
	_socket.accept_stream(_listener.take_connection())


func _hear(count: int) -> void:
	while _heard.size() < count and _child.is_running():
		_socket.poll()
		while _socket.get_available_packet_count() > 0:
			var text := _socket.get_packet().get_string_from_utf8()
			_heard.append(JSON.parse_string(text) as Dictionary)
		await frames(1)
	check(_heard.size() >= count, "%d messages were heard; it said %s" % [count, _child.output])


func _end_with(text: String, code: int) -> void:
	_socket.send_text(text)
	_socket.close(code)
	while _child.is_running():
		_socket.poll()
		await frames(1)
