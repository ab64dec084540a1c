class_name EvolveFallbackTally
extends RefCounted
## The metrics of the generation being scored: what members noted in their episodes, which selects
## nobody and is reported.

# The greatest finite number.
const _GREATEST := 1.7976931348623157e308

# By the place of the unit, and by the place of its member there: values by name.
var _units: Dictionary[int, Dictionary] = {}


## Takes what the members of a unit noted: values by name, by the member's place in the unit.
func record(place: int, noted: Dictionary[int, Dictionary]) -> void:
	if not noted.is_empty():
		_units[place] = noted


## The names that were noted so far, as keys.
func names() -> Dictionary:
	var found := {}
	for noted: Dictionary in _units.values():
		for values: Dictionary in noted.values():
			found.merge(values)
	return found


## The figures of each population, by name; `owners` has the population of each player of all units.
## Sums are added up in the order of units and members.
func reports(populations: int, owners: PackedInt32Array, group: int) -> Array[Array]:
	var sums: Array[Dictionary] = []
	for place in populations:
		sums.append({})
	var places := _units.keys()
	places.sort()
	for place: int in places:
		var noted := _units[place]
		for member: int in group:
			var values: Dictionary = noted.get(member, {})
			for name: String in values:
				_add(sums[owners[place * group + member]], name, values[name])
	var all: Array[Array] = []
	for by_name in sums:
		all.append(_listed(by_name))
	return all


static func _add(sums: Dictionary, name: String, value: float) -> void:
	if not sums.has(name):
		sums[name] = {"name": name, "count": 0, "mean": 0.0, "least": value, "most": value}
	var sum: Dictionary = sums[name]
	sum["count"] += 1
	# The sum, until everything is in; held to what is finite.
	sum["mean"] = clampf(sum["mean"] + value, -_GREATEST, _GREATEST)
	if value < sum["least"]:
		sum["least"] = value
	if value > sum["most"]:
		sum["most"] = value


static func _listed(sums: Dictionary) -> Array[Dictionary]:
	var sorted_names := sums.keys()
	sorted_names.sort()
	var figures: Array[Dictionary] = []
	for name: String in sorted_names:
		var sum: Dictionary = sums[name]
		sum["mean"] = clampf(sum["mean"] / sum["count"], sum["least"], sum["most"])
		figures.append(sum)
	return figures
