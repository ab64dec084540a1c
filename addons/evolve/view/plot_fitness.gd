@tool
class_name EvolvePlotFitness
extends EvolvePlotPainter
## Fitness over the generations: best ever, best and mean of one run, or the best ever of several
## runs to compare.

## The runs by their names, in order. With one of them its best and mean are shown too.
var histories: Dictionary[String, EvolveRunHistory] = {}


func is_empty() -> bool:
	for name in histories:
		if histories[name].size() > 0:
			return false
	return true


func frame(size: Vector2) -> EvolvePlotFrame:
	var made := EvolvePlotFrame.new()
	var lowest := INF
	var highest := -INF
	var last := 0.0
	for name in histories:
		var history := histories[name]
		lowest = minf(lowest, history.lowest)
		highest = maxf(highest, history.highest)
		if history.size() > 0:
			last = maxf(last, history.generations[-1])
	made.across = EvolvePlotAxis.generations(last, EvolvePlotFrame.ticks_across(size.x))
	made.up = EvolvePlotAxis.around(lowest, highest, EvolvePlotFrame.ticks_up(size.y))
	return made


func paint(canvas: CanvasItem, in_frame: EvolvePlotFrame, look: EvolvePlotLook) -> void:
	var place := 0
	for name in histories:
		var history := histories[name]
		if histories.size() == 1:
			_line(canvas, in_frame, history, history.mean, look.series(1), 1.0)
			_line(canvas, in_frame, history, history.best, look.series(2), 1.0)
			_line(canvas, in_frame, history, history.best_ever, look.series(0), 2.0)
		else:
			var colour := look.series(place)
			_line(canvas, in_frame, history, history.mean, Color(colour, 0.3), 1.0)
			_line(canvas, in_frame, history, history.best_ever, colour, 2.0)
		place += 1


func legend(look: EvolvePlotLook) -> Dictionary[String, Color]:
	if histories.size() == 1:
		return {"best ever": look.series(0), "best": look.series(2), "mean": look.series(1)}
	var colours: Dictionary[String, Color] = {}
	for name in histories:
		colours[name] = look.series(colours.size())
	return colours


func read(in_frame: EvolvePlotFrame, mouse: Vector2) -> Dictionary:
	var generation := in_frame.value_across(mouse.x)
	var lines := PackedStringArray()
	var met := -1
	for name in histories:
		var history := histories[name]
		var place := history.nearest(generation)
		if place < 0:
			continue
		if histories.size() == 1:
			lines.append("best ever %s" % EvolvePlotAxis.figure(history.best_ever[place]))
			lines.append("best %s" % EvolvePlotAxis.figure(history.best[place]))
			lines.append("mean %s" % EvolvePlotAxis.figure(history.mean[place]))
			lines.append("%d species" % history.species_counts[place])
		else:
			lines.append(_compared(name, history, place, roundi(generation)))
		met = maxi(met, history.generations[place])
	if met < 0:
		return NOTHING
	lines.insert(0, "generation %d" % met)
	var at := Vector2(in_frame.pixel(met, in_frame.up.low).x, mouse.y)
	return {"lines": lines, "at": at, "guide": true}


# A run that is shorter than the others says where it ended.
func _compared(name: String, history: EvolveRunHistory, place: int, generation: int) -> String:
	var text := "%s: %s" % [name, EvolvePlotAxis.figure(history.best_ever[place])]
	var met := history.generations[place]
	return text if met >= generation else "%s (generation %d)" % [text, met]


func _line(
	canvas: CanvasItem,
	in_frame: EvolvePlotFrame,
	history: EvolveRunHistory,
	values: PackedFloat64Array,
	colour: Color,
	width: float
) -> void:
	var points := PackedVector2Array()
	# Two points of a group fall into one column of pixels.
	for place in EvolvePlotThinning.places(values, int(in_frame.area.size.x / 2.0)):
		if place == EvolvePlotThinning.GAP:
			_stroke(canvas, points, colour, width)
			points.clear()
		else:
			points.append(in_frame.pixel(history.generations[place], values[place]))
	_stroke(canvas, points, colour, width)


func _stroke(canvas: CanvasItem, points: PackedVector2Array, colour: Color, width: float) -> void:
	if points.size() > 1:
		canvas.draw_polyline(points, colour, width, true)
	elif points.size() == 1:
		canvas.draw_circle(points[0], width + 1.0, colour)
