@tool
class_name EvolvePlotHover
extends Control
## What is written beside the mouse on a chart or a network. Lies above it and never takes the mouse
## for itself.

const _BESIDE := 14.0

var _mouse := Vector2.ZERO
# Gives what is at a pixel, see EvolvePlotPainter.read; invalid while the mouse is elsewhere.
var _reader := Callable()
var _reading: Dictionary = {}


func _init() -> void:
	mouse_filter = MOUSE_FILTER_IGNORE
	set_anchors_preset(PRESET_FULL_RECT)


func _draw() -> void:
	if _reading.is_empty():
		return
	var at: Vector2 = _reading["at"]
	var ink := get_theme_color(&"font_color", &"Label")
	if _reading.get("guide", false):
		var area: Rect2 = _reading["area"]
		var x := clampf(roundf(at.x) + 0.5, area.position.x, area.end.x)
		draw_line(Vector2(x, area.position.y), Vector2(x, area.end.y), Color(ink, 0.5))
	else:
		draw_arc(at, 7.0, 0.0, TAU, 24, ink, 1.5, true)
	_draw_box(_reading["lines"] as PackedStringArray)


## The mouse is at a pixel of the parent; [param reader] says what is there.
func follow(mouse: Vector2, reader: Callable) -> void:
	_mouse = mouse
	_reader = reader
	refresh()


## The mouse is gone.
func leave() -> void:
	_reader = Callable()
	refresh()


## What is under the mouse may have changed.
func refresh() -> void:
	var met: Dictionary = _reader.call(_mouse) if _reader.is_valid() else {}
	if met != _reading:
		_reading = met
		queue_redraw()


func _draw_box(lines: PackedStringArray) -> void:
	var look := EvolvePlotLook.of(self)
	var box := get_theme_stylebox(&"panel", &"TooltipPanel")
	var extent := box.get_minimum_size()
	var widest := 0.0
	for line in lines:
		widest = maxf(widest, look.width(line))
	extent += Vector2(widest, look.line_height() * lines.size())
	var corner := _mouse + Vector2(_BESIDE, _BESIDE)
	if corner.x + extent.x > size.x:
		corner.x = _mouse.x - _BESIDE - extent.x
	corner = corner.min(size - extent).maxf(0.0)
	draw_style_box(box, Rect2(corner, extent))
	var at := corner + Vector2(box.get_margin(SIDE_LEFT), box.get_margin(SIDE_TOP))
	at.y += look.line_height() / 2.0
	var ink := get_theme_color(&"font_color", &"TooltipLabel")
	for line in lines:
		look.write(self, at, line, ink)
		at.y += look.line_height()
