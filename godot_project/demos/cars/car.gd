class_name Car
extends Node2D
## A car that senses the walls with rays, and its own speed; it steers, accelerates and brakes.
##
## It is no rigid body: its script moves it, which costs far less, and so hundreds of cars share one
## world with all tracks. They drive through each other, so that each one's score is its own.

## Pixels in a metre.
const METRE := 10.0
const TOP_SPEED := 200.0
## Speed gained in a second at full throttle, or lost at full brake.
const ACCELERATION := 400.0
## Radians that it turns in a second at full lock.
const TURN := 3.5
## How far it may be from the middle line without touching a wall.
const ROOM := CarTrack.HALF_WIDTH - 4.0
## A car that passes no mark for so many ticks stands still or has turned round.
const PATIENCE := 45
const SECONDS := 1.0 / 60.0
## What the champion is painted with.
const CHAMPION := Color(0.56, 0.94, 0.59)

## The track that it drives on. Without one it chooses among those of its arena.
var track: CarTrack
## How far it got along the middle line.
var metres: float:
	get:
		return _passed * track.mark_distance / METRE
## What it is painted with.
var colour := Color(0.45, 0.68, 1.0, 0.85)

# What it sees, and at the end the speed; and whether it looks in this tick.
var _senses := PackedFloat32Array()
var _is_looking := false
var _speed := 0.0
var _angle := 0.0
# The marks of the track, the last one passed, the next one, and how many were passed in all.
var _marks: PackedVector2Array
var _directions: PackedVector2Array
var _last := 0
var _next := 0
var _passed := 0
# Ticks since a mark was passed.
var _waited := 0

@onready var _agent: EvolveAgent = $EvolveAgent
@onready var _rays: EvolveRays2D = $EvolveRays2D


## The episode's seed decides on which track and from where.
func begin(episode_seed: int) -> void:
	if track == null:
		var tracks := (_agent.arena as CarTracks).tracks
		track = tracks[episode_seed % tracks.size()]
	_marks = track.marks
	_directions = track.directions
	_last = _agent.random.randi_range(0, CarTrack.MARKS - 1)
	_next = (_last + 1) % CarTrack.MARKS
	transform = track.start(_last)
	_angle = rotation


## The rays from left to right, and the speed. It looks in every second tick only: rays are most of
## what a car costs.
func sense() -> PackedFloat32Array:
	_is_looking = not _is_looking
	if _is_looking:
		_senses = _rays.read()
		_senses.append(0.0)
	_senses[-1] = _speed / TOP_SPEED
	return _senses


## A steering wheel and a pedal. Who touches a wall is out.
func act(outputs: PackedFloat32Array) -> void:
	var pedal := EvolveActions.signed(outputs[1])
	_speed = clampf(_speed + pedal * ACCELERATION * SECONDS, 0.0, TOP_SPEED)
	_angle += EvolveActions.signed(outputs[0]) * TURN * SECONDS
	var at := position + Vector2.from_angle(_angle) * (_speed * SECONDS)
	# Place and angle at once: the rays are told of every change.
	transform = Transform2D(_angle, at)
	_waited += 1
	while (at - _marks[_next]).dot(_directions[_next]) >= 0.0:
		_last = _next
		_next = (_next + 1) % CarTrack.MARKS
		_passed += 1
		_waited = 0
	var beside := _directions[_last].cross(at - _marks[_last])
	if absf(beside) > ROOM:
		_agent.add_metric(&"crashes", 1.0)
		_agent.finish()
	elif _waited > PATIENCE:
		_agent.finish()


## The score is the distance. Who is out keeps half of it: driving a little faster is not worth a
## wall. Metrics select nobody: they say what a generation's cars were like.
func conclude() -> void:
	_agent.fitness = metres / 2.0 if _agent.is_finished() else metres
	_agent.set_metric(&"laps", _passed / float(CarTrack.MARKS))
	# Episodes without one count as well, so that the mean is the share of cars that crash.
	_agent.add_metric(&"crashes", 0.0)


func _draw() -> void:
	draw_rect(Rect2(-7, -4, 14, 8), colour)
	draw_rect(Rect2(1, -3, 3, 6), Color(0.1, 0.11, 0.14))
