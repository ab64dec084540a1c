class_name CartpoleTrack
extends Node2D
## The rail, and the flag that the pole is to be brought to. In training chance puts the flag
## somewhere in every episode, and halfway through somewhere else.

## From the middle of the rail to its ends.
const HALF_RAIL := 400.0
## From the middle of the rail to where the flag may stand.
const FLAG_REACH := 160.0
## Ticks after which the flag moves in training.
const FLAG_TICKS := 300
## Where the rail is, in the window's coordinates.
const MIDDLE := Vector2(480, 400)

const BACKGROUND := Color(0.11, 0.12, 0.15)
const RAIL := Color(0.32, 0.35, 0.42)
const FLAG := Color(0.56, 0.94, 0.59)

## Where the flag stands.
var flag_x := MIDDLE.x:
	set(value):
		flag_x = value
		queue_redraw()

# Where the flag moves, and when. In a game, where nobody arranges, it stays.
var _next_x := 0.0
var _ticks_left := 0


## Called by the trainer once for each episode, before the agent comes.
func arrange(random: RandomNumberGenerator) -> void:
	flag_x = MIDDLE.x + random.randf_range(-FLAG_REACH, FLAG_REACH)
	_next_x = MIDDLE.x + random.randf_range(-FLAG_REACH, FLAG_REACH)
	_ticks_left = FLAG_TICKS


# Ticks are counted, never seconds: an episode is the same at any speed.
func _physics_process(_delta: float) -> void:
	_ticks_left -= 1
	if _ticks_left == 0:
		flag_x = _next_x


## Whether a cart at this place is still on the rail.
func holds(x: float) -> bool:
	return absf(x - MIDDLE.x) < HALF_RAIL


func _draw() -> void:
	draw_rect(Rect2(0, 0, 960, 540), BACKGROUND)
	var half := Vector2(HALF_RAIL, 0)
	draw_line(MIDDLE - half, MIDDLE + half, RAIL, 6.0)
	for end: float in [-1.0, 1.0]:
		draw_circle(MIDDLE + half * end, 7.0, RAIL, true, -1.0, true)
	var foot := Vector2(flag_x, MIDDLE.y + 20.0)
	draw_line(foot, foot + Vector2(0, 60), FLAG, 3.0)
	draw_colored_polygon(
		PackedVector2Array([foot, foot + Vector2(34, 11), foot + Vector2(0, 22)]), FLAG
	)
