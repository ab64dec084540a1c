extends RefCounted
## Hands every call of the runner on to the native batch, and writes down what comes back.

const Tape := preload("tape.gd")

var _batch: RefCounted
var _tape: Tape


func _init(batch: RefCounted, tape: Tape) -> void:
	_batch = batch
	_tape = tape


func unit_count() -> int:
	return _batch.call(&"unit_count")


func unit_members(unit: int) -> PackedInt32Array:
	_tape.begin(unit)
	return _batch.call(&"unit_members", unit)


func unit_ticks(unit: int) -> int:
	return _batch.call(&"unit_ticks", unit)


func unit_seed(unit: int) -> int:
	return _batch.call(&"unit_seed", unit)


func inputs(member: int) -> int:
	return _batch.call(&"inputs", member)


func outputs(member: int) -> int:
	return _batch.call(&"outputs", member)


func population(member: int) -> int:
	return _batch.call(&"population", member)


func objectives() -> PackedStringArray:
	return _batch.call(&"objectives")


func behaviour() -> PackedStringArray:
	return _batch.call(&"behaviour")


func think(members: PackedInt32Array, observations: PackedFloat32Array) -> PackedFloat32Array:
	var thought: PackedFloat32Array = _batch.call(&"think", members, observations)
	_tape.note(members, thought)
	return thought


func score(
	unit: int, scores: PackedFloat64Array, described: PackedFloat64Array, steps: int
) -> bool:
	_tape.end(unit, scores[0])
	return _batch.call(&"score", unit, scores, described, steps)


func note(unit: int, member: int, names: PackedStringArray, values: PackedFloat64Array) -> bool:
	return _batch.call(&"note", unit, member, names, values)
