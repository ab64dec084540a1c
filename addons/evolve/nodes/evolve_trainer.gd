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
## holds the settings: [EvolveConductor] runs them.

## A generation was scored and the next one bred. The report has [code]generation[/code],
## [code]best[/code], [code]mean[/code], [code]best_ever[/code], [code]objectives[/code],
## [code]metrics[/code] (a dictionary for each name that agents noted, with [code]name[/code],
## [code]count[/code], [code]mean[/code], [code]least[/code] and [code]most[/code]),
## [code]populations[/code] (all of these for each), [code]species[/code] (one dictionary each),
## [code]evaluations[/code], [code]steps[/code], [code]seconds[/code] and
## [code]steps_per_second[/code].
signal generation_finished(report: Dictionary)

## A generation brought a better champion of the first population.
signal champion_found(brain: EvolveBrain)

## The run has what it came for; the champion lies at this path.
signal training_finished(champion_path: String)

## The run had to end; [param reason] is one sentence for a person.
signal training_failed(reason: String)

## An agent's episode is over; its scene is about to be freed.
signal agent_scored(agent: EvolveAgent)

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

@export_group("Scores")

## What agents are scored on. Empty for one objective of which more is better, the fitness. The
## first one is [member EvolveAgent.fitness]; more than one needs the selection strategy NSGA-II in
## [member config].
@export var objectives: Array[EvolveObjective] = []:
	set(value):
		objectives = value
		_watch_resources(objectives)

## What describes how an agent behaved, for novelty search and MAP-Elites: the numbers of
## [member EvolveAgent.behaviour], in order.
@export var behaviour: Array[EvolveDescriptor] = []:
	set(value):
		behaviour = value
		_watch_resources(behaviour)

@export_group("Evolution")

## Brains in a generation.
@export_range(2, 10000, 1, "or_greater") var population_size := 150

## What the population is called, in plots and files.
@export var population_name := "main":
	set(value):
		population_name = value
		update_configuration_warnings()

## Populations that evolve beside the first and meet it in its arenas: hunters and their prey. The
## goal is the first one's.
@export var further_populations: Array[EvolvePopulation] = []:
	set(value):
		further_populations = value
		_watch_resources(further_populations)

## The run's seed: the same seed and settings give the same champion, bit for bit.
@export_range(0, 1000000, 1, "or_greater") var run_seed := 1

## How brains change and who has offspring. Empty for the defaults.
@export var config: EvolveConfig = null:
	set(value):
		config = value
		_watch_resources([config])

@export_group("Episode")

## Physics ticks after which an episode ends in any case.
@export_range(1, 36000, 1, "or_greater", "suffix:ticks") var episode_ticks := 600

## Episodes that every brain plays, each with another seed; its fitness is their mean.
@export_range(1, 100, 1, "or_greater") var repeats := 1

## The same episode seeds in every generation, rather than new ones: a score of today can be
## compared with one of yesterday, but brains may learn the episodes by heart.
@export var same_seeds := false

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

@export_group("Files")

## Where Play keeps the run: checkpoints, champions and a table of its generations. Empty for a new
## folder each time, below the one that the project setting [code]evolve/runs_folder[/code] names.
@export_dir var run_folder := "":
	set(value):
		run_folder = value
		update_configuration_warnings()

## Whether Play goes on with the run that it finds in [member run_folder].
@export var resume := false:
	set(value):
		resume = value
		update_configuration_warnings()

## Whether the game stands still, and training with it. Changes nothing of what comes out.
var is_paused: bool:
	get:
		return is_inside_tree() and get_tree().paused
	set(value):
		get_tree().paused = value
		_conductor.tell_paused()

## Whether the run belongs to an orchestrator, which has scenes played here and counts generations
## itself. Known when this node is ready.
var is_worker: bool:
	get:
		return _conductor.is_worker()

var _conductor := EvolveConductor.new(self)


func _ready() -> void:
	set_physics_process(not Engine.is_editor_hint())
	if Engine.is_editor_hint():
		return
	_conductor.generation_finished.connect(generation_finished.emit)
	_conductor.champion_found.connect(champion_found.emit)
	_conductor.training_finished.connect(training_finished.emit)
	_conductor.training_failed.connect(training_failed.emit)
	_conductor.agent_scored.connect(agent_scored.emit)
	_conductor.begin()


func _exit_tree() -> void:
	_conductor.leave()


func _physics_process(_delta: float) -> void:
	_conductor.tick()


func _get_configuration_warnings() -> PackedStringArray:
	return problems()


## What is wrong with the settings above, sentences; empty when nothing is.
func problems() -> PackedStringArray:
	var found := EvolvePopulation.problems_of(populations())
	var lists: Dictionary[String, Array] = {
		"Objectives": objectives,
		"Behaviour": behaviour,
		"Further Populations": further_populations,
	}
	for title in lists:
		if lists[title].has(null):
			found.append("%s has an empty place: make a resource there, or remove it." % title)
	if resume and run_folder.is_empty():
		found.append("Resume needs a Run Folder: name the one that holds the run.")
	if found.is_empty() and EvolveNative.is_loaded():
		var refusal := EvolveNative.config_problem(make_settings().config_json())
		if not refusal.is_empty():
			found.append("the evolution's settings are wrong: %s." % refusal)
	return found


## All populations of the run; the first is the one of this node's own settings.
func populations() -> Array[EvolvePopulation]:
	var first := EvolvePopulation.new()
	first.name = population_name
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
	return EvolveRunSettings.of(self)


## The best brain of a population so far; null before its first generation is scored.
func champion(population: int = 0) -> EvolveBrain:
	return _conductor.champion(population)


## The brains of a population that are worth keeping: with NSGA-II those whom nobody dominates, with
## MAP-Elites whoever holds a cell, else the champion. A dictionary each, with
## [code]fitness[/code], [code]generation[/code], [code]objectives[/code] and
## [code]behaviour[/code].
func gallery(population: int = 0) -> Array[Dictionary]:
	return _conductor.gallery(population)


## The brain at a place of the [method gallery]; null and an error when there is none.
func exhibit(place: int, population: int = 0) -> EvolveBrain:
	return _conductor.exhibit(place, population)


## Goes on until the next generation is finished, and pauses then.
func run_one_generation() -> void:
	_conductor.pauses_soon = true
	is_paused = false


## Writes the champions now, as every better one is written in any case; returns the file of the
## first population's, empty before the first generation is scored.
func save_now() -> String:
	return _conductor.save_now()


## Ends the run with what it has come to, as if its last generation had been reached.
func stop() -> void:
	_conductor.stop()


func _watch_resources(resources: Array) -> void:
	for resource: Resource in resources:
		if resource != null and not resource.changed.is_connected(update_configuration_warnings):
			resource.changed.connect(update_configuration_warnings)
	update_configuration_warnings()
