@tool
class_name EvolveObjective
extends Resource
## Something that agents are scored on, besides what else they are scored on.
##
## The first one of a trainer is [member EvolveAgent.fitness], the others are told by
## [method EvolveAgent.set_objective]. More than one needs the selection strategy NSGA-II.

## What it is called: in [method EvolveAgent.set_objective], in plots and files.
@export var name := "fitness":
	set(value):
		name = value
		emit_changed()

## Whether less is better: fuel, time, damage.
@export var minimise := false:
	set(value):
		minimise = value
		emit_changed()


## The objective as the evolution's configuration has it.
func config() -> Dictionary:
	return {"name": name, "direction": "minimise" if minimise else "maximise"}
