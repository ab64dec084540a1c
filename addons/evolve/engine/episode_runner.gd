class_name EvolveEpisodeRunner
extends RefCounted
## Plays work units in slots: builds their arenas and agents, steps all of them together, scores
## them.
##
## A tick is: [method collect] scores what the tick before brought to its end; [method step] builds
## the next episodes, then every agent alive senses, thinks (one native call for each batch) and
## acts. Behind it, still in the same physics frame, nodes have their [code]_physics_process[/code]
## and the engine steps every space. So an episode of N ticks is N rounds of sense, think, act, each
## followed by a physics step, and is scored after the last of them, whatever else goes on in the
## other slots: arenas are always built in [code]_physics_process[/code] (building elsewhere shifts
## an episode by a tick), and a slot that became free takes the next unit in the same tick. The
## clock is never asked, and nothing is known of where units come from or where scores go.

## An agent is about to be scored and freed.
signal agent_scored(agent: EvolveAgent)

## Why the run has to end, one sentence; empty as long as all is well.
var error := ""

var _arenas: EvolveArenas
var _slots: int
var _works: Array[EvolveWork] = []
var _episodes: Array[EvolveEpisode] = []
var _clock := EvolveTickCount.new()
# Names of metrics that agents noted so far.
var _metric_names: Dictionary[StringName, bool] = {}
# The tick at which the next episode runs out of ticks.
var _next_end := 0


func _init(arenas: EvolveArenas, slots: int) -> void:
	_arenas = arenas
	_slots = slots


## Queues a batch behind those that are already there.
func add(batch: RefCounted) -> EvolveWork:
	var work := EvolveWork.new(batch)
	_works.append(work)
	_clock.is_changed = true
	return work


## Whether there is nothing to do.
func is_idle() -> bool:
	return _episodes.is_empty() and _works.is_empty()


## Scores and frees the episodes that are over. Call it from [code]_physics_process[/code] only,
## before [method step]: those that are to follow can then begin in the same tick.
func collect() -> void:
	if not error.is_empty() or (not _clock.is_changed and _clock.ticks < _next_end):
		return
	_clock.is_changed = true
	var kept := 0
	for episode in _episodes:
		var is_over := error.is_empty() and episode.is_over(_clock.ticks)
		if is_over and episode.error.is_empty():
			_score(episode)
		else:
			error = episode.error if error.is_empty() else error
			_episodes[kept] = episode
			kept += 1
	_episodes.resize(kept)
	_forget_complete_works()


## How many agents are alive.
func agent_count() -> int:
	var count := 0
	for work in _works:
		count += work.bodies.size()
	return count


## One tick for every agent alive. Call it from [code]_physics_process[/code] only.
func step() -> void:
	if _clock.is_changed:
		_fill_slots()
		_list_living()
	_clock.ticks += 1
	for work in _works:
		if error.is_empty() and not work.bodies.is_empty():
			_sense(work)
	for work in _works:
		if error.is_empty() and not work.bodies.is_empty():
			_think_and_act(work)


## Frees every agent and forgets all work.
func clear() -> void:
	for episode in _episodes:
		episode.leave()
	_episodes.clear()
	_works.clear()


func _fill_slots() -> void:
	for work in _works:
		while error.is_empty() and _episodes.size() < _slots and work.started < work.unit_count:
			var episode := EvolveEpisode.new(_arenas, work, work.started, _clock)
			work.started += 1
			_episodes.append(episode)
			error = episode.error


func _list_living() -> void:
	if not error.is_empty():
		return
	_clock.is_changed = false
	_next_end = 0x7fffffffffffffff
	for work in _works:
		work.clear_living()
	for episode in _episodes:
		_next_end = mini(_next_end, episode.ends_at)
		episode.enter_living()


func _sense(work: EvolveWork) -> void:
	# Locals, here and below: reaching through an object for every agent costs a fifth of a tick.
	var bodies := work.bodies
	var widths := work.input_widths
	var observations := PackedFloat32Array()
	for place in bodies.size():
		var sensed: Variant = bodies[place].call(&"sense")
		if not sensed is PackedFloat32Array:
			_refuse_observation(work, place, "a value of the type %s" % type_string(typeof(sensed)))
			return
		var observation: PackedFloat32Array = sensed
		if observation.size() != widths[place]:
			_refuse_observation(work, place, "%d numbers" % observation.size())
			return
		observations.append_array(observation)
	work.observations = observations


func _think_and_act(work: EvolveWork) -> void:
	var thought: Variant = work.batch.call(&"think", work.members, work.observations)
	if not thought is PackedFloat32Array or thought.size() != work.action_count:
		_refuse_thought(work)
		return
	var actions: PackedFloat32Array = thought
	var bodies := work.bodies
	var widths := work.output_widths
	var from := 0
	for place in bodies.size():
		var to := from + widths[place]
		bodies[place].call(&"act", actions.slice(from, to))
		from = to


func _forget_complete_works() -> void:
	var open_works := 0
	for work in _works:
		if not work.is_complete():
			_works[open_works] = work
			open_works += 1
	_works.resize(open_works)


func _score(episode: EvolveEpisode) -> void:
	var steps := 0
	var work := episode.work
	for agent in episode.agents:
		agent.end_episode()
	for agent in episode.agents:
		steps += agent.ticks
		var problem := agent.scoring_problem(work.objectives, work.descriptors)
		if problem.is_empty():
			problem = _learn_metric_names(agent)
		if not problem.is_empty():
			error = "%s: %s" % [agent.body.get_path(), problem]
		agent_scored.emit(agent)
	if error.is_empty() and not _tell(episode, steps):
		error = (
			"the scores of a work unit were refused: %s"
			% EvolveBackend.error_of(episode.work.batch)
		)
	work.scored += 1
	episode.leave()


# What is wrong with their number, as the rest of a sentence; empty when nothing is.
func _learn_metric_names(agent: EvolveAgent) -> String:
	for name in agent.metrics():
		_metric_names[name] = true
		if _metric_names.size() > EvolveNames.MAXIMUM_METRICS:
			return (
				"the metric %s is one too many; a run has at most %d of different names."
				% [name, EvolveNames.MAXIMUM_METRICS]
			)
	return ""


func _tell(episode: EvolveEpisode, steps: int) -> bool:
	return (
		episode.note_metrics()
		and episode.work.batch.call(
			&"score", episode.unit, episode.scores(), episode.behaviour(), steps
		)
	)


func _refuse_observation(work: EvolveWork, place: int, given: String) -> void:
	error = (
		"%s: sense() returned %s, but the trainer names %d inputs, one number for each."
		% [work.bodies[place].get_path(), given, work.input_widths[place]]
	)


# The library refuses numbers that are not finite; only then is it worth looking for the culprit.
func _refuse_thought(work: EvolveWork) -> void:
	var from := 0
	for place in work.bodies.size():
		for input in work.input_widths[place]:
			var value := work.observations[from + input]
			if not is_finite(value):
				error = (
					"%s: sense() returned %s for input %d; every number has to be finite."
					% [work.bodies[place].get_path(), value, input]
				)
				return
		from += work.input_widths[place]
	error = "thinking failed: %s" % EvolveBackend.error_of(work.batch)
