extends Node2D
## The pool: food on the far side, and in front of it a reef with a bay that is open to the swimmer.
##
## Whoever swims straight at the food ends in the bay, nearer to it than most who are on the way
## around: that is what deceives. Reef and rim push softly back, by script: nothing ever touches, so
## that physics stays cheap and a whole generation can swim in one pool without a wave from the
## others.

## Where swimming is possible.
const WATER := Rect2(0.0, 0.0, 960.0, 540.0)
## The reef's back and its two arms.
const REEF: Array[Rect2] = [
	Rect2(600.0, 180.0, 40.0, 180.0),
	Rect2(440.0, 180.0, 200.0, 40.0),
	Rect2(440.0, 320.0, 200.0, 40.0),
]
## Around all of the reef.
const REEF_BOUNDS := Rect2(440.0, 180.0, 200.0, 180.0)
## Force for each pixel that something is inside of the reef or beyond the rim.
const PUSH := 500.0

const DEEP := Color(0.11, 0.12, 0.15)
const ROCK := Color(0.2, 0.22, 0.27)
const FOOD := Color(1.0, 0.75, 0.3)

## What the swimmers are after.
var food := Vector2(820.0, 270.0)


func _draw() -> void:
	if DisplayServer.get_name() == "headless":
		return
	draw_rect(WATER, DEEP)
	for wall in REEF:
		draw_rect(wall, ROCK)
	draw_circle(food, 60.0, Color(FOOD, 0.12))
	draw_circle(food, 14.0, FOOD)


## The force that keeps what is here out of the reef and in the pool.
func push(at: Vector2) -> Vector2:
	if not WATER.has_point(at):
		return PUSH * (at.clamp(WATER.position, WATER.end) - at)
	if REEF_BOUNDS.has_point(at):
		for wall in REEF:
			if wall.has_point(at):
				return _out_of(wall, at)
	return Vector2.ZERO


# Toward the nearest side.
func _out_of(wall: Rect2, at: Vector2) -> Vector2:
	var from_middle := at - wall.get_center()
	var depth := wall.size / 2.0 - from_middle.abs()
	if depth.x < depth.y:
		return Vector2(PUSH * signf(from_middle.x) * depth.x, 0.0)
	return Vector2(0.0, PUSH * signf(from_middle.y) * depth.y)
