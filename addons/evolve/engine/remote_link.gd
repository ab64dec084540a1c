class_name EvolveRemoteLink
extends RefCounted
## The connection of an [EvolveRemoteBrain] to its service: [code]evolve.infer.v1[/code] of
## spec/INFERENCE.md. Connects again by itself, later each time, and never blocks.

## The service answers.
signal came
## The service is gone, and why.
signal went(reason: String)

const SUBPROTOCOL := "evolve.infer.v1"
const TOKEN_VARIABLE := "EVOLVE_INFER_TOKEN"
## A tensor of the largest size, and what stands around it.
const BUFFER_BYTES := 64 * 1024 * 1024 + 64 * 1024
const HEADER_BYTES := 16

const _REQUEST := 1
const _ANSWER := 2
const _ERROR := 3
# Ticks under way; what agents sense meanwhile is skipped, as newer answers would only come later.
const _MOST_UNDER_WAY := 4
const _FIRST_PAUSE := 100
const _LONGEST_PAUSE := 10_000

# Numbers are never used twice, so that a seat knows which answer is newer.
static var _newest := 0

## See [method EvolveRemoteBrain.counters].
var counters := new_counters()

var _brain: WeakRef
var _socket: WebSocketPeer = null
var _is_ready := false
var _pause := _FIRST_PAUSE
var _deadline := 0
var _retry_at := 0
# References that keep nobody alive: whoever is gone wants no answer.
var _seats: Array[WeakRef] = []
var _rows := PackedByteArray()
# From the number of a request to its seats, and to when it was sent.
var _asked: Dictionary[int, Array] = {}
var _asked_at: Dictionary[int, int] = {}
var _last_reason := ""


func _init(brain: EvolveRemoteBrain) -> void:
	_brain = weakref(brain)


## The number of the newest request of all.
static func newest_request() -> int:
	return _newest


## Nothing done yet.
static func new_counters() -> Dictionary[String, int]:
	return {"requests": 0, "rows": 0, "skipped": 0, "connections": 0, "milliseconds": 0}


## Begins to connect, and to look after the connection in every physics tick.
func start() -> void:
	var tree := Engine.get_main_loop() as SceneTree
	tree.physics_frame.connect(poll)
	_connect()


## Hangs up for good.
func stop() -> void:
	var tree := Engine.get_main_loop() as SceneTree
	if tree != null and tree.physics_frame.is_connected(poll):
		tree.physics_frame.disconnect(poll)
	_is_ready = false
	_asked.clear()
	_asked_at.clear()
	_seats.clear()
	if _socket != null:
		_socket.close()
	_socket = null


## Whether requests can be sent.
func is_ready() -> bool:
	return _is_ready


## Puts a seat's numbers to those of this tick.
func ask(seat: EvolveRemoteSeat, observations: PackedFloat32Array) -> void:
	if _asked.size() >= _MOST_UNDER_WAY:
		counters["skipped"] += 1
		return
	if _seats.is_empty():
		# When every agent of this tick has had its turn.
		_send.call_deferred()
	_seats.append(seat.weak)
	_rows.append_array(observations.to_byte_array())


## Moves bytes; called in every tick.
func poll() -> void:
	var now := Time.get_ticks_msec()
	if _socket == null:
		if now >= _retry_at:
			_connect()
		return
	_socket.poll()
	while _socket != null and _socket.get_available_packet_count() > 0:
		var packet := _socket.get_packet()
		if _socket.was_string_packet():
			_take_text(packet.get_string_from_utf8())
		else:
			_take_frames(packet)
	if _socket == null:
		return
	if _socket.get_ready_state() == WebSocketPeer.STATE_CLOSED:
		_lose(_closed_sentence())
	elif now > _deadline and (not _is_ready or not _asked.is_empty()):
		_lose("the service at %s does not answer" % _owner().url)


func _owner() -> EvolveRemoteBrain:
	return _brain.get_ref() as EvolveRemoteBrain


func _connect() -> void:
	var brain := _owner()
	_socket = WebSocketPeer.new()
	_socket.inbound_buffer_size = BUFFER_BYTES
	_socket.outbound_buffer_size = BUFFER_BYTES
	_socket.supported_protocols = PackedStringArray([SUBPROTOCOL])
	var token := _token(brain)
	if not token.is_empty():
		_socket.handshake_headers = PackedStringArray(["Authorization: Bearer %s" % token])
	_deadline = Time.get_ticks_msec() + int(1000.0 * brain.timeout)
	var trust: TLSOptions = null
	if brain.url.begins_with("wss://"):
		var certificate := OS.get_environment(EvolveTrust.VARIABLE)
		var wrong := EvolveTrust.problem_of(certificate)
		if not wrong.is_empty():
			_lose(wrong.trim_suffix("."))
			return
		trust = EvolveTrust.options(certificate)
	if _socket.connect_to_url(brain.url, trust) != OK:
		_lose("'%s' is no address to connect to" % brain.url)


static func _token(brain: EvolveRemoteBrain) -> String:
	if not brain.token.is_empty():
		return brain.token
	var path := EvolveSettings.inference_token_file()
	if OS.has_environment(TOKEN_VARIABLE) or not FileAccess.file_exists(path):
		return OS.get_environment(TOKEN_VARIABLE)
	return FileAccess.get_file_as_string(path).strip_edges()


func _take_text(text: String) -> void:
	var message: Variant = JSON.parse_string(text)
	var said: Dictionary = message if message is Dictionary else {}
	var brain := _owner()
	match said.get("type"):
		"welcome":
			_socket.set_no_delay(true)
			var wish := {
				"type": "open", "stream": 0, "model": brain.model, "version": brain.version
			}
			_socket.send_text(JSON.stringify(wish))
		"opened":
			_opened(said, brain)
		"refused":
			_lose("the service refused the model: %s" % str(said.get("reason")))
		_:
			_lose("what answers at %s is no inference service" % brain.url)


func _opened(said: Dictionary, brain: EvolveRemoteBrain) -> void:
	var expected := "%d numbers in and %d out" % [brain.input_count(), brain.output_count()]
	if (
		_width_of(said.get("inputs")) != brain.input_count()
		or _width_of(said.get("outputs")) != brain.output_count()
	):
		_lose("the model %s of the service does not have %s, as float32" % [brain.model, expected])
		return
	_is_ready = true
	_pause = _FIRST_PAUSE
	_last_reason = ""
	counters["connections"] += 1
	came.emit()


# How many numbers a row has; -1 when the tensors are others than one of float32.
static func _width_of(tensors: Variant) -> int:
	if not tensors is Array or (tensors as Array).size() != 1:
		return -1
	var tensor: Variant = (tensors as Array)[0]
	if not tensor is Dictionary or (tensor as Dictionary).get("datatype") != "FP32":
		return -1
	var shape: Variant = (tensor as Dictionary).get("shape")
	if not shape is Array or (shape as Array).size() != 2:
		return -1
	return int(float((shape as Array)[1]))


func _send() -> void:
	var seats := _seats
	var rows := _rows
	_seats = []
	_rows = PackedByteArray()
	if not _is_ready or seats.is_empty():
		return
	_newest += 1
	var frame := PackedByteArray()
	frame.resize(HEADER_BYTES)
	frame.encode_u8(0, _REQUEST)
	frame.encode_u32(4, seats.size())
	frame.encode_u64(8, _newest)
	frame.append_array(rows)
	var now := Time.get_ticks_msec()
	if _asked.is_empty():
		_deadline = now + int(1000.0 * _owner().timeout)
	_asked[_newest] = seats
	_asked_at[_newest] = now
	if _socket.send(frame) != OK:
		_lose("a request of %d bytes cannot be sent" % frame.size())
		return
	_socket.poll()


func _take_frames(packet: PackedByteArray) -> void:
	var width := 4 * _owner().output_count()
	var place := 0
	while place < packet.size():
		var size := 0
		if packet.size() - place >= HEADER_BYTES:
			size = _size_of_frame(packet, place, width)
		if size == 0 or place + size > packet.size():
			_lose("the service sent something that is no answer")
			return
		var number := packet.decode_u64(place + 8)
		if packet.decode_u8(place) == _ANSWER:
			_take_answer(number, packet.slice(place + HEADER_BYTES, place + size), width)
		else:
			var text := packet.slice(place + HEADER_BYTES + 4, place + size)
			_lose("the service answered: %s" % text.get_string_from_utf8())
			return
		place += size


static func _size_of_frame(packet: PackedByteArray, place: int, width: int) -> int:
	match packet.decode_u16(place):
		_ANSWER:
			return HEADER_BYTES + packet.decode_u32(place + 4) * width
		_ERROR:
			if packet.size() - place >= HEADER_BYTES + 4:
				return HEADER_BYTES + 4 + packet.decode_u32(place + HEADER_BYTES)
	return 0


func _take_answer(number: int, bytes: PackedByteArray, width: int) -> void:
	var seats: Array = _asked.get(number, [])
	if seats.is_empty() or bytes.size() != seats.size() * width:
		_lose("the service answered something that was not asked")
		return
	var now := Time.get_ticks_msec()
	counters["requests"] += 1
	counters["rows"] += seats.size()
	counters["milliseconds"] += now - _asked_at[number]
	_asked.erase(number)
	_asked_at.erase(number)
	_deadline = now + int(1000.0 * _owner().timeout)
	var actions := bytes.to_float32_array()
	var count := width >> 2
	for row in seats.size():
		var seat := (seats[row] as WeakRef).get_ref() as EvolveRemoteSeat
		if seat != null and number > seat.answered:
			seat.answered = number
			seat.actions = actions.slice(row * count, (row + 1) * count)


func _lose(reason: String) -> void:
	if _socket != null:
		_socket.close()
	_socket = null
	var was_ready := _is_ready
	_is_ready = false
	_asked.clear()
	_asked_at.clear()
	_retry_at = Time.get_ticks_msec() + _pause
	_pause = mini(2 * _pause, _LONGEST_PAUSE)
	# Told once, however often it is tried in vain.
	if was_ready or reason != _last_reason:
		_last_reason = reason
		went.emit(reason)


func _closed_sentence() -> String:
	var code := _socket.get_close_code()
	if not _is_ready and code <= 0:
		return (
			"the service at %s cannot be reached, or refused the token (%s)"
			% [_owner().url, TOKEN_VARIABLE]
		)
	return (
		"the connection to the service was lost (code %d %s)" % [code, _socket.get_close_reason()]
	)
