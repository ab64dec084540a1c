class_name EvolveFallbackRealBatch
extends RefCounted
## Rows of real numbers in their box, and the first thing that is wrong with them or with a setting
## of the operator that is going to change them.

## The numbers, a row after the other.
var rows: PackedFloat64Array
## The least of each variable.
var lower: PackedFloat64Array
## The most of each variable.
var upper: PackedFloat64Array
## How many variables a row has.
var width := 0
var _method := ""
var _problem := ""


## Rows for a method that names them in errors; they are copied.
static func of(
	method: String, given: PackedFloat64Array, least: PackedFloat64Array, most: PackedFloat64Array
) -> EvolveFallbackRealBatch:
	var batch := EvolveFallbackRealBatch.new()
	batch._method = method
	batch.rows = given.duplicate()
	batch.lower = least
	batch.upper = most
	batch.width = least.size()
	batch._problem = batch._bounds_problem()
	return batch


## Refuses a setting unless it lies from 0 to the range's end.
func check(name: String, value: float, extent: Array) -> void:
	if _problem.is_empty() and not (value >= 0.0 and value <= extent[0]):
		_problem = "%s is %s; it must be %s" % [name, shown(value), extent[1]]


## Moves what lies outside to the bounds; says whether something is wrong, with an error.
func is_refused() -> bool:
	if _problem.is_empty():
		_problem = _rows_problem()
	if not _problem.is_empty():
		push_error("EvolveFallbackGeneticOps.%s: %s" % [_method, _problem])
		return true
	for place in rows.size():
		var variable := place % width
		rows[place] = minf(maxf(rows[place], lower[variable]), upper[variable])
	return false


## Whole numbers without a point, as the native library says them.
static func shown(value: float) -> String:
	return "%d" % value if value == floorf(value) else str(value)


## How many rows there are.
func count() -> int:
	return floori(rows.size() / float(width))


## How many pairs of rows there are; a last row without a partner is left alone.
func pairs() -> int:
	return count() >> 1


func _bounds_problem() -> String:
	if upper.size() != width:
		return "%d upper bounds were given where %d are needed" % [upper.size(), width]
	if width == 0:
		return "0 bounds were given where 1 are needed"
	for variable in width:
		var least := lower[variable]
		var most := upper[variable]
		if not (least <= most and is_finite(most - least)):
			return (
				("the bounds of variable %d are %s and %s; they must be finite, in this" + " order")
				% [variable, shown(least), shown(most)]
			)
	return ""


func _rows_problem() -> String:
	if rows.size() % width != 0:
		return "%d values do not make rows of %d" % [rows.size(), width]
	for place in rows.size():
		if is_nan(rows[place]):
			var row := floori(place / float(width))
			return "variable %d of row %d is not a number" % [place % width, row]
	return ""
