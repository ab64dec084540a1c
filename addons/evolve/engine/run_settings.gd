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


## The configuration as JSON.
func config_json() -> String:
	return JSON.stringify(config, "", true, true)


## Whether the run of [param evolution] has what it came for.
func is_reached(evolution: RefCounted) -> bool:
	if int(evolution.call(&"generation")) >= generations:
		return true
	return has_goal and bool(evolution.call(&"reaches", goal_fitness))


## The configuration for populations, with [param overrides] merged over it. Where an arena has more
## than one agent, of one population or of several, they meet.
static func build_config(
	populations: Array[EvolvePopulation], evaluation: Dictionary, overrides: Dictionary
) -> Dictionary:
	var described: Array[Dictionary] = []
	for population in populations:
		described.append(population.config())
	var plain := {"populations": described, "evaluation": evaluation.duplicate()}
	if populations.size() > 1 or populations[0].group > 1:
		plain["evaluation"]["together"] = true
	return whole_numbers(merge(plain, overrides)) as Dictionary


## [param over] laid over [param base]: dictionaries key by key, lists of dictionaries place by
## place (so that an override for the one population need not repeat it), all else is replaced.
static func merge(base: Variant, over: Variant) -> Variant:
	if base is Dictionary and over is Dictionary:
		var merged: Dictionary = (base as Dictionary).duplicate()
		for key: Variant in over:
			merged[key] = merge(merged[key], over[key]) if merged.has(key) else over[key]
		return merged
	if _is_dictionary_list(base) and _is_dictionary_list(over):
		var merged: Array = (base as Array).duplicate()
		for place: int in (over as Array).size():
			if place < merged.size():
				merged[place] = merge(merged[place], over[place])
			else:
				merged.append(over[place])
		return merged
	return over


## The same value with every whole float as an integer. [JSON] reads integers as floats and would
## write them as [code]150.0[/code], which the engine refuses for a count.
static func whole_numbers(value: Variant) -> Variant:
	if value is float and value == floorf(value) and absf(value) < 9007199254740992.0:
		return int(value)
	if value is Dictionary:
		var whole := {}
		for key: Variant in value:
			whole[key] = whole_numbers(value[key])
		return whole
	if value is Array:
		return (value as Array).map(whole_numbers)
	return value


static func _is_dictionary_list(value: Variant) -> bool:
	if not value is Array or (value as Array).is_empty():
		return false
	return (value as Array).all(func(entry: Variant) -> bool: return entry is Dictionary)
