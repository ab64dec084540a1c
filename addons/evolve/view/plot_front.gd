@tool
class_name EvolvePlotFront
extends EvolvePlotPainter
## The Pareto front: a point for each brain by two of its objectives, and the stairs that separate
## what was reached from what was not.

# How near to a point the mouse means it, in pixels.
const _REACH := 14.0
const _RADIUS := 4.0

## The names of the objectives.
var names: PackedStringArray = []
## Of each objective, whether less of it is better.
var minimised: Array[bool] = []
## One number for each objective, for each brain.
var points: Array[PackedFloat64Array] = []
## The objective of the axis across.
var first := 0
## The objective of the axis up.
var second := 1


func is_empty() -> bool:
	return shown().is_empty()


func frame(size: Vector2) -> EvolvePlotFrame:
	var made := EvolvePlotFrame.new()
	made.across = _axis(first, EvolvePlotFrame.ticks_across(size.x))
	made.up = _axis(second, EvolvePlotFrame.ticks_up(size.y))
	return made


func paint(canvas: CanvasItem, in_frame: EvolvePlotFrame, look: EvolvePlotLook) -> void:
	var line := PackedVector2Array()
	for corner in stairs(_pairs(), is_minimised(first), is_minimised(second)):
		line.append(in_frame.pixel(corner[0], corner[1]))
	if line.size() > 1:
		canvas.draw_polyline(line, Color(look.series(0), 0.5), 1.0)
	for place in shown():
		canvas.draw_circle(_pixel(in_frame, place), _RADIUS, look.series(0), true, -1.0, true)


func read(in_frame: EvolvePlotFrame, mouse: Vector2) -> Dictionary:
	var nearest := -1
	for place in shown():
		var distance := _pixel(in_frame, place).distance_to(mouse)
		var best := _REACH if nearest < 0 else _pixel(in_frame, nearest).distance_to(mouse)
		if distance < best:
			nearest = place
	if nearest < 0:
		return NOTHING
	var lines := PackedStringArray(["%d of %d" % [nearest + 1, points.size()]])
	for objective in mini(names.size(), points[nearest].size()):
		var figure := EvolvePlotAxis.figure(points[nearest][objective])
		lines.append("%s %s" % [names[objective], figure])
	return {"lines": lines, "at": _pixel(in_frame, nearest), "guide": false, "place": nearest}


## Whether less of an objective is better.
func is_minimised(objective: int) -> bool:
	return objective < minimised.size() and minimised[objective]


## Places of the points that can be shown: both of their numbers are there and finite.
func shown() -> PackedInt32Array:
	var places := PackedInt32Array()
	for place in points.size():
		var point := points[place]
		if maxi(first, second) < point.size():
			if is_finite(point[first]) and is_finite(point[second]):
				places.append(place)
	return places


## The line that connects those pairs that no other pair beats in both numbers: each step goes along
## what the better of its ends has reached. Pairs come in any order.
static func stairs(
	pairs: Array[PackedFloat64Array], minimise_first: bool, minimise_second: bool
) -> Array[PackedFloat64Array]:
	var sorted := pairs.duplicate()
	sorted.sort_custom(
		func(one: PackedFloat64Array, other: PackedFloat64Array) -> bool:
			if one[0] != other[0]:
				return _is_better(one[0], other[0], minimise_first)
			return _is_better(one[1], other[1], minimise_second)
	)
	var line: Array[PackedFloat64Array] = []
	for pair: PackedFloat64Array in sorted:
		if line.is_empty():
			line.append(pair)
		elif _is_better(pair[1], line[-1][1], minimise_second):
			# Down from the worse to the better first number, the corner lies below the new pair.
			line.append(PackedFloat64Array([pair[0], line[-1][1]]))
			line.append(pair)
	return line


static func _is_better(one: float, other: float, minimise: bool) -> bool:
	return one < other if minimise else one > other


func _axis(objective: int, most_ticks: int) -> EvolvePlotAxis:
	var lowest := INF
	var highest := -INF
	for place in shown():
		lowest = minf(lowest, points[place][objective])
		highest = maxf(highest, points[place][objective])
	var axis := EvolvePlotAxis.around(lowest, highest, most_ticks)
	if objective < names.size():
		axis.title = names[objective] + (" (less is better)" if is_minimised(objective) else "")
	return axis


func _pairs() -> Array[PackedFloat64Array]:
	var pairs: Array[PackedFloat64Array] = []
	for place in shown():
		pairs.append(PackedFloat64Array([points[place][first], points[place][second]]))
	return pairs


func _pixel(in_frame: EvolvePlotFrame, place: int) -> Vector2:
	return in_frame.pixel(points[place][first], points[place][second])
