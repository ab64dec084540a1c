@tool
@icon("../icons/evolve_brain.svg")
class_name EvolveRemoteBrain
extends EvolveBrain
## A brain that thinks on an inference service: for networks that are worth a GPU.
##
## Give one to the [member EvolveAgent.brain] of as many agents as you like: what all of them sense
## in a tick goes to the service in one message. The game never waits. An agent does what the last
## answer said until the next one is there, a tick or more later, so that an agent which was trained
## without that delay may do worse; networks as small as evolution breeds are better off as a plain
## [EvolveBrain], which thinks at once. While there is no service, [member fallback] thinks.
## [codeblock]
## var brain := EvolveRemoteBrain.new()
## brain.url = "ws://127.0.0.1:8002/infer"
## brain.model = "champion"
## brain.fallback = preload("res://champion.evo")
## [/codeblock]
## The model has one input and one output of float32 and no memory between ticks. The token is never
## a part of a scene or resource: it stands in the environment variable [code]EVOLVE_INFER_TOKEN
## [/code], in the file that the project setting [code]evolve/inference_token_file[/code] names, or
## is set in [member token] by the game.

## The service answers: from now on it thinks.
signal service_came
## The service is gone, and why: [member fallback] thinks, or each agent keeps doing what it does.
signal service_went(reason: String)

## Where the service is, [code]ws://HOST:PORT/infer[/code] or [code]wss://…[/code].
@export var url := "":
	set(value):
		url = value
		emit_changed()

## The name of the model there.
@export var model := "":
	set(value):
		model = value
		emit_changed()

## The version of the model, in digits; the newest one when empty.
@export var version := ""

## Who thinks while the service is not there. Its names say what the agents sense and do.
@export var fallback: EvolveBrain = null:
	set(value):
		fallback = value
		_champion = EvolveFallbackChampion.read(_bytes_of(value))
		emit_changed()

## How many numbers an agent senses; only for a brain without a [member fallback].
@export_range(0, 65536) var inputs := 0

## How many numbers an agent is given; only for a brain without a [member fallback].
@export_range(0, 65536) var outputs := 0

## Seconds after which a service that does not answer is taken for gone.
@export_range(0.05, 60.0, 0.05) var timeout := 2.0

## The token, where the game gets it at run time. Neither stored nor exported.
var token := ""

var _link: EvolveRemoteLink = null


## Whether the service answers at the moment.
func is_remote() -> bool:
	return _link != null and _link.is_ready()


## What it has done so far: [code]requests[/code] and [code]rows[/code] that were answered,
## [code]skipped[/code] rows that came faster than answers, [code]connections[/code], and
## [code]milliseconds[/code] between asking and the answers.
func counters() -> Dictionary[String, int]:
	return EvolveRemoteLink.new_counters() if _link == null else _link.counters.duplicate()


## Connects, if it does not yet: thinking does so by itself, a loading screen may do so before.
func connect_to_service() -> void:
	if _link != null or not problem().is_empty():
		return
	_link = EvolveRemoteLink.new(self)
	_link.came.connect(service_came.emit)
	_link.went.connect(service_went.emit)
	_link.start()


## Hangs up; the next thought connects again.
func disconnect_from_service() -> void:
	if _link != null:
		_link.stop()
	_link = null


## What is wrong with the settings, as a part of a sentence; empty when nothing is.
func problem() -> String:
	if not url.begins_with("ws://") and not url.begins_with("wss://"):
		return "its url '%s' has to begin with ws:// or wss://" % url
	if model.is_empty():
		return "it names no model"
	if fallback != null:
		return fallback.problem()
	if inputs == 0 or outputs == 0:
		return "it needs a fallback, or the numbers of inputs and outputs"
	return ""


## One agent's use of this brain; null and an error when there is a [method problem].
func make_mind() -> EvolveMind:
	if not problem().is_empty():
		push_error("%s cannot think: %s." % [title(), problem()])
		return null
	return EvolveMind.of_network(EvolveRemoteSeat.new(self))


## How many numbers an agent senses.
func input_count() -> int:
	return inputs if fallback == null else input_names.size()


## How many numbers an agent is given.
func output_count() -> int:
	return outputs if fallback == null else output_names.size()


## Asks for a seat's actions, with all others of this tick; the answer comes to the seat later.
func ask(seat: EvolveRemoteSeat, observations: PackedFloat32Array) -> void:
	connect_to_service()
	if is_remote():
		_link.ask(seat, observations)


static func _bytes_of(brain: EvolveBrain) -> PackedByteArray:
	return PackedByteArray() if brain == null else brain.data


func _validate_property(property: Dictionary) -> void:
	super(property)
	# The bytes are those of the fallback, which is stored by itself.
	if property["name"] == "data":
		property["usage"] = PROPERTY_USAGE_NONE


func _notification(what: int) -> void:
	if what == NOTIFICATION_PREDELETE and _link != null:
		_link.stop()
