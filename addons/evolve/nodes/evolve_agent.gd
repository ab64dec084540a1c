@tool
@icon("../icons/evolve_agent.svg")
class_name EvolveAgent
extends Node
## Makes the scene that it stands in an agent: something that senses, acts and is scored.
##
## Put it directly below the root of the agent's scene. The root (or [member body]) has two
## functions that you write:
## [codeblock]
## func sense() -> PackedFloat32Array:  # one number for each input, in the trainer's order
## func act(outputs: PackedFloat32Array) -> void:  # one number for each output
## [/codeblock]
## and, if it wants to, two more that are called once in an episode: before its first tick, and when
## the physics step behind its last tick is done, which is the time for a score that only the end
## tells:
## [codeblock]
## func begin(episode_seed: int) -> void:
## func conclude() -> void:
## [/codeblock]
## Move the body in [code]act()[/code]: a [code]_physics_process()[/code] of its own is called too,
## but from the episode's second tick on, as a node has none in the frame that it is born in. As
## the agent lives, raise [member fitness] or call [method add_fitness], and call [method finish]
## when its life is over. The score may depend on nothing but the brain and the episode's seed:
## take chance from [member random] and never from [method @GlobalScope.randf].
## In training an [EvolveTrainer] steps the agent. In a scene without one, the agent steps itself
## with the champion in [member brain], in every physics tick, and moves exactly as it did in
## training.

## The node with [code]sense()[/code] and [code]act()[/code]; the parent when left empty.
@export var body: Node = null:
	set(value):
		body = value
		update_configuration_warnings()

## The champion that plays where nobody trains; a trainer brings brains of its own and ignores it.
@export var brain: EvolveBrain = null:
	set(value):
		brain = value
		update_configuration_warnings()

## The episode that the agent plays with its [member brain]: a seed from training replays what
## happened there; with -1 chance is new every time.
@export var replay_seed := -1

## How well the agent has done so far. Higher is better (unless the evolution minimises it); it has
## to stay finite. With several objectives it is the first of them; see [method set_objective].
var fitness := 0.0

## How the agent behaved in this episode, for novelty search and MAP-Elites: one number for each
## name that the evolution's settings have under [code]evaluation.behaviour[/code]. Set it before
## the episode ends.
var behaviour := PackedFloat64Array()

## Chance that belongs to this agent and episode alone: the same episode draws the same numbers.
var random := RandomNumberGenerator.new()

## The root of the trainer's arena scene, [code]null[/code] without one. What the agent's world has
## is found from here: groups and absolute paths reach into the arenas of others.
var arena: Node = null

## The agents of this episode, this one included, population by population. Complete when
## [code]begin()[/code] is called.
var companions: Array[EvolveAgent] = []

## The place of the agent's population: 0 for the trainer's own, then its further ones in order.
var population := 0

## The seed of the present episode.
var episode_seed := 0

## Sense-think-act rounds begun in the present episode: 1 while the first one lasts.
var ticks: int:
	get:
		return (_clock.ticks if _ended_at < 0 else _ended_at) - _began_at

var _is_prepared := false
# Who steps the agent where nobody trains; null in training, and when it cannot play.
var _pilot: EvolvePilot = null
var _clock := EvolveTickCount.new()
var _began_at := 0
# Scores beside the fitness.
var _score_card := EvolveScoreCard.new()
# The tick that was the last one, -1 as long as the agent lives.
var _ended_at := -1


func _enter_tree() -> void:
	# In the editor this would be saved into the scene.
	if not Engine.is_editor_hint():
		_find_body()
		_prepare_for_game()


func _ready() -> void:
	set_physics_process(false)
	if Engine.is_editor_hint() or _pilot == null:
		return
	process_physics_priority = EvolvePilot.PRIORITY
	# In training the whole scene is ready before the episode begins.
	if get_parent().is_node_ready():
		_start_game()
	else:
		get_parent().ready.connect(_start_game, CONNECT_ONE_SHOT)


func _physics_process(_delta: float) -> void:
	_tick_game()


func _exit_tree() -> void:
	# Whoever frees an agent in its episode is told so in the next tick.
	_clock.is_changed = true


func _get_configuration_warnings() -> PackedStringArray:
	var found := PackedStringArray()
	var reason := missing_functions()
	if not reason.is_empty():
		found.append(reason)
	if brain != null and not brain.problem().is_empty():
		found.append("Brain holds no champion: %s." % brain.problem())
	return found


## Adds to [member fitness]; a negative amount is a punishment.
func add_fitness(amount: float) -> void:
	fitness += amount


## Scores the agent on one of several objectives, by the name that it has under
## [code]evaluation.objectives[/code]. The first objective is [member fitness] and is set there.
func set_objective(objective: StringName, value: float) -> void:
	_score_card.put(objective, value)


## Adds to a score of [method set_objective], which begins at 0.
func add_objective(objective: StringName, amount: float) -> void:
	_score_card.put(objective, _score_card.score(objective) + amount)


## The score so far on an objective other than the first.
func objective_score(objective: StringName) -> float:
	return _score_card.score(objective)


## Notes a number of this episode that you want to see: laps, crashes, the way driven. A metric
## selects nobody. The report of each generation has the count, the mean, the least and the greatest
## of each under [code]metrics[/code], and the orchestrator keeps them. A run has at most 64 names
## of metrics; an episode that doesn't set one isn't counted for it.
func set_metric(metric: StringName, value: float) -> void:
	_score_card.note(metric, value)


## Adds to a metric of [method set_metric], which begins at 0. Add 0.0 in [code]begin()[/code] where
## episodes in which nothing happened shall count as well.
func add_metric(metric: StringName, amount: float) -> void:
	_score_card.note(metric, metric_value(metric) + amount)


## A metric of this episode so far; 0 before there is one.
func metric_value(metric: StringName) -> float:
	return _score_card.metrics().get(metric, 0.0)


## All metrics of this episode so far, by name.
func metrics() -> Dictionary[StringName, float]:
	return _score_card.metrics().duplicate()


## What the agent thinks with while it plays with its [member brain]; null in training, where a
## whole population thinks at once.
func mind() -> EvolveMind:
	return _pilot.mind() if _pilot != null else null


## Ends the agent's episode: it senses and acts no more. It is scored in the next tick, or when
## everybody in its arena is done.
func finish() -> void:
	if _ended_at < 0:
		_ended_at = _clock.ticks
		_clock.is_changed = true


## Whether [method finish] was called.
func is_finished() -> bool:
	return _ended_at >= 0


## Readies the agent for an episode, before it enters the tree, so that [code]_ready()[/code] may
## already draw from [member random]. [param place] tells the members of one unit apart;
## [param clock] is the runner's.
func prepare(seed_of_episode: int, place: int, clock: EvolveTickCount) -> void:
	_find_body()
	_is_prepared = true
	episode_seed = seed_of_episode
	random.seed = EvolveArenas.chance(seed_of_episode, place)
	fitness = 0.0
	behaviour = PackedFloat64Array()
	_score_card.clear()
	_clock = clock
	_began_at = clock.ticks
	_ended_at = -1


## Calls the body's [code]begin()[/code] if it has one.
func begin_episode() -> void:
	if body.has_method(&"begin"):
		body.call(&"begin", episode_seed)


## Calls the body's [code]conclude()[/code] if it has one.
func end_episode() -> void:
	if body.has_method(&"conclude"):
		body.call(&"conclude")


## The agent's scores in the order of the objectives' names.
func scores(objectives: PackedStringArray) -> PackedFloat64Array:
	return _score_card.row(fitness, objectives)


## What keeps the agent from being scored, as the rest of a sentence; empty when nothing does.
func scoring_problem(objectives: PackedStringArray, descriptors: PackedStringArray) -> String:
	var problem := _score_card.problem(self, objectives)
	if problem.is_empty():
		problem = EvolveScoreCard.behaviour_problem(behaviour, descriptors)
	return _score_card.metrics_problem() if problem.is_empty() else problem


## What the body lacks, as a sentence; empty when it is complete.
func missing_functions() -> String:
	var target := body if body != null else get_parent()
	if target == null:
		return "EvolveAgent needs a parent with the functions sense() and act()."
	var missing := PackedStringArray()
	if not _has_function(target, &"sense"):
		missing.append("sense() -> PackedFloat32Array")
	if not _has_function(target, &"act"):
		missing.append("act(outputs: PackedFloat32Array) -> void")
	if missing.is_empty():
		return ""
	return (
		"%s has no function %s; write it in its script." % [target.name, " and no ".join(missing)]
	)


## The first agent in a scene that was instantiated, [code]null[/code] when there is none.
static func find_in(scene_root: Node) -> EvolveAgent:
	if scene_root is EvolveAgent:
		return scene_root as EvolveAgent
	for child in scene_root.get_children():
		var found := find_in(child)
		if found != null:
			return found
	return null


# Before _ready(), which may draw from the agent's chance already, as in training.
func _prepare_for_game() -> void:
	if brain == null or _is_prepared:
		return
	var chosen := replay_seed if replay_seed >= 0 else randi()
	prepare(chosen, 0, EvolveTickCount.new())
	_pilot = EvolvePilot.new(self)


func _start_game() -> void:
	if not _pilot.start():
		_pilot = null
		return
	if not Engine.is_in_physics_frame():
		set_physics_process(true)
		return
	# Who is built in the middle of a tick acts in that tick, as in training.
	set_physics_process.call_deferred(true)
	_tick_game.call_deferred()


func _tick_game() -> void:
	if is_finished():
		set_physics_process(false)
		end_episode()
		return
	_clock.ticks += 1
	if not _pilot.tick():
		set_physics_process(false)


func _find_body() -> void:
	if body == null:
		body = get_parent()


# In the editor a script that is no tool is a placeholder without methods, so the script is asked.
func _has_function(target: Node, function: StringName) -> bool:
	if target.has_method(function):
		return true
	var script := target.get_script() as Script
	if script == null:
		return false
	for method in script.get_script_method_list():
		if method["name"] == function:
			return true
	return false
