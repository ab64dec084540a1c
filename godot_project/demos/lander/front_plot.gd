extends Control
## The brains that no other beats in both scores, as points: fuel to the right, landing upwards. A
## click chooses the nearest. Knows nothing of brains, only of points.

## Somebody clicked on the point at this place.
signal chosen(place: int)

const PANEL := Color(0.14, 0.155, 0.195, 0.9)
const LINES := Color(0.3, 0.33, 0.4)
const TEXT := Color(0.9, 0.92, 0.95)
const POINT := Color(0.62, 0.78, 0.98)
const CHOSEN := Color(0.56, 0.94, 0.59)
const MARGIN := Vector2(34, 28)

## The most that either score comes to: litres, and points of a landing.
@export var most := Vector2(50, 100)

var _points := PackedVector2Array()
var _chosen := Vector2.INF


## Shows these points, x for the fuel and y for the landing.
func show_points(points: PackedVector2Array) -> void:
	_points = points
	queue_redraw()


## Marks a point for as long as no other is marked, even if the front moves on.
func mark(point: Vector2) -> void:
	_chosen = point
	queue_redraw()


func _gui_input(event: InputEvent) -> void:
	var click := event as InputEventMouseButton
	if click == null or not click.pressed or _points.is_empty():
		return
	var nearest := 0
	for place in _points.size():
		var distance := _place_of(_points[place]).distance_to(click.position)
		if distance < _place_of(_points[nearest]).distance_to(click.position):
			nearest = place
	chosen.emit(nearest)


func _draw() -> void:
	draw_rect(Rect2(Vector2.ZERO, size), PANEL)
	var origin := _place_of(Vector2.ZERO)
	draw_line(origin, _place_of(Vector2(most.x, 0.0)), LINES)
	draw_line(origin, _place_of(Vector2(0.0, most.y)), LINES)
	_write(Vector2(origin.x, 20), "landing, points")
	_write(Vector2(origin.x, size.y - 9), "fuel, 0 to %d litres" % roundi(most.x))
	for point in _points:
		draw_circle(_place_of(point), 3.0, POINT)
	if _chosen.is_finite():
		draw_circle(_place_of(_chosen), 6.0, CHOSEN, false, 2.0, true)


func _place_of(point: Vector2) -> Vector2:
	var share := (point / most).clamp(Vector2.ZERO, Vector2.ONE)
	var room := size - 2.0 * MARGIN
	return MARGIN + Vector2(share.x, 1.0 - share.y) * room


func _write(at: Vector2, text: String) -> void:
	draw_string(get_theme_default_font(), at, text, HORIZONTAL_ALIGNMENT_LEFT, -1, 13, TEXT)
