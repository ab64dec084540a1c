class_name EvolveWorkerConnection
extends RefCounted
## The WebSocket below an [EvolveWorkerSession]: carries messages, never understands them.

## Enough for the biggest frame that the protocol allows; Godot's own 64 KiB closes with 1009.
const INBOUND_BYTES := 64 * 1024 * 1024
## Results are small: 4,096 units with 256 objectives come to 8 MiB.
const OUTBOUND_BYTES := 16 * 1024 * 1024
## Milliseconds to reach the orchestrator. Real time, since no simulated time passes meanwhile.
const CONNECT_LIMIT := 20_000
## Milliseconds to bring the last message out, and to hear the answer.
const GOODBYE_LIMIT := 2_000

## The subprotocol that both sides have to speak.
const SUBPROTOCOL := "evolve.v1"

## Why there is no connection, one sentence; empty as long as there is one, or may be soon.
var error := ""

var _socket := WebSocketPeer.new()
var _deadline := 0
var _was_open := false
var _server := ""


## Begins to connect. At a [code]wss://[/code] address [param certificate] is whom to trust, the
## path of a PEM file; empty for the engine's authorities.
func open(server: String, token: String, certificate: String = "") -> void:
	_server = server
	_socket.inbound_buffer_size = INBOUND_BYTES
	_socket.outbound_buffer_size = OUTBOUND_BYTES
	_socket.supported_protocols = PackedStringArray([SUBPROTOCOL])
	_socket.handshake_headers = PackedStringArray(["Authorization: Bearer %s" % token])
	_deadline = Time.get_ticks_msec() + CONNECT_LIMIT
	if not server.begins_with("ws://") and not server.begins_with("wss://"):
		error = "'%s' is no address to connect to: it has to begin with ws:// or wss://." % server
		return
	var is_locked := server.begins_with("wss://")
	error = EvolveTrust.problem_of(certificate) if is_locked else ""
	if not error.is_empty():
		return
	var trust := EvolveTrust.options(certificate) if is_locked else null
	if _socket.connect_to_url(server, trust) != OK:
		error = "'%s' is no address to connect to." % server


## Moves bytes. Call it every tick: it also answers the orchestrator's pings.
func poll() -> void:
	if not error.is_empty():
		return
	_socket.poll()
	match _socket.get_ready_state():
		WebSocketPeer.STATE_OPEN:
			if not _was_open:
				_was_open = true
				_socket.set_no_delay(true)
		WebSocketPeer.STATE_CONNECTING:
			if Time.get_ticks_msec() > _deadline:
				error = "the orchestrator at %s does not answer." % _server
		WebSocketPeer.STATE_CLOSED:
			error = _closed_sentence()


## Whether messages can be sent.
func is_open() -> bool:
	return _socket.get_ready_state() == WebSocketPeer.STATE_OPEN


## Hands every message that has arrived to the session.
func deliver(session: EvolveWorkerSession) -> void:
	while _socket.get_available_packet_count() > 0:
		var packet := _socket.get_packet()
		if _socket.was_string_packet():
			session.receive_text(packet.get_string_from_utf8())
		else:
			session.receive_frame(packet)
	if _socket.get_ready_state() == WebSocketPeer.STATE_CLOSED:
		session.receive_close(_socket.get_close_code(), _socket.get_close_reason())


## Sends what the session has to say.
func send(session: EvolveWorkerSession) -> void:
	for message: Variant in session.take_outgoing():
		var result := OK
		if message is String:
			result = _socket.send_text(message as String)
		else:
			result = _socket.send(message as PackedByteArray)
		if result != OK and error.is_empty():
			error = "a message to the orchestrator cannot be sent (%s)." % error_string(result)


## Waits for the orchestrator's last word, or its close: a close of our own that comes too early
## could cost the message before it. Blocks, for [constant GOODBYE_LIMIT] at most.
func await_end(session: EvolveWorkerSession) -> void:
	var limit := Time.get_ticks_msec() + GOODBYE_LIMIT
	while is_open() and not session.is_over() and Time.get_ticks_msec() < limit:
		OS.delay_msec(1)
		_socket.poll()
		deliver(session)


## Brings out what was sent and closes. Blocks, for [constant GOODBYE_LIMIT] at most.
func close(code: int) -> void:
	var limit := Time.get_ticks_msec() + GOODBYE_LIMIT
	while is_open() and _socket.get_current_outbound_buffered_amount() > 0:
		if Time.get_ticks_msec() > limit:
			return
		_socket.poll()
		OS.delay_msec(1)
	_socket.close(code)
	while _socket.get_ready_state() != WebSocketPeer.STATE_CLOSED:
		if Time.get_ticks_msec() > limit:
			return
		_socket.poll()
		OS.delay_msec(1)


func _closed_sentence() -> String:
	if not _was_open:
		var trust := ", or its certificate is none that is trusted here (%s names one)"
		return (
			"the orchestrator at %s cannot be reached or refused the worker%s."
			% [_server, trust % EvolveTrust.VARIABLE if _server.begins_with("wss://") else ""]
		)
	return (
		"the connection to the orchestrator was lost (code %d%s)."
		% [_socket.get_close_code(), " " + _socket.get_close_reason()]
	)
