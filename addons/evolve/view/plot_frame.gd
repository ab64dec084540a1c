@tool
class_name EvolvePlotFrame
extends RefCounted
## Where a plot's axes are in its control, and how they are drawn; knows nothing of what is plotted.

const _TICK_WIDTH := 80.0
const _TICK_HEIGHT := 34.0
const _GAP := 6.0

## The area between the axes, in pixels.
var area := Rect2()
## The axis from left to right.
var across: EvolvePlotAxis
## The axis from bottom to top.
var up: EvolvePlotAxis


## How many ticks fit into a width.
static func ticks_across(width: float) -> int:
	return clampi(int(width / _TICK_WIDTH), 2, 12)


## How many ticks fit into a height.
static func ticks_up(height: float) -> int:
	return clampi(int(height / _TICK_HEIGHT), 2, 10)


## Sets the axes into a control of this size, below a legend of so many pixels.
func place_in(size: Vector2, legend_height: float, look: EvolvePlotLook) -> void:
	var widest := 0.0
	for tick in up.ticks():
		widest = maxf(widest, look.width(up.text(tick)))
	var half_line := look.line_height() / 2.0
	var left := widest + 2.0 * _GAP
	var top := maxf(legend_height, half_line) + _GAP
	var right := look.width(across.text(across.high)) / 2.0 + _GAP
	var bottom := look.line_height() + _GAP
	area = Rect2(left, top, maxf(size.x - left - right, 1.0), maxf(size.y - top - bottom, 1.0))


## The pixel of a pair of values.
func pixel(along: float, above: float) -> Vector2:
	return Vector2(
		area.position.x + area.size.x * across.share(along),
		area.end.y - area.size.y * up.share(above)
	)


## The value of the axis across below a pixel.
func value_across(x: float) -> float:
	return across.value_at((x - area.position.x) / area.size.x)


## The value of the axis up beside a pixel.
func value_up(y: float) -> float:
	return up.value_at((area.end.y - y) / area.size.y)


## Draws grid, ticks and titles.
func draw(canvas: CanvasItem, look: EvolvePlotLook) -> void:
	for tick in up.ticks():
		var y := roundf(pixel(across.low, tick).y) + 0.5
		canvas.draw_line(Vector2(area.position.x, y), Vector2(area.end.x, y), look.grid())
		look.write(canvas, Vector2(area.position.x - _GAP, y), up.text(tick), look.soft_ink(), 1.0)
	var below := area.end.y + _GAP / 2.0 + look.line_height() / 2.0
	for tick in across.ticks():
		var x := roundf(pixel(tick, up.low).x) + 0.5
		canvas.draw_line(Vector2(x, area.end.y), Vector2(x, area.end.y + 4.0), look.soft_ink())
		if not _meets_title(x, tick, look):
			look.write(canvas, Vector2(x, below), across.text(tick), look.soft_ink(), 0.5)
	canvas.draw_line(
		Vector2(area.position.x, area.end.y), Vector2(area.end.x, area.end.y), look.soft_ink()
	)
	look.write(canvas, _title_end(below, look), across.title, look.soft_ink(), 1.0)
	if not up.title.is_empty():
		var above := Vector2(area.position.x + _GAP, area.position.y + look.line_height() / 2.0)
		look.write(canvas, above, up.title, look.soft_ink())


# The title of the axis across stands left of its last tick.
func _title_end(below: float, look: EvolvePlotLook) -> Vector2:
	var last := across.ticks()[-1]
	var x := pixel(last, up.low).x - look.width(across.text(last)) / 2.0 - 2.0 * _GAP
	return Vector2(x, below)


func _meets_title(x: float, tick: float, look: EvolvePlotLook) -> bool:
	if across.title.is_empty() or tick == across.ticks()[-1]:
		return false
	var title_begin := _title_end(0.0, look).x - look.width(across.title) - _GAP
	return x + look.width(across.text(tick)) / 2.0 > title_begin
