extends Node2D
## A swimmer of four segments: its three joints are motors, and pushing water aside drives it on.
##
## Bodies, joints and motors are the engine's own. Water is the one thing the engine has not got:
## here a segment glides along its length, and is held up where it moves sideways.

## The food is reached.
signal arrived

const Pool := preload("res://demos/swimmer/swimmer_pool.gd")

## How far a joint bends to either side, in radians.
const MOST_BEND := 1.2
## A joint turns so many radians a second for each radian between where it is and where it should
## be, and never faster than [constant MOST_TURN].
const STIFFNESS := 40.0
const MOST_TURN := 30.0
## The pulse that the swimmer feels goes round by so many radians in a tick: twice a second.
const PULSE := 0.2
## What water takes for each pixel a second: along the segment, and across it. That across is so
## much more is what makes swimming possible.
const DRAG_ALONG := 0.1
const DRAG_ACROSS := 30.0
## How near the head has to come to the food, in pixels.
const REACH := 60.0

const HEAD_COLOR := Color(0.56, 0.94, 0.59)
const BODY_COLOR := Color(0.3, 0.6, 0.55)

# Filled anew in each tick.
var _senses := PackedFloat32Array([0.0, 0.0, 0.0, 0.0])
var _start_distance := 1.0

@onready var _agent: EvolveAgent = $EvolveAgent
# Agents stand below the root of their arena, in training and in the game.
@onready var _pool: Pool = get_parent()
@onready var _head: RigidBody2D = $Head
@onready var _segments: Array[RigidBody2D] = [_head, $Chest, $Belly, $Tail]
@onready var _joints: Array[PinJoint2D] = [$Neck, $Waist, $Hip]


func _ready() -> void:
	if DisplayServer.get_name() == "headless":
		return
	for segment in _segments:
		segment.draw.connect(_draw_segment.bind(segment))


func begin(_episode_seed: int) -> void:
	_start_distance = _pool.food.distance_to(_head.position)


## A pulse to move by, and the direction of the food as the head sees it. The reef it cannot see.
func sense() -> PackedFloat32Array:
	var to_food := _head.to_local(_pool.food).normalized()
	var phase := PULSE * _agent.ticks
	_senses[0] = sin(phase)
	_senses[1] = cos(phase)
	_senses[2] = to_food.x
	_senses[3] = to_food.y
	return _senses


## How far each joint shall be bent, from 0 to 1; straight is 0.5.
func act(outputs: PackedFloat32Array) -> void:
	for place in _joints.size():
		var wanted := (2.0 * outputs[place] - 1.0) * MOST_BEND
		var bend := wrapf(_segments[place + 1].rotation - _segments[place].rotation, -PI, PI)
		var turn := clampf((wanted - bend) * STIFFNESS, -MOST_TURN, MOST_TURN)
		_joints[place].motor_target_velocity = turn
	for segment in _segments:
		segment.apply_central_force(_drag(segment) + _pool.push(segment.position))
	if _head.position.distance_to(_pool.food) < REACH:
		_agent.finish()
		arrived.emit()


## The fitness is the part of the way that is done, and 1 at the food; the behaviour, by which
## novelty is measured, is where the swimmer ended.
func conclude() -> void:
	var place := _head.position
	var missing := place.distance_to(_pool.food) / _start_distance
	_agent.fitness = 1.0 if _agent.is_finished() else 1.0 - missing
	_agent.behaviour = PackedFloat64Array([place.x, place.y])


func _drag(segment: RigidBody2D) -> Vector2:
	var along := Vector2.from_angle(segment.rotation)
	var velocity := segment.linear_velocity
	var glide := along * along.dot(velocity)
	return -DRAG_ALONG * glide - DRAG_ACROSS * (velocity - glide)


func _draw_segment(segment: RigidBody2D) -> void:
	var is_head := segment == _head
	var color := HEAD_COLOR if is_head else BODY_COLOR
	var half := Vector2(11.0, 0.0)
	segment.draw_line(-half, half, color, 10.0)
	segment.draw_circle(-half, 5.0, color)
	segment.draw_circle(half, 7.0 if is_head else 5.0, color)
