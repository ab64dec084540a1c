class_name EvolveStubBatch
extends RefCounted
## Stands in for the native batch: every "brain" answers with the sum of what it sees, plus its row.
## Remembers what it was asked, so that tests can count.

## The numbers that each unit's episode is seeded with, is long, and is played by.
var seeds := PackedInt64Array()
## Ticks of each unit.
var ticks := PackedInt64Array()
## Members of a unit.
var members_each := 1
## The population of each member of a unit; all are of the first when empty.
var unit_populations := PackedInt32Array()
## Inputs of each brain.
var input_count := 2
## Outputs of each brain.
var output_count := 1

## Names of what is scored.
var objective_names := PackedStringArray(["fitness"])
## Names of what describes a behaviour.
var descriptor_names := PackedStringArray()

## The number of agents in each call of [method think].
var think_sizes := PackedInt32Array()
## Scores by unit.
var scores: Dictionary[int, PackedFloat64Array] = {}
## Behaviours by unit.
var behaviours: Dictionary[int, PackedFloat64Array] = {}
## What was noted: by unit, and by the member's place in it, values by name.
var noted: Dictionary[int, Dictionary] = {}
## Steps by unit.
var steps: Dictionary[int, int] = {}

var _unsent := 0


## A batch of units that all last so many ticks.
static func make(units: int, unit_ticks_each: int) -> EvolveStubBatch:
	var batch := EvolveStubBatch.new()
	for unit in units:
		batch.seeds.append(1000 + unit)
		batch.ticks.append(unit_ticks_each)
	return batch


## Like the native method.
func unit_count() -> int:
	return seeds.size()


## Like the native method.
func unit_seed(unit: int) -> int:
	return seeds[unit]


## Like the native method.
func unit_ticks(unit: int) -> int:
	return ticks[unit]


## Like the native method.
func unit_members(unit: int) -> PackedInt32Array:
	return PackedInt32Array(range(unit * members_each, (unit + 1) * members_each))


## Like the native method.
func population(member: int) -> int:
	return 0 if unit_populations.is_empty() else unit_populations[member % members_each]


## Like the native method.
func inputs(_member: int) -> int:
	return input_count


## Like the native method.
func outputs(_member: int) -> int:
	return output_count


## Like the native method.
func think(members: PackedInt32Array, observations: PackedFloat32Array) -> PackedFloat32Array:
	think_sizes.append(members.size())
	var actions := PackedFloat32Array()
	for place in members.size():
		var sum := float(members[place])
		for input in input_count:
			sum += observations[place * input_count + input]
		for output in output_count:
			actions.append(sum + output)
	for action in actions:
		if not is_finite(action):
			return PackedFloat32Array()
	return actions


## Like the native method.
func objectives() -> PackedStringArray:
	return objective_names


## Like the native method.
func behaviour() -> PackedStringArray:
	return descriptor_names


## Like the native method.
func note(unit: int, member: int, names: PackedStringArray, values: PackedFloat64Array) -> bool:
	var by_name := {}
	for place in names.size():
		by_name[names[place]] = values[place]
	noted.get_or_add(unit, {})[member] = by_name
	return true


## Like the native method.
func score(
	unit: int, unit_scores: PackedFloat64Array, unit_behaviour: PackedFloat64Array, steps_taken: int
) -> bool:
	scores[unit] = unit_scores
	behaviours[unit] = unit_behaviour
	steps[unit] = steps_taken
	_unsent += 1
	return true


## Like the native method: names only how many units were scored since the last call.
func results_to_bytes() -> PackedByteArray:
	var sent := _unsent
	_unsent = 0
	return PackedByteArray([sent])
