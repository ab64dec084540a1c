class_name EvolveWorkerSession
extends RefCounted
## The worker's side of the protocol [code]evolve.v1[/code], without a socket: messages go in,
## messages and work come out. Never opens, waits for or closes anything.
##
## The messages and their rules are in spec/PROTOCOL.md. Credit is pulled for twice the capacity,
## so that the next batch is there before the last one is played to its end.

## How far the conversation is.
enum State { SILENT, GREETED, WELCOMED, STOPPED, REFUSED, BROKEN }

## The biggest text message that is read.
const MAXIMUM_TEXT := 256 * 1024

## Close codes of the protocol.
const CLOSE_DONE := 1000
const CLOSE_MISPLACED := 1002
const CLOSE_UNDECODABLE := 1007
const CLOSE_RULE := 1008
const CLOSE_REFUSED := 4003

## The messages of the orchestrator, and the one key that each has beside its type. All are text.
const _MESSAGES: Dictionary[String, String] = {
	"welcome": "worker",
	"refuse": "reason",
	"stop": "reason",
}

## How far the conversation is.
var state := State.SILENT
## Why it ended, one sentence.
var reason := ""
## What the worker would close the connection with.
var close_code := CLOSE_DONE
## The name that the orchestrator gave to this worker.
var worker_name := ""
## Units asked for and not yet handed out.
var credit := 0

var _capacity: int
var _decode: Callable
var _outgoing: Array[Variant] = []
var _batches: Array[RefCounted] = []


## [param decode] turns the bytes of a genomes frame into a batch or [code]null[/code].
func _init(capacity: int, decode: Callable = EvolveNative.batch_from_bytes) -> void:
	_capacity = capacity
	_decode = decode


## Says hello. [param identity] has the keys of the message but for its type and the capacity.
func greet(identity: Dictionary) -> void:
	var hello := identity.duplicate()
	hello["type"] = "hello"
	hello["capacity"] = _capacity
	_say(hello)
	state = State.GREETED


## Takes a text message.
func receive_text(text: String) -> void:
	if is_over():
		return
	var json := JSON.new()
	if text.length() > MAXIMUM_TEXT or json.parse(text) != OK or not json.data is Dictionary:
		_break(CLOSE_RULE, "the orchestrator sent a text message that is no JSON object.")
		return
	var message: Dictionary = json.data
	var flaw := _flaw_of(message)
	if not flaw.is_empty():
		_break(CLOSE_RULE, flaw)
		return
	match str(message["type"]):
		"welcome":
			_welcome(str(message["worker"]))
		"refuse":
			state = State.REFUSED
			reason = str(message["reason"])
		"stop":
			state = State.STOPPED
			reason = str(message["reason"])


## Takes a binary message, a genomes frame.
func receive_frame(data: PackedByteArray) -> void:
	if is_over():
		return
	if state != State.WELCOMED:
		_break(CLOSE_MISPLACED, "the orchestrator sent work before it welcomed the worker.")
		return
	var batch: RefCounted = _decode.call(data)
	if batch == null:
		_break(CLOSE_UNDECODABLE, "a frame cannot be read: %s" % EvolveNative.last_error())
		return
	var units: int = batch.call(&"unit_count")
	if units > credit:
		_break(
			CLOSE_RULE, "the orchestrator sent %d units, but %d were asked for." % [units, credit]
		)
		return
	credit -= units
	_batches.append(batch)


## The orchestrator closed the connection. Godot drops messages that arrive together with the close,
## so a stop or a refusal may be known by the close's code alone.
func receive_close(code: int, close_reason: String) -> void:
	if is_over():
		return
	reason = close_reason
	if code == CLOSE_DONE:
		state = State.STOPPED
	elif code == CLOSE_REFUSED:
		state = State.REFUSED


## Sends the scores of so many units and asks for as many new ones.
func send_results(frame: PackedByteArray, units: int) -> void:
	_outgoing.append(frame)
	_pull(units)


## Tells the orchestrator that the scene itself is wrong: the run ends with this sentence.
func report_error(sentence: String) -> void:
	if not is_over():
		_say({"type": "error", "reason": sentence})


## What is to be sent, in order: a [String] for a text message, a [PackedByteArray] for a binary
## one.
func take_outgoing() -> Array[Variant]:
	var taken := _outgoing
	_outgoing = []
	return taken


## Batches that arrived since the last call.
func take_batches() -> Array[RefCounted]:
	var taken := _batches
	_batches = []
	return taken


## Whether the conversation has come to its end, good or bad.
func is_over() -> bool:
	return state in [State.STOPPED, State.REFUSED, State.BROKEN]


func _welcome(given_name: String) -> void:
	if state != State.GREETED:
		_break(CLOSE_MISPLACED, "the orchestrator sent a welcome that nobody waited for.")
		return
	state = State.WELCOMED
	worker_name = given_name
	_pull(_capacity)
	_pull(_capacity)


func _pull(units: int) -> void:
	credit += units
	_say({"type": "pull", "units": units})


func _say(message: Dictionary) -> void:
	_outgoing.append(JSON.stringify(message, "", true, true))


func _break(code: int, sentence: String) -> void:
	state = State.BROKEN
	close_code = code
	reason = sentence


func _flaw_of(message: Dictionary) -> String:
	if not message.get("type") is String:
		return "the orchestrator sent a message that has no text under 'type'."
	var type := str(message["type"])
	if not _MESSAGES.has(type):
		return "the orchestrator sent a message of the unknown type '%s'." % type
	var needed := _MESSAGES[type]
	if not message.get(needed) is String:
		return "the orchestrator's message '%s' has no text under '%s'." % [type, needed]
	for key: String in message:
		if not key in ["type", needed]:
			return "the orchestrator's message '%s' has the unknown key '%s'." % [type, key]
	return ""
