@tool
class_name EvolveDescriptor
extends Resource
## One of the numbers that describe how an agent behaved, for novelty search and MAP-Elites.
##
## [member EvolveAgent.behaviour] holds one for each of the trainer's, in order.

## What it is called.
@export var name := "behaviour":
	set(value):
		name = value
		emit_changed()

## The least that is expected. Novelty is measured in parts of the range.
@export var low := 0.0:
	set(value):
		low = value
		emit_changed()

## The most that is expected.
@export var high := 1.0:
	set(value):
		high = value
		emit_changed()

## How many cells of a MAP-Elites grid the range is cut into; the outer ones take what lies outside.
@export_range(1, 1000, 1, "or_greater") var bins := 10:
	set(value):
		bins = value
		emit_changed()


## The descriptor as the evolution's configuration has it.
func config() -> Dictionary:
	return {"name": name, "low": low, "high": high, "bins": bins}
