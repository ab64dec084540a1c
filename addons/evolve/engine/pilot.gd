class_name EvolvePilot
extends RefCounted
## Drives one agent with its brain in a scene that has no trainer: sense, think, act, in every
## physics tick.
##
## What an agent meets in training it meets here, so that it moves the same: the round of a tick
## comes before the [code]_physics_process[/code] of the agent's nodes, and there is none of theirs
## in the first tick, because training builds agents in the middle of a tick. Physics itself goes on
## in every tick.

## Before the agent's own nodes, which have 0.
const PRIORITY := -1

var _agent: EvolveAgent
var _mind: EvolveMind
# Nodes that sit the first tick out, and those of them that the engine itself calls.
var _resting: Array[Node] = []
var _resting_inside: Array[Node] = []


func _init(agent: EvolveAgent) -> void:
	_agent = agent


## Begins an episode; false, with an error that names the node, when the agent cannot play one.
func start() -> bool:
	var missing := _agent.missing_functions()
	if not missing.is_empty():
		push_error("Evolve: %s: %s" % [_agent.get_path(), missing])
		return false
	_mind = _agent.brain.make_mind()
	if _mind == null:
		return false
	_rest(_agent.get_parent())
	_agent.begin_episode()
	return true


## What the agent thinks with; null before the episode.
func mind() -> EvolveMind:
	return _mind


## One tick; false, with an error that names the node, when the agent cannot go on.
func tick() -> bool:
	var sensed: Variant = _agent.body.call(&"sense")
	var refusal := _refusal(sensed)
	if refusal.is_empty():
		_agent.body.call(&"act", _mind.think(sensed as PackedFloat32Array))
	else:
		push_error("Evolve: %s: %s" % [_agent.body.get_path(), refusal])
	if not (_resting.is_empty() and _resting_inside.is_empty()):
		# When every node of this tick has had its turn.
		_wake.call_deferred()
	return refusal.is_empty()


func _refusal(sensed: Variant) -> String:
	var names := _agent.brain.input_names
	if not sensed is PackedFloat32Array:
		return (
			"sense() returned a value of the type %s, but has to return a PackedFloat32Array."
			% type_string(typeof(sensed))
		)
	var seen: PackedFloat32Array = sensed
	if seen.size() != _agent.brain.input_count():
		return (
			(
				"sense() returned %d numbers, but %s has %d inputs (%s); return one number for each,"
				+ " in this order, or train a new brain."
			)
			% [seen.size(), _agent.brain.title(), _agent.brain.input_count(), ", ".join(names)]
		)
	for place in seen.size():
		if not is_finite(seen[place]):
			return (
				"sense() returned %s for the input %s; every number has to be finite."
				% [seen[place], names[place] if place < names.size() else str(place)]
			)
	return ""


func _rest(node: Node) -> void:
	if node == _agent:
		return
	if node.is_physics_processing():
		node.set_physics_process(false)
		_resting.append(node)
	if node.is_physics_processing_internal():
		node.set_physics_process_internal(false)
		_resting_inside.append(node)
	for child in node.get_children():
		_rest(child)


func _wake() -> void:
	for node: Variant in _resting:
		if is_instance_valid(node):
			(node as Node).set_physics_process(true)
	for node: Variant in _resting_inside:
		if is_instance_valid(node):
			(node as Node).set_physics_process_internal(true)
	_resting.clear()
	_resting_inside.clear()
