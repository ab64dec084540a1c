@tool
@icon("../icons/evolve_trainer.svg")
class_name EvolveTrainer
extends Node
## Breeds the brains of an agent scene: drop it into a scene, name inputs and outputs, press Play.
##
## The same scene trains in Play, headless with [code]godot --headless --fixed-fps 60 --path
## PROJECT SCENE -- --evolve-generations 50 --evolve-seed 7 --evolve-out FOLDER[/code], and as a
## worker of the orchestrator. With the same seed all three find the same champion.
##
## Arenas and agents are built anew for every episode, below this node, and all agents are stepped
## together, once in a physics tick: sense, think, act; then the engine moves the bodies. This node
## only conducts: [EvolveLocalRun] and [EvolveWorkerRun] do the work.

## A generation was scored and the next one bred. The report has [code]generation[/code],
## [code]best[/code], [code]mean[/code], [code]best_ever[/code], [code]species[/code] (one
## dictionary each), [code]evaluations[/code] and [code]steps[/code].
signal generation_finished(report: Dictionary)

## The run has what it came for; the champion lies at this path.
signal training_finished(champion_path: String)

## The run had to end; [param reason] is one sentence for a person.
signal training_failed(reason: String)

## An agent's episode is over; its scene is about to be freed.
signal agent_scored(agent: EvolveAgent)

const _GROUP := &"evolve_trainers"
const _EXIT_WRONG := 1
const _EXIT_USAGE := 2

## The scene of one agent, with an [EvolveAgent] below its root.
@export var agent_scene: PackedScene = null:
	set(value):
		agent_scene = value
		update_configuration_warnings()

## What the agent senses: one name for each number that its [code]sense()[/code] returns, in order.
@export var input_names: PackedStringArray = []:
	set(value):
		input_names = value
		update_configuration_warnings()

## What the agent does: one name for each number that its [code]act()[/code] is given, in order.
@export var output_names: PackedStringArray = []:
	set(value):
		output_names = value
		update_configuration_warnings()

@export_group("Arena")

## What is around the agents of an episode: floor, track, targets. Empty for agents that need
## nothing around them. If its root has a function
## [code]arrange(random: RandomNumberGenerator)[/code], it is called once it is in the tree and
## before the agents come; take from [code]random[/code] what shall differ between episodes. Agents
## are added below this root, and find it under [member EvolveAgent.arena].
@export var arena_scene: PackedScene = null

## Whether every episode has physics of its own, so that a score depends on the brain and the
## episode's seed alone. Turn it off for agents without physics, which need none, or to see all
## agents in one world: they share one arena then, arranged for the first of them, and collide. What
## a seed gives then depends on [member parallel_episodes] and on the number of workers.
@export var isolated := true

## Agents that meet in an arena, each with another brain; all of them are scored. With 1 and no
## further populations every agent plays alone.
@export_range(1, 256, 1) var agents_per_arena := 1

## Isolated arenas shown in Play, side by side behind everything else that the window shows; 0 for
## none. In 3D the arena's scene needs a camera. Changes nothing of what comes out.
@export_range(0, 64, 1) var shown_arenas := 1

@export_group("Evolution")

## Brains in a generation.
@export_range(2, 10000, 1, "or_greater") var population_size := 150

## Populations that evolve beside the first and meet it in its arenas: hunters and their prey. The
## champion, the goal and the figures are those of the first, which is called main.
@export var further_populations: Array[EvolvePopulation] = []:
	set(value):
		further_populations = value
		_watch_populations()
		update_configuration_warnings()

## The run's seed: the same seed and settings give the same champion, bit for bit.
@export_range(0, 1000000, 1, "or_greater") var run_seed := 1

## Further settings of the evolution, merged over those above; the keys are those of the
## configuration in JSON, for example [code]{"evaluation": {"repeats": 3}}[/code].
@export var advanced: Dictionary = {}

@export_group("Episode")

## Physics ticks after which an episode ends in any case.
@export_range(1, 36000, 1, "or_greater", "suffix:ticks") var episode_ticks := 600

## Episodes that every brain plays, each with another seed; its fitness is their mean.
@export_range(1, 100, 1, "or_greater") var repeats := 1

## Episodes played at a time. With isolated arenas it changes how fast it
## goes, never what comes out.
@export_range(1, 4096, 1) var parallel_episodes := 64

@export_group("Stop")

## Generations after which training is over.
@export_range(1, 100000, 1, "or_greater") var generations := 100

## Whether to stop as soon as the best fitness reaches [member goal_fitness].
@export var stop_at_goal := false

## See [member stop_at_goal].
@export var goal_fitness := 0.0

var _mode := EvolveCommandLine.Mode.PLAY
var _local: EvolveLocalRun
var _worker: EvolveWorkerRun
var _watch := EvolveErrorWatch.new()


func _ready() -> void:
	set_physics_process(not Engine.is_editor_hint())
	if Engine.is_editor_hint():
		return
	var line := EvolveCommandLine.new()
	if EvolveSettings.training_allowed():
		line = EvolveCommandLine.parse(OS.get_cmdline_user_args())
	_mode = line.mode
	if _mode != EvolveCommandLine.Mode.PLAY:
		_watch.start()
	if line.error.is_empty():
		_begin(line)
	else:
		_fail(line.error, _EXIT_USAGE)


func _exit_tree() -> void:
	_watch.stop()


func _physics_process(_delta: float) -> void:
	if _worker != null:
		_tick_worker()
	elif _local != null:
		_tick_local()


func _get_configuration_warnings() -> PackedStringArray:
	return problems()


## What is wrong with the settings above, sentences; empty when nothing is.
func problems() -> PackedStringArray:
	var found := EvolvePopulation.problems_of(populations())
	if further_populations.has(null):
		found.append("Further Populations has an empty place: make an EvolvePopulation there.")
	return found


## All populations of the run; the first is the one of this node's own settings.
func populations() -> Array[EvolvePopulation]:
	var first := EvolvePopulation.new()
	first.name = "main"
	first.agent_scene = agent_scene
	first.size = population_size
	first.group = agents_per_arena
	first.input_names = input_names
	first.output_names = output_names
	var all: Array[EvolvePopulation] = [first]
	for population in further_populations:
		if population != null:
			all.append(population)
	return all


## The run that the settings above ask for.
func make_settings() -> EvolveRunSettings:
	var settings := EvolveRunSettings.new()
	settings.scene_path = _scene_path()
	var scenes: Array[PackedScene] = []
	for population in populations():
		scenes.append(population.agent_scene)
	settings.arenas = EvolveArenas.new(self, scenes, arena_scene, isolated)
	settings.slots = clampi(parallel_episodes, 1, 4096)
	settings.run_seed = run_seed
	settings.generations = generations
	settings.has_goal = stop_at_goal
	settings.goal_fitness = goal_fitness
	var evaluation := {"repeats": repeats, "episode_ticks": episode_ticks}
	settings.config = EvolveRunSettings.build_config(populations(), evaluation, advanced)
	return settings


func _begin(line: EvolveCommandLine) -> void:
	var problem := _first_problem()
	if _mode == EvolveCommandLine.Mode.WORKER:
		_begin_worker(problem)
	elif not problem.is_empty():
		_fail(problem)
	else:
		_begin_local(line)


func _begin_worker(problem: String) -> void:
	var server := OS.get_environment("EVOLVE_SERVER")
	var token := OS.get_environment("EVOLVE_TOKEN")
	if server.is_empty() or token.is_empty():
		var which := "EVOLVE_SERVER" if server.is_empty() else "EVOLVE_TOKEN"
		_fail("--evolve-worker needs the environment variable %s." % which, _EXIT_USAGE)
		return
	var settings := make_settings()
	_show_arenas(settings.arenas)
	_worker = EvolveWorkerRun.new(settings, problem)
	_worker.runner.agent_scored.connect(agent_scored.emit)
	_worker.start(server, token)


func _begin_local(line: EvolveCommandLine) -> void:
	var settings := make_settings()
	settings.run_seed = line.run_seed if line.run_seed >= 0 else run_seed
	settings.generations = line.generations if line.generations > 0 else generations
	var folder: EvolveRunFolder = null
	if _mode == EvolveCommandLine.Mode.HEADLESS:
		folder = EvolveRunFolder.new(line.folder)
	_show_arenas(settings.arenas)
	_local = EvolveLocalRun.new(settings, folder)
	_local.runner.agent_scored.connect(agent_scored.emit)
	_local.generation_finished.connect(generation_finished.emit)
	_local.start(line.resume, line.run_seed)


func _show_arenas(arenas: EvolveArenas) -> void:
	if not isolated or shown_arenas == 0 or DisplayServer.get_name() == "headless":
		return
	var view := EvolveArenaView.new(shown_arenas)
	add_child(view)
	arenas.built.connect(view.show_arena)


func _watch_populations() -> void:
	for population in further_populations:
		if population != null and not population.changed.is_connected(_warn_anew):
			population.changed.connect(_warn_anew)


func _warn_anew() -> void:
	update_configuration_warnings()


func _tick_worker() -> void:
	_worker.tick()
	var script_error := _watch.take_script_error()
	if not script_error.is_empty():
		_worker.fail(script_error)
	if _worker.exit_code >= 0:
		if not _worker.sentence.is_empty():
			printerr("evolve: %s" % _worker.sentence)
		_quit(_worker.exit_code)


func _tick_local() -> void:
	_local.tick()
	var script_error := _watch.take_script_error()
	if not _local.error.is_empty() or not script_error.is_empty():
		_fail(script_error if _local.error.is_empty() else _local.error)
	elif _local.is_finished:
		_finish_local()


func _finish_local() -> void:
	var finished := _local
	_local = null
	print("champion %s" % finished.champion_path)
	training_finished.emit(finished.champion_path)
	if _mode == EvolveCommandLine.Mode.HEADLESS:
		print("digest %s" % finished.digest)
		_quit(0)


func _fail(reason: String, exit_code: int = _EXIT_WRONG) -> void:
	if _local != null:
		_local.stop()
		_local = null
	training_failed.emit(reason)
	if _mode == EvolveCommandLine.Mode.PLAY:
		push_error("Evolve: %s" % reason)
	else:
		printerr("evolve: %s" % reason)
		_quit(exit_code)


func _quit(exit_code: int) -> void:
	set_physics_process(false)
	get_tree().quit(exit_code)


func _first_problem() -> String:
	add_to_group(_GROUP)
	if get_tree().get_nodes_in_group(_GROUP).size() > 1:
		return "%s: a scene trains with one EvolveTrainer; remove this one." % get_path()
	var found := problems()
	return "" if found.is_empty() else "%s: %s" % [get_path(), found[0]]


func _scene_path() -> String:
	var scene := get_tree().current_scene if is_inside_tree() else null
	if scene != null and scene.is_ancestor_of(self):
		return scene.scene_file_path
	return owner.scene_file_path if owner != null else scene_file_path
