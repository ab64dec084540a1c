extends Control
## Draws points in a frame that begins at zero: dots, or a line through them.

const FRAME := Color(0.35, 0.38, 0.45)
const POINT := Color(0.45, 0.72, 1.0)
const TEXT := Color(0.9, 0.92, 0.95)

## What the way to the right says.
@export var horizontal_title := ""
## What the way up says.
@export var vertical_title := ""
## Whether a line joins the points.
@export var is_line := false
## The frame shows at least so much, to the right and up.
@export var least_extent := Vector2(10.0, 1.0)

## What is shown.
var points := PackedVector2Array():
	set(value):
		points = value
		queue_redraw()


func _draw() -> void:
	draw_polyline([Vector2.ZERO, Vector2(0.0, size.y), size], FRAME, 2.0)
	_write(Vector2(0.0, -14.0), vertical_title)
	_write(Vector2(0.0, size.y + 24.0), horizontal_title)
	var places := _places()
	if is_line and places.size() > 1:
		draw_polyline(places, POINT, 2.0, true)
	elif not is_line:
		for place in places:
			draw_circle(place, 5.0, POINT)


func _places() -> PackedVector2Array:
	var extent := least_extent
	for point in points:
		extent = extent.max(point)
	var places := PackedVector2Array()
	for point in points:
		places.append(Vector2(point.x, extent.y - point.y) / extent * size)
	return places


func _write(at: Vector2, text: String) -> void:
	draw_string(get_theme_default_font(), at, text, HORIZONTAL_ALIGNMENT_LEFT, -1, 16, TEXT)
