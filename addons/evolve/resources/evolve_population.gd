@tool
class_name EvolvePopulation
extends Resource
## A population that evolves beside the one of an [EvolveTrainer]: prey for its hunters, keepers for
## its strikers. Only says what it is like; the trainer breeds it.

## What the population is called, in metrics and files.
@export var name := "others":
	set(value):
		name = value
		emit_changed()

## The scene of one agent, with an [EvolveAgent] below its root.
@export var agent_scene: PackedScene = null:
	set(value):
		agent_scene = value
		emit_changed()

## Brains in a generation.
@export_range(2, 10000, 1, "or_greater") var size := 150

## How many of its agents meet in an arena.
@export_range(1, 256, 1) var group := 1

## What the agent senses: one name for each number that its [code]sense()[/code] returns, in order.
@export var input_names: PackedStringArray = []:
	set(value):
		input_names = value
		emit_changed()

## What the agent does: one name for each number that its [code]act()[/code] is given, in order.
@export var output_names: PackedStringArray = []:
	set(value):
		output_names = value
		emit_changed()


## What is wrong with it, sentences; empty when nothing is. [param owner_title] stands before the
## names of the settings.
func problems(owner_title: String = "") -> PackedStringArray:
	var found := PackedStringArray()
	if agent_scene == null:
		found.append("%sAgent Scene is empty: choose the scene of one agent." % owner_title)
	found.append_array(EvolveNames.problems(owner_title + "Input Names", input_names))
	found.append_array(EvolveNames.problems(owner_title + "Output Names", output_names))
	return found


## The population as the evolution's configuration has it.
func config() -> Dictionary:
	var described := {
		"name": name, "size": size, "inputs": Array(input_names), "outputs": Array(output_names)
	}
	if group > 1:
		described["group"] = group
	return described


## What is wrong with populations that share a run: the first is the trainer's own.
static func problems_of(populations: Array[EvolvePopulation]) -> PackedStringArray:
	var found := populations[0].problems()
	var names := PackedStringArray([populations[0].name])
	for place in range(1, populations.size()):
		var title := "Further Populations, %d: " % place
		var population := populations[place]
		if population.name in names:
			found.append("%sthe name '%s' is taken; choose another." % [title, population.name])
		names.append(population.name)
		found.append_array(population.problems(title))
	return found
