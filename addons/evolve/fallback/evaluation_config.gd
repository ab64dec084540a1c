class_name EvolveFallbackEvaluationConfig
extends RefCounted
## How the members of a run are scored.

const _MOST_COLUMNS := 256
const _DIRECTIONS: PackedStringArray = ["minimise", "maximise"]

## Episodes a member plays in a generation.
var repeats := 1
## The longest an episode lasts.
var episode_ticks := 1000
## Whether the episodes' seeds are the same in every generation.
var fixed_seeds := false
## Whether members meet in the episodes.
var together := false
## Names of what members are scored on.
var objectives := PackedStringArray()
## 1 for each objective of which more is better.
var maximised := PackedByteArray()
## Names of the numbers that describe how a member behaved.
var behaviour := PackedStringArray()


## How many numbers a member is told for one episode.
func width() -> int:
	return objectives.size() + behaviour.size()


## A fitness such that larger is better, whichever way it goes.
func merit(fitness: float) -> float:
	# Not the negation: of 0 that would be -0.
	return fitness if maximised[0] == 1 else 0.0 - fitness


## Reads the section of a configuration; all of it comes back, defaults filled in.
func read_evaluation(fields: EvolveFallbackFields) -> Dictionary:
	var inner := EvolveFallbackFields.of(fields.object("evaluation"), "evaluation")
	repeats = inner.whole("repeats", 1, 1, 10_000)
	episode_ticks = inner.whole("episode_ticks", 1000, 1, 1_000_000_000)
	fixed_seeds = inner.flag("fixed_seeds", false)
	together = inner.flag("together", false)
	var scored := _read_objectives(inner)
	var described := _read_behaviour(inner)
	inner.end()
	fields.refuse(inner.problem)
	return {
		"repeats": repeats,
		"episode_ticks": episode_ticks,
		"fixed_seeds": fixed_seeds,
		"together": together,
		"objectives": scored,
		"behaviour": described,
	}


func _read_objectives(inner: EvolveFallbackFields) -> Array[Dictionary]:
	var scored: Array[Dictionary] = []
	for column in _columns(inner, "objectives", [{}], 1):
		var entry := {"name": column.name("name", "fitness")}
		entry["direction"] = column.choice("direction", _DIRECTIONS, "maximise")
		_add_column(inner, column, objectives, entry, scored)
		maximised.append(1 if entry["direction"] == "maximise" else 0)
	return scored


func _read_behaviour(inner: EvolveFallbackFields) -> Array[Dictionary]:
	var described: Array[Dictionary] = []
	for column in _columns(inner, "behaviour", [], 0):
		var entry := {"name": column.name("name", "behaviour")}
		entry["low"] = column.number("low", 0.0, -1e300, 1e300)
		entry["high"] = column.number("high", 1.0, -1e300, 1e300)
		entry["bins"] = column.whole("bins", 10, 1, 1 << 24)
		if entry["low"] >= entry["high"]:
			var given := [column.path_of("high")]
			given.append(EvolveFallbackFields.shown(entry["high"]))
			given.append(EvolveFallbackFields.shown(entry["low"]))
			column.refuse("%s is %s, but must be above low, %s" % given)
		_add_column(inner, column, behaviour, entry, described)
	return described


func _columns(
	fields: EvolveFallbackFields, kind: String, default: Array, least: int
) -> Array[EvolveFallbackFields]:
	var columns: Array[EvolveFallbackFields] = []
	for entry: Variant in fields.list(kind, default):
		var path := "evaluation.%s[%d]" % [kind, columns.size()]
		columns.append(EvolveFallbackFields.of(entry, path))
	if columns.size() < least or columns.size() > _MOST_COLUMNS:
		var title := "the number of evaluation.%s" % kind
		fields.refuse_range(title, columns.size(), least, _MOST_COLUMNS)
		columns.clear()
	return columns


func _add_column(
	fields: EvolveFallbackFields,
	column: EvolveFallbackFields,
	names: PackedStringArray,
	entry: Dictionary,
	entries: Array[Dictionary]
) -> void:
	column.end()
	fields.refuse(column.problem)
	if entry["name"] in names:
		var given := [column.path_of("name"), entry["name"]]
		fields.refuse("%s is %s, but must be a name that no other of them has" % given)
	names.append(entry["name"])
	entries.append(entry)
