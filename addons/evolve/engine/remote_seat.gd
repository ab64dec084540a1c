class_name EvolveRemoteSeat
extends RefCounted
## One agent at an [EvolveRemoteBrain], in the place of a network: gives the last answer at once.

## What the agent does; zeros before the first answer.
var actions := PackedFloat32Array()
## The request whose answer that is.
var answered := -1
## To itself, for those who must not keep it alive.
var weak: WeakRef = weakref(self)

var _brain: EvolveRemoteBrain
var _local: EvolveMind = null


func _init(brain: EvolveRemoteBrain) -> void:
	_brain = brain
	if brain.fallback != null:
		_local = brain.fallback.make_mind()
	reset()


## One tick: asks the service, and gives what is known. Empty, with an error, for wrong numbers.
func think(observations: PackedFloat32Array) -> PackedFloat32Array:
	if observations.size() != _brain.input_count():
		push_error(
			(
				"the brain has %d inputs, but was given %d numbers."
				% [_brain.input_count(), observations.size()]
			)
		)
		return PackedFloat32Array()
	_brain.ask(self, observations)
	if _local != null and not _brain.is_remote():
		actions = _local.think(observations)
	return actions


## What the nodes of the fall-back gave; a service tells nothing about its own.
func activity() -> PackedFloat32Array:
	return PackedFloat32Array() if _local == null else _local.activity()


## Forgets the last answer, and does not take those that are under way.
func reset() -> void:
	actions = PackedFloat32Array()
	actions.resize(_brain.output_count())
	answered = EvolveRemoteLink.newest_request()
	if _local != null:
		_local.reset()
