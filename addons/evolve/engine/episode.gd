class_name EvolveEpisode
extends RefCounted
## The episode of one work unit: its agents, built anew, and the tick that ends it.
##
## Never decides when a tick happens; the [EvolveEpisodeRunner] does.

## The batch that the unit belongs to.
var work: EvolveWork
## The unit's place in the batch.
var unit: int
## One agent for each member of the unit.
var agents: Array[EvolveAgent] = []
## The batch-wide row of each member.
var members: PackedInt32Array
## The runner's tick count at which the episode is over in any case.
var ends_at: int
## Why the episode cannot go on, empty when it can.
var error := ""

var _roots: Array[Node] = []
var _scene_path: String


## Builds the agents of a unit below [param parent] and begins their episode.
func _init(
	parent: Node,
	agent_scene: PackedScene,
	from: EvolveWork,
	unit_place: int,
	clock: EvolveTickCount
) -> void:
	work = from
	unit = unit_place
	_scene_path = agent_scene.resource_path
	members = work.batch.call(&"unit_members", unit)
	ends_at = clock.ticks + int(work.batch.call(&"unit_ticks", unit))
	for place in members.size():
		_build(parent, agent_scene, place, clock)
		if not error.is_empty():
			return
	for agent in agents:
		agent.begin_episode()


## Whether the unit can be scored after so many ticks of the runner.
func is_over(ticks: int) -> bool:
	var all_finished := true
	for agent: Variant in agents:
		if not is_instance_valid(agent):
			error = (
				"%s: an agent was freed in its episode; call finish() on its EvolveAgent instead."
				% _scene_path
			)
			return true
		all_finished = all_finished and (agent as EvolveAgent).is_finished()
	return all_finished or ticks >= ends_at


## Enters the agents that are alive with their batch.
func enter_living() -> void:
	for place in agents.size():
		var agent := agents[place]
		if not agent.is_finished():
			var member := members[place]
			var inputs: int = work.batch.call(&"inputs", member)
			var outputs: int = work.batch.call(&"outputs", member)
			work.add_living(member, agent.body, inputs, outputs)


## The objectives of each member, one member after the other.
func scores() -> PackedFloat64Array:
	var values := PackedFloat64Array()
	for agent in agents:
		values.append_array(agent.scores(work.objectives))
	return values


## The behaviour of each member, one member after the other.
func behaviour() -> PackedFloat64Array:
	var values := PackedFloat64Array()
	for agent in agents:
		values.append_array(agent.behaviour)
	return values


## Removes the agents from the game.
func free_agents() -> void:
	for root: Variant in _roots:
		if is_instance_valid(root):
			(root as Node).queue_free()
	_roots.clear()
	agents.clear()


func _build(parent: Node, agent_scene: PackedScene, place: int, clock: EvolveTickCount) -> void:
	var root := agent_scene.instantiate()
	var agent := EvolveAgent.find_in(root)
	if agent == null:
		error = (
			"%s: the agent scene has no EvolveAgent node; add one below its root." % _scene_path
		)
		root.free()
		return
	agent.prepare(int(work.batch.call(&"unit_seed", unit)), place, clock)
	_roots.append(root)
	parent.add_child(root)
	var missing := agent.missing_functions()
	if missing.is_empty():
		agents.append(agent)
	else:
		error = "%s: %s" % [root.get_path(), missing]
