class_name EvolveFallbackScores
extends RefCounted
## What members were scored: a row for each, its objectives first and then what describes its
## behaviour.

## All rows, one after the other.
var rows := PackedFloat64Array()
## Numbers in a row.
var width := 1


## Rows of zeros.
static func zeros(count: int, row_width: int) -> EvolveFallbackScores:
	var scores := EvolveFallbackScores.new()
	scores.width = row_width
	scores.rows.resize(count * row_width)
	return scores


## How many rows there are.
func size() -> int:
	return floori(rows.size() / float(width))


## The fitness of a member, its first objective.
func fitness(place: int) -> float:
	return rows[place * width]


## One number of everybody.
func column(of: int) -> PackedFloat64Array:
	var values := PackedFloat64Array()
	for place in range(of, rows.size(), width):
		values.append(rows[place])
	return values


## The row of a member.
func row(place: int) -> PackedFloat64Array:
	return rows.slice(place * width, (place + 1) * width)


## Adds a row of other scores to that of a member.
func add(place: int, others: EvolveFallbackScores, other_place: int) -> void:
	for at in width:
		rows[place * width + at] += others.rows[other_place * width + at]


## Divides the row of a member.
func divide(place: int, by: float) -> void:
	for at in range(place * width, (place + 1) * width):
		rows[at] /= by


## The rows of some members, in their order.
func of_members(places: Array[int]) -> EvolveFallbackScores:
	var chosen := zeros(0, width)
	for place in places:
		chosen.rows.append_array(row(place))
	return chosen


## The mean of some numbers, added up in their order.
static func mean(values: PackedFloat64Array) -> float:
	var sum := 0.0
	for value in values:
		sum += value
	return sum / values.size()
