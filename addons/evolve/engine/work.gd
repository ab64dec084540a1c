class_name EvolveWork
extends RefCounted
## One batch of work units on its way through the [EvolveEpisodeRunner]: what has been handed to
## an episode, what is scored, and who of it is alive. Never plays anything.

## The native batch (or a stand-in with the same methods).
var batch: RefCounted
## Units in the batch.
var unit_count := 0
## Names of what agents are scored on; the first is their fitness.
var objectives: PackedStringArray
## Names of the numbers that describe how an agent behaved.
var descriptors: PackedStringArray
## Units that an episode has taken so far.
var started := 0
## Units scored so far.
var scored := 0
## Units scored and already sent to whoever handed out the work.
var reported := 0

## The rows of the members alive. This and what follows only changes when somebody comes or goes.
var members := PackedInt32Array()
## The bodies of [member members].
var bodies: Array[Node] = []
## How many numbers each of [member members] has to sense.
var input_widths := PackedInt32Array()
## How many actions each of [member members] is given.
var output_widths := PackedInt32Array()
## The sum of [member output_widths].
var action_count := 0
## What [member members] sense in this tick, one after another.
var observations := PackedFloat32Array()


func _init(work_batch: RefCounted) -> void:
	batch = work_batch
	unit_count = batch.call(&"unit_count")
	objectives = batch.call(&"objectives")
	descriptors = batch.call(&"behaviour")


## Whether every unit is scored.
func is_complete() -> bool:
	return scored == unit_count


## Forgets who is alive.
func clear_living() -> void:
	members.clear()
	bodies.clear()
	input_widths.clear()
	output_widths.clear()
	action_count = 0


## Adds an agent that is alive.
func add_living(member: int, body: Node, input_width: int, output_width: int) -> void:
	members.append(member)
	bodies.append(body)
	input_widths.append(input_width)
	output_widths.append(output_width)
	action_count += output_width
