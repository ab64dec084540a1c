extends RigidBody3D
## A drone with four rotors that flies from marker to marker.
##
## Its network holds three sticks, as a person would: climb, lean to the right, lean back. The
## thrust of each rotor follows from them. Nobody tells it what the sticks do: it has to find out
## that a drone that leans flies off to that side.

## A marker was reached.
signal marker_reached

const Course := preload("res://demos/drone/drone_course.gd")

## Where the rotors push.
const ROTORS: Array[Vector3] = [
	Vector3(-0.45, 0.05, -0.45),
	Vector3(0.45, 0.05, -0.45),
	Vector3(-0.45, 0.05, 0.45),
	Vector3(0.45, 0.05, 0.45),
]
## The thrust with which four rotors carry the drone: a quarter of its weight.
const HOVER := 2.45
## How much of HOVER a rotor gives more or less to climb, and to lean.
const LIFT := 0.6
const LEAN := 0.35
## The air rights a drone that leans, as it rights a parachute, and at most with so much torque.
const RIGHTING := 4.0
## A marker counts when the drone is so near to it, in metres.
const REACH := 1.0
## What a tick at a marker is worth beside the 1 for reaching it. Without it, evolution would have
## nothing to go by before somebody reaches a marker.
const NEARNESS := 0.005
## What is further off, in metres or metres a second, is sensed as if it were so much.
const FAR := 3.0

## Markers reached so far.
var reached := 0

# Filled anew in each tick.
var _senses := PackedFloat32Array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0])

@onready var _agent: EvolveAgent = $EvolveAgent
# Agents stand below the root of their arena, in training and in the game.
@onready var _course: Course = get_parent()


## Where the next marker is, and how fast the drone flies. It has no rudder and keeps its heading,
## so that right is always the same.
func sense() -> PackedFloat32Array:
	var target := (_course.marker(reached) - position).limit_length(FAR)
	var speed := linear_velocity.limit_length(FAR)
	_senses[0] = target.x
	_senses[1] = target.y
	_senses[2] = target.z
	_senses[3] = speed.x
	_senses[4] = speed.y
	_senses[5] = speed.z
	return _senses


## Three sticks, from -1 to 1 each: climb, lean right, lean back. To lean to a side, the rotors of
## the other side push more.
func act(outputs: PackedFloat32Array) -> void:
	var axes := transform.basis
	for rotor in ROTORS:
		var lean := -signf(rotor.x) * outputs[1] - signf(rotor.z) * outputs[2]
		var thrust := HOVER * (1.0 + LIFT * outputs[0] + LEAN * lean)
		apply_force(axes.y * thrust, axes * rotor)
	apply_torque(RIGHTING * axes.y.cross(Vector3.UP))
	_score()
	if not _course.is_air(position) or axes.y.y < 0.0:
		_agent.finish()


func _score() -> void:
	var distance := position.distance_to(_course.marker(reached))
	_agent.add_fitness(NEARNESS * maxf(0.0, 1.0 - distance / FAR))
	if distance < REACH:
		_agent.add_fitness(1.0)
		reached += 1
		marker_reached.emit()
