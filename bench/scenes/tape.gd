extends RefCounted
## A generation written down, so that it can be played again without any thinking: who began and
## ended when, and what the agents were told to do in each tick. For units of one member.

## The units that begin in each tick, in order.
var begun: Array[PackedInt32Array] = []
## The units that are scored and freed in each tick.
var ended: Array[PackedInt32Array] = []
## The units alive in each tick, in the order that they act in.
var alive: Array[PackedInt32Array] = []
## For each of [member alive] the outputs it is given, cut to measure: the cutting is not timed.
var outputs: Array[Array] = []
## The seed of each unit.
var seeds := PackedInt64Array()
## The fitness of each unit, by which a replay is known to have taken the same path.
var fitness := PackedFloat64Array()

var _units: Dictionary[int, int] = {}
var _beginning := PackedInt32Array()
var _ending := PackedInt32Array()


func _init(batch: RefCounted) -> void:
	var count: int = batch.call(&"unit_count")
	fitness.resize(count)
	for unit in count:
		var members: PackedInt32Array = batch.call(&"unit_members", unit)
		assert(members.size() == 1, "The bench plays arenas of one agent each.")
		seeds.append(int(batch.call(&"unit_seed", unit)))
		_units[members[0]] = unit


## Notes that a unit begins in the tick to come.
func begin(unit: int) -> void:
	_beginning.append(unit)


## Notes that a unit is scored before the tick to come.
func end(unit: int, unit_fitness: float) -> void:
	_ending.append(unit)
	fitness[unit] = unit_fitness


## Notes a tick: what those who are alive were told to do.
func note(members: PackedInt32Array, actions: PackedFloat32Array) -> void:
	var units := PackedInt32Array()
	var cut: Array[PackedFloat32Array] = []
	@warning_ignore("integer_division")
	var width := actions.size() / members.size()
	for place in members.size():
		units.append(_units[members[place]])
		cut.append(actions.slice(place * width, (place + 1) * width))
	alive.append(units)
	outputs.append(cut)
	begun.append(_beginning)
	ended.append(_ending)
	_beginning = PackedInt32Array()
	_ending = PackedInt32Array()
