extends Node2D
## A lander that is scored on two things that pull apart: how well it comes down on the pad, and how
## much fuel it burns.
##
## It moves itself, by a few lines of its own: with so little physics a tick costs far less than
## with a rigid body. All numbers are in pixels, seconds and litres.

## How long a tick is; counted here, so that a path is the same at any frame rate.
const TICK := 1.0 / 60.0
const GRAVITY := 60.0
## What the main engine gives at most. It burns ten litres a second, the little ones two.
const THRUST := 150.0
const BURN := 10.0
const TURN_BURN := 2.0
## Radians a second, with a little thruster fully on.
const TURN := 2.0
## Where the feet meet the ground, and the middle and the reach of the pad.
const GROUND := 470.0
const PAD := 480.0
const PAD_REACH := 60.0
## Harder or more aslant than this breaks something.
const SAFE_SPEED := 40.0
const SAFE_TILT := 0.3

## Pixels a second.
var velocity := Vector2.ZERO
## How far the main engine is open, from 0 to 1.
var main := 0.0
## Which of the little thrusters turns it, and how much: from -1 to 1.
var turn := 0.0
## Litres burned so far.
var fuel := 0.0
## Whether it has come down, however hard.
var has_touched := false

# Filled anew in every tick: to make a new array for each would take longer.
var _sensed: PackedFloat32Array = [0.0, 0.0, 0.0, 0.0, 0.0]

@onready var _agent: EvolveAgent = $EvolveAgent


## Every episode begins somewhere else and in another motion.
func begin(_episode_seed: int) -> void:
	var chance := _agent.random
	position = Vector2(chance.randf_range(300.0, 660.0), chance.randf_range(40.0, 80.0))
	velocity = Vector2(chance.randf_range(-40.0, 40.0), chance.randf_range(0.0, 40.0))
	rotation = chance.randf_range(-0.4, 0.4)


## The way to the pad, the motion and the tilt, in numbers of about 1. The root of the height grows
## as the speed does from which the engine can still stop the fall, and is finest near the ground.
func sense() -> PackedFloat32Array:
	_sensed[0] = (PAD - position.x) / 300.0
	_sensed[1] = sqrt(maxf(0.0, GROUND - position.y) / 300.0)
	_sensed[2] = velocity.x / 100.0
	_sensed[3] = velocity.y / 100.0
	_sensed[4] = rotation
	return _sensed


## Fires the thrusters, moves on by a tick, and looks for the ground.
func act(outputs: PackedFloat32Array) -> void:
	main = outputs[0]
	turn = 2.0 * outputs[1] - 1.0
	fuel += (main * BURN + absf(turn) * TURN_BURN) * TICK
	rotation += turn * TURN * TICK
	velocity += Vector2(sin(rotation), -cos(rotation)) * (main * THRUST * TICK)
	velocity.y += GRAVITY * TICK
	position += velocity * TICK
	if position.y >= GROUND:
		position.y = GROUND
		has_touched = true
		_agent.finish()
	elif absf(position.x - PAD) > 600.0 or position.y < -200.0:
		_agent.finish()


## Only the end tells how good the landing was.
func conclude() -> void:
	_agent.fitness = landing()
	_agent.set_objective(&"fuel", fuel)


## The landing in points, 100 at most: 40 for being near the pad and, once the ground is touched, 50
## for being slow and 10 for standing upright. Every bit of each counts, so that evolution sees
## which of two bad landings is the better one.
func landing() -> float:
	var points := 40.0 * maxf(0.0, 1.0 - absf(position.x - PAD) / 300.0)
	if has_touched:
		points += 50.0 * maxf(0.0, 1.0 - velocity.length() / 250.0)
		points += 10.0 * maxf(0.0, cos(rotation))
	return points


## Whether it stands on the pad, in one piece.
func is_safe() -> bool:
	var is_on_pad := has_touched and absf(position.x - PAD) < PAD_REACH
	return is_on_pad and velocity.length() < SAFE_SPEED and absf(rotation) < SAFE_TILT
