extends EvolveTest
## A brain on a service, against a stand-in inside this process that answers twice what it is asked.

const OPENED := (
	'{"type":"opened","stream":0,"model":"double","version":"1",'
	+ '"inputs":[{"name":"observations","datatype":"FP32","shape":[-1,2]}],'
	+ '"outputs":[{"name":"actions","datatype":"FP32","shape":[-1,2]}]}'
)

var _listener := TCPServer.new()
var _brain := EvolveRemoteBrain.new()
var _came := 0
var _reasons := PackedStringArray()


func test_all_agents_of_a_tick_are_one_frame_and_each_gets_its_own_answer() -> void:
	var server := await _serve()
	var minds: Array[EvolveMind] = []
	for place in 5:
		minds.append(_brain.make_mind())
	var first := await _tick(minds, server)
	check_equal(first, [0.0, 0.0, 0.0, 0.0, 0.0], "before the first answer")
	var frame := await _request(server)
	check_equal(frame.size(), 16 + 5 * 2 * 4, "bytes of the request")
	check_equal(frame.decode_u32(4), 5, "rows")
	_answer(server, frame)
	await _turns(server, 3)
	check_equal(await _tick(minds, server), [0.0, 2.0, 4.0, 6.0, 8.0], "after it")
	check_equal(_brain.counters()["rows"], 5, "rows counted")
	server.close()


func test_the_last_action_is_kept_until_a_newer_answer_is_there() -> void:
	var server := await _serve()
	var mind := _brain.make_mind()
	mind.think([1.0, 1.0])
	var older := await _request(server)
	mind.think([5.0, 5.0])
	var newer := await _request(server)
	_answer(server, newer)
	await _turns(server, 3)
	check_equal(mind.think([0.0, 0.0]), PackedFloat32Array([10.0, 10.0]), "actions")
	_answer(server, older)
	await _turns(server, 3)
	check_equal(mind.think([0.0, 0.0]), PackedFloat32Array([10.0, 10.0]), "an answer that is late")
	server.close()


func test_what_comes_faster_than_answers_is_skipped() -> void:
	var server := await _serve()
	var mind := _brain.make_mind()
	for tick in 10:
		mind.think([1.0, 1.0])
		await _turns(server, 1)
	check_equal(_brain.counters()["skipped"], 6, "skipped")
	server.close()


func test_a_reset_forgets_the_answers_that_are_under_way() -> void:
	var server := await _serve()
	var mind := _brain.make_mind()
	mind.think([1.0, 1.0])
	var frame := await _request(server)
	mind.reset()
	_answer(server, frame)
	await _turns(server, 3)
	check_equal(mind.think([1.0, 1.0]), PackedFloat32Array([0.0, 0.0]), "actions")
	server.close()


func test_a_service_that_goes_is_told_once_and_connected_to_again() -> void:
	var server := await _serve()
	check_equal(_came, 1, "came")
	server.close(1001, "the service ends")
	while _reasons.is_empty():
		await _turns(server, 1)
	check_contains(_reasons[0], "was lost (code 1001 the service ends)")
	check_equal(_brain.is_remote(), false, "is remote")
	await _accept()
	check_equal(_came, 2, "came")
	check_equal(_reasons.size(), 1, "went")


func test_the_fallback_thinks_while_there_is_no_service() -> void:
	var local := _local_brain()
	_brain = EvolveRemoteBrain.new()
	_brain.url = "ws://127.0.0.1:9/infer"
	_brain.model = "double"
	_brain.fallback = local
	check_equal(_brain.input_names, PackedStringArray(["a", "b"]), "names")
	var seen := PackedFloat32Array([0.5, -0.25])
	var expected := local.make_mind().think(seen)
	check_equal(_brain.make_mind().think(seen), expected, "actions")
	_brain.disconnect_from_service()


func test_a_service_that_does_not_answer_is_left_after_the_time_out() -> void:
	_brain.timeout = 0.2
	var server := await _serve()
	_brain.make_mind().think([1.0, 1.0])
	await _request(server)
	while _reasons.is_empty():
		await _turns(server, 1)
	check_contains(_reasons[0], "does not answer")


func test_an_error_of_the_service_is_told_and_is_no_answer() -> void:
	var server := await _serve()
	var mind := _brain.make_mind()
	mind.think([1.0, 1.0])
	var frame := await _request(server)
	frame.resize(20)
	frame.encode_u8(0, 3)
	frame.encode_u32(4, 503)
	frame.encode_u32(16, 4)
	frame.append_array("busy".to_utf8_buffer())
	server.send(frame)
	while _reasons.is_empty():
		await _turns(server, 1)
	check_equal(_reasons[0], "the service answered: busy")


func test_frames_that_are_no_answers_end_the_connection_without_an_error() -> void:
	for junk: PackedByteArray in [
		[2], _head(2, 99, 1), _head(9, 1, 1), _head(2, 1, 77), _head(3, 1, 1)
	]:
		_brain = EvolveRemoteBrain.new()
		_reasons.clear()
		var server := await _serve()
		_brain.make_mind().think([1.0, 1.0])
		await _request(server)
		server.send(junk)
		while _reasons.is_empty():
			await _turns(server, 1)
		check_contains(_reasons[0], "the service")
		_brain.disconnect_from_service()


func test_a_model_of_other_numbers_is_refused() -> void:
	_brain.inputs = 3
	_prepare()
	var server := await _accept_socket()
	server.send_text(OPENED)
	while _reasons.is_empty():
		await _turns(server, 1)
	check_contains(_reasons[0], "does not have 3 numbers in and 2 out")


func test_settings_that_make_no_sense_are_named() -> void:
	check_contains(_brain.problem(), "has to begin with ws://")
	_brain.url = "ws://127.0.0.1:9/infer"
	check_contains(_brain.problem(), "names no model")
	_brain.model = "double"
	check_contains(_brain.problem(), "needs a fallback")
	expect_error("the brain cannot think: it needs a fallback")
	check_equal(_brain.make_mind(), null, "mind")


func test_the_token_is_neither_stored_nor_exported() -> void:
	_brain.token = "secret"
	_brain.url = "ws://127.0.0.1:9/infer"
	var path := make_folder().path_join("brain.tres")
	check_equal(ResourceSaver.save(_brain, path), OK, "saved")
	var text := FileAccess.get_file_as_string(path)
	check_contains(text, "ws://127.0.0.1:9/infer")
	check_equal(text.contains("secret"), false, "the token in the file")


func _prepare() -> void:
	_listener.stop()
	check_equal(_listener.listen(0, "127.0.0.1"), OK, "listening")
	_brain.url = "ws://127.0.0.1:%d/infer" % _listener.get_local_port()
	_brain.model = "double"
	if _brain.inputs == 0:
		_brain.inputs = 2
	_brain.outputs = 2
	_brain.service_came.connect(_note_coming)
	_brain.service_went.connect(_note_going)
	_brain.connect_to_service()


func _note_coming() -> void:
	_came += 1


func _note_going(reason: String) -> void:
	_reasons.append(reason)


func _serve() -> WebSocketPeer:
	_prepare()
	return await _accept()


func _accept() -> WebSocketPeer:
	var server := await _accept_socket()
	server.send_text(OPENED)
	while not _brain.is_remote():
		await _turns(server, 1)
	return server


func _accept_socket() -> WebSocketPeer:
	while not _listener.is_connection_available():
		await physics_frames(1)
		OS.delay_msec(1)
	var server := WebSocketPeer.new()
	server.supported_protocols = PackedStringArray(["evolve.infer.v1"])
	server.accept_stream(_listener.take_connection())
	while server.get_ready_state() != WebSocketPeer.STATE_OPEN:
		await _turns(server, 1)
	server.send_text('{"type":"welcome","requests":1024,"bytes":16777216}')
	var wish := (await _request(server)).get_string_from_utf8()
	check_equal(JSON.parse_string(wish)["model"], "double", "the model that is opened")
	return server


func _turns(server: WebSocketPeer, count: int) -> void:
	for turn in count:
		server.poll()
		await physics_frames(1)
		OS.delay_msec(1)


func _request(server: WebSocketPeer) -> PackedByteArray:
	while server.get_available_packet_count() == 0:
		await _turns(server, 1)
	return server.get_packet()


func _answer(server: WebSocketPeer, request: PackedByteArray) -> void:
	var numbers := request.slice(16).to_float32_array()
	for place in numbers.size():
		numbers[place] *= 2.0
	var frame := request.slice(0, 16)
	frame.encode_u8(0, 2)
	frame.append_array(numbers.to_byte_array())
	server.send(frame)


func _tick(minds: Array[EvolveMind], server: WebSocketPeer) -> Array:
	var first := []
	for place in minds.size():
		first.append(minds[place].think([place, place])[0])
	await _turns(server, 1)
	return first


func _head(kind: int, rows: int, number: int) -> PackedByteArray:
	var frame := PackedByteArray()
	frame.resize(16)
	frame.encode_u8(0, kind)
	frame.encode_u32(4, rows)
	frame.encode_u64(8, number)
	return frame


func _local_brain() -> EvolveBrain:
	return EvolveBrain.of_genome(Evolve.create_genome(2, 2, 7), ["a", "b"], ["x", "y"])
