extends EvolveTest
## The WebSocket of a worker, against a server inside this process.

const WELCOME := '{"type": "welcome", "worker": "worker-1"}'

var _listener := TCPServer.new()
var _connection := EvolveWorkerConnection.new()
var _session := EvolveWorkerSession.new(8, _decode)
var _decoded_bytes := 0


func test_the_handshake_carries_token_and_subprotocol_and_no_origin() -> void:
	var stream := await _connect()
	var request := ""
	while not request.contains("\r\n\r\n"):
		_connection.poll()
		stream.poll()
		request += stream.get_utf8_string(stream.get_available_bytes())
		await frames(1)
	check_contains(request, "GET /worker HTTP/1.1\r\n")
	check_contains(request, "\r\nAuthorization: Bearer secret\r\n")
	check_contains(request, "\r\nSec-WebSocket-Protocol: evolve.v1\r\n")
	check_equal(request.to_lower().contains("\r\norigin:"), false, "an Origin header")
	stream.disconnect_from_host()


func test_a_frame_of_a_megabyte_arrives_whole() -> void:
	var server := await _open()
	_session.greet({})
	server.send_text(WELCOME)
	var frame := PackedByteArray()
	frame.resize(1_000_000)
	server.send(frame)
	while _decoded_bytes == 0:
		await _turn(server)
	check_equal(_decoded_bytes, 1_000_000, "bytes")
	check_equal(_session.worker_name, "worker-1", "name")
	server.close()


func test_what_the_session_says_arrives_in_order() -> void:
	var server := await _open()
	_session.greet({"scene": "res://a.tscn"})
	_session.send_results(PackedByteArray([7]), 1)
	_connection.send(_session)
	var heard: Array[Variant] = []
	while heard.size() < 3:
		await _turn(server)
		while server.get_available_packet_count() > 0:
			var packet := server.get_packet()
			var is_text := server.was_string_packet()
			heard.append(packet.get_string_from_utf8() if is_text else str(packet))
	check_contains(str(heard[0]), '"type":"hello"')
	check_equal(heard[1], "[7]")
	check_equal(heard[2], '{"type":"pull","units":1}')
	server.close()


func test_a_lost_connection_is_told_with_its_code() -> void:
	var server := await _open()
	server.close(1008, "no such key")
	while _connection.error.is_empty():
		await _turn(server)
	check_contains(_connection.error, "was lost (code 1008 no such key)")


func test_a_stop_that_comes_together_with_the_close_is_still_a_stop() -> void:
	var server := await _open()
	_session.greet({})
	server.send_text('{"type": "stop", "reason": "done"}')
	server.close(1000)
	while _connection.error.is_empty():
		await _turn(server)
	check_equal(_session.state, EvolveWorkerSession.State.STOPPED, "state")


func test_a_server_that_is_not_there_is_named() -> void:
	_connection.open("ws://127.0.0.1:9/worker", "secret")
	while _connection.error.is_empty():
		_connection.poll()
		await frames(1)
	check_contains(_connection.error, "ws://127.0.0.1:9/worker cannot be reached")


func test_an_address_that_is_none_is_named() -> void:
	_connection.open("http://nowhere", "secret")
	check_contains(_connection.error, "'http://nowhere' is no address")


func test_a_certificate_that_cannot_be_used_is_named_before_anything_is_sent() -> void:
	_connection.open("wss://127.0.0.1:9/worker", "secret", "/no/such.pem")
	_connection.poll()
	check_equal(_connection.error, "the certificate /no/such.pem cannot be read (File not found).")
	var other := make_folder().path_join("other.pem")
	FileAccess.open(other, FileAccess.WRITE).store_string("no certificate")
	check_equal(EvolveTrust.problem_of(other), "%s holds no certificate in PEM." % other)
	check_equal(EvolveTrust.problem_of(""), "", "none is named")


func test_in_the_clear_nobody_asks_for_a_certificate() -> void:
	_connection.open("ws://127.0.0.1:9/worker", "secret", "/no/such.pem")
	check_equal(_connection.error, "", "error")


func _connect() -> StreamPeerTCP:
	_listener.listen(0, "127.0.0.1")
	_connection.open("ws://127.0.0.1:%d/worker" % _listener.get_local_port(), "secret")
	while not _listener.is_connection_available():
		_connection.poll()
		await frames(1)
	return _listener.take_connection()


func _open() -> WebSocketPeer:
	var server := WebSocketPeer.new()
	server.supported_protocols = PackedStringArray([EvolveWorkerConnection.SUBPROTOCOL])
	server.outbound_buffer_size = 4 * 1024 * 1024
	server.accept_stream(await _connect())
	while not _connection.is_open() or server.get_ready_state() != WebSocketPeer.STATE_OPEN:
		await _turn(server)
	return server


func _turn(server: WebSocketPeer) -> void:
	server.poll()
	_connection.poll()
	_connection.deliver(_session)
	await frames(1)


func _decode(data: PackedByteArray) -> RefCounted:
	_decoded_bytes += data.size()
	return EvolveStubBatch.make(1, 4)
