class_name EvolveEpisode
extends RefCounted
## The episode of one work unit: its agents, built anew in an arena, and the tick that ends it.
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
## The runner's tick count after which the episode is over in any case.
var ends_at: int
## Why the episode cannot go on, empty when it can.
var error := ""

var _arenas: EvolveArenas
var _arena: EvolveArena
var _roots: Array[Node] = []
var _input_widths := PackedInt32Array()
var _output_widths := PackedInt32Array()


## Builds the arena and the agents of a unit and begins their episode.
func _init(arenas: EvolveArenas, from: EvolveWork, unit_place: int, clock: EvolveTickCount) -> void:
	work = from
	unit = unit_place
	members = work.batch.call(&"unit_members", unit)
	ends_at = clock.ticks + int(work.batch.call(&"unit_ticks", unit))
	var unit_seed: int = work.batch.call(&"unit_seed", unit)
	_arenas = arenas
	_arena = arenas.enter(unit_seed)
	for place in members.size():
		_build(unit_seed, place, clock)
		if not error.is_empty():
			return
	for agent in agents:
		agent.begin_episode()
	# begin() may have moved them, and companions sense each other in this very tick.
	for root in _roots:
		EvolveArenas.settle(root)


## Whether the unit can be scored after so many ticks of the runner.
func is_over(ticks: int) -> bool:
	var all_finished := true
	for place in agents.size():
		var agent: Variant = agents[place]
		if not is_instance_valid(agent):
			error = (
				"%s: an agent was freed in its episode; call finish() on its EvolveAgent instead."
				% _scene_of(place).resource_path
			)
			return true
		all_finished = all_finished and (agent as EvolveAgent).is_finished()
	return all_finished or ticks >= ends_at


## Enters the agents that are alive with their batch.
func enter_living() -> void:
	for place in agents.size():
		var agent := agents[place]
		if not agent.is_finished():
			work.add_living(members[place], agent.body, _input_widths[place], _output_widths[place])


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


## Tells the batch what the agents noted; false when it refuses that.
func note_metrics() -> bool:
	for place in agents.size():
		var metrics := agents[place].metrics()
		if metrics.is_empty():
			continue
		var names := PackedStringArray(metrics.keys())
		if not work.batch.call(&"note", unit, place, names, PackedFloat64Array(metrics.values())):
			return false
	return true


## Removes the agents, and the arena that was theirs alone, from the game.
func leave() -> void:
	for root: Variant in _roots:
		if is_instance_valid(root):
			(root as Node).queue_free()
	_roots.clear()
	agents.clear()
	_arenas.leave(_arena)


func _build(unit_seed: int, place: int, clock: EvolveTickCount) -> void:
	var scene := _scene_of(place)
	var root := scene.instantiate()
	var agent := EvolveAgent.find_in(root)
	if agent == null:
		error = (
			"%s: the agent scene has no EvolveAgent node; add one below its root."
			% scene.resource_path
		)
		root.free()
		return
	agent.prepare(unit_seed, place, clock)
	agent.population = _population_of(place)
	agent.arena = _arena.scene_root
	agent.companions = agents
	_roots.append(root)
	_arena.place.add_child(root, true)
	var missing := agent.missing_functions()
	if not missing.is_empty():
		error = "%s: %s" % [root.get_path(), missing]
		return
	agents.append(agent)
	_input_widths.append(int(work.batch.call(&"inputs", members[place])))
	_output_widths.append(int(work.batch.call(&"outputs", members[place])))


func _scene_of(place: int) -> PackedScene:
	return _arenas.agent_scenes[_population_of(place)]


func _population_of(place: int) -> int:
	return work.batch.call(&"population", members[place])
