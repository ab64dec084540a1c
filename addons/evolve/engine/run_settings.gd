@tool
class_name EvolveRunSettings
extends RefCounted
## What a run needs to know of its scene, read once from an [EvolveTrainer]; never changes after.
##
## Keeps the drivers (local run, worker) free of the node, and holds the one place that turns the
## trainer's exports into the configuration that the engine reads.

## The trainer's own scene.
var scene_path := ""
## Builds what the units are played in.
var arenas: EvolveArenas
## Agents (units) at a time.
var slots := 64
## The configuration of the evolution, see [method build_config].
var config: Dictionary = {}
## The run's seed.
var run_seed := 1
## Generations to complete.
var generations := 100
## Ends the run early when the champion's fitness is as good as [member goal_fitness].
var has_goal := false
## See [member has_goal].
var goal_fitness := 0.0


## The run that a trainer's exports ask for.
static func of(trainer: EvolveTrainer) -> EvolveRunSettings:
	var settings := EvolveRunSettings.new()
	settings.scene_path = _scene_path(trainer)
	var scenes: Array[PackedScene] = []
	for population in trainer.populations():
		scenes.append(population.agent_scene)
	settings.arenas = EvolveArenas.new(trainer, scenes, trainer.arena_scene, trainer.isolated)
	settings.slots = clampi(trainer.parallel_episodes, 1, 4096)
	settings.run_seed = trainer.run_seed
	settings.generations = trainer.generations
	settings.has_goal = trainer.stop_at_goal
	settings.goal_fitness = trainer.goal_fitness
	settings.config = build_config(trainer.populations(), _evaluation(trainer), trainer.config)
	return settings


## The configuration as JSON.
func config_json() -> String:
	return JSON.stringify(config, "", true, true)


## Whether the run of [param evolution] has what it came for.
func is_reached(evolution: RefCounted) -> bool:
	if int(evolution.call(&"generation")) >= generations:
		return true
	return has_goal and bool(evolution.call(&"reaches", goal_fitness))


## The name of each population, in order.
func population_names() -> PackedStringArray:
	var names := PackedStringArray()
	for population: Dictionary in config["populations"]:
		names.append(str(population["name"]))
	return names


## The configuration for populations. Where an arena has more than one agent, of one population or
## of several, they meet. [param choices] may be null: the engine has defaults.
static func build_config(
	populations: Array[EvolvePopulation], evaluation: Dictionary, choices: EvolveConfig
) -> Dictionary:
	var described: Array[Dictionary] = []
	for population in populations:
		described.append(population.config())
	var built := choices.to_dictionary() if choices != null else {}
	built["populations"] = described
	built["evaluation"] = evaluation.duplicate()
	if populations.size() > 1 or populations[0].group > 1:
		built["evaluation"]["together"] = true
	return built


static func _evaluation(trainer: EvolveTrainer) -> Dictionary:
	var evaluation := {"repeats": trainer.repeats, "episode_ticks": trainer.episode_ticks}
	if trainer.same_seeds:
		evaluation["fixed_seeds"] = true
	# Whose list is empty, or has holes that the trainer complains of, leaves it to the defaults.
	var objectives: Array[Dictionary] = []
	for objective in trainer.objectives:
		if objective != null:
			objectives.append(objective.config())
	if not objectives.is_empty():
		evaluation["objectives"] = objectives
	var behaviour: Array[Dictionary] = []
	for descriptor in trainer.behaviour:
		if descriptor != null:
			behaviour.append(descriptor.config())
	if not behaviour.is_empty():
		evaluation["behaviour"] = behaviour
	return evaluation


static func _scene_path(trainer: EvolveTrainer) -> String:
	var scene := trainer.get_tree().current_scene if trainer.is_inside_tree() else null
	if scene != null and scene.is_ancestor_of(trainer):
		return scene.scene_file_path
	return trainer.owner.scene_file_path if trainer.owner != null else trainer.scene_file_path
