class_name CarTrack
extends Node2D
## A closed road with a wall on either side, drawn from a seed: the same seed gives the same track.
##
## Cars sense its walls with rays; how far they got they tell from its marks.

## How many marks the middle line has. Progress is counted in them.
const MARKS := 100
## Walls have a corner at every second mark. With one at each, a ray takes half as long again.
const MARKS_A_CORNER := 2
## From the middle line to a wall.
const HALF_WIDTH := 22.0
## The most that a track measures.
const SIZE := Vector2(300, 216)

const ROAD := Color(0.2, 0.22, 0.27)
const _CORNERS := 8

## What the track is drawn from. Tracks with odd seeds are driven the other way round.
var track_seed := 0
## The colour of its walls.
var wall_colour := Color(0.42, 0.46, 0.54)

## The marks, evenly spaced in the direction of driving, in the parent's coordinates as cars are.
var marks := PackedVector2Array()
## The direction of driving at each mark.
var directions := PackedVector2Array()
## From mark to mark along the middle line.
var mark_distance := 0.0

var _middle: Vector2
var _left := PackedVector2Array()
var _right := PackedVector2Array()


func _init(seed_of_track: int, middle: Vector2, colour_of_walls: Color) -> void:
	track_seed = seed_of_track
	wall_colour = colour_of_walls
	_middle = middle
	var random := RandomNumberGenerator.new()
	random.seed = track_seed
	_draw_lots(random)
	# Some lots have bends that are tighter than the road is wide.
	while not _is_drivable():
		_draw_lots(random)
	_build_walls()


## Where a car stands that starts at a mark.
func start(mark: int) -> Transform2D:
	return Transform2D(directions[mark].angle(), marks[mark])


func _draw() -> void:
	draw_polyline(_closed(marks), ROAD, 2.0 * HALF_WIDTH)
	draw_polyline(_closed(_left), wall_colour, 2.0, true)
	draw_polyline(_closed(_right), wall_colour, 2.0, true)


# Corners around an ellipse, each between its middle and its edge, and a smooth curve through them.
func _draw_lots(random: RandomNumberGenerator) -> void:
	var half_size := SIZE / 2.0 - Vector2.ONE * HALF_WIDTH
	var corners := PackedVector2Array()
	for place in _CORNERS:
		var angle := TAU * (place + random.randf_range(-0.2, 0.2)) / _CORNERS
		corners.append(Vector2.from_angle(angle) * half_size * random.randf_range(0.5, 1.0))
	if track_seed % 2 == 1:
		corners.reverse()
	var curve := Curve2D.new()
	for place in _CORNERS + 1:
		var before := corners[(place + _CORNERS - 1) % _CORNERS]
		var tangent := (corners[(place + 1) % _CORNERS] - before) / 6.0
		curve.add_point(_middle + corners[place % _CORNERS], -tangent, tangent)
	mark_distance = curve.get_baked_length() / MARKS
	marks.clear()
	for mark in MARKS:
		marks.append(curve.sample_baked(mark_distance * mark, true))
	_find_sides()


func _find_sides() -> void:
	directions.clear()
	_left.clear()
	_right.clear()
	for mark in MARKS:
		var along := marks[(mark + 1) % MARKS] - marks[(mark + MARKS - 1) % MARKS]
		directions.append(along.normalized())
	for mark in range(0, MARKS, MARKS_A_CORNER):
		var aside := directions[mark].orthogonal() * HALF_WIDTH
		_left.append(marks[mark] + aside)
		_right.append(marks[mark] - aside)


func _is_drivable() -> bool:
	for mark in MARKS:
		var turn := absf(directions[mark].angle_to(directions[(mark + 1) % MARKS]))
		# The inner wall of a bend with a smaller radius than this would run through itself.
		if turn * HALF_WIDTH * 1.3 > mark_distance:
			return false
	return true


func _build_walls() -> void:
	var segments := PackedVector2Array()
	for wall: PackedVector2Array in [_left, _right]:
		for corner in wall.size():
			segments.append(wall[corner])
			segments.append(wall[(corner + 1) % wall.size()])
	var shape := ConcavePolygonShape2D.new()
	shape.segments = segments
	var collision := CollisionShape2D.new()
	collision.shape = shape
	var body := StaticBody2D.new()
	body.add_child(collision)
	add_child(body)


# With the second point too, so that the ends join without a notch.
func _closed(line: PackedVector2Array) -> PackedVector2Array:
	return line + line.slice(0, 2)
