extends Node2D
## What hunters and prey have in common: how they move and what they see. [code]hunter.gd[/code] and
## [code]prey.gd[/code] say what each of them lives for.
##
## Creatures know each other by being children of one node, so the same scenes work in the arenas of
## training and in a game. Distances are in pixels, times in seconds.

const Creature := preload("res://demos/hunters/creature.gd")

## How long a tick is; counted here, so that a path is the same at any frame rate.
const TICK := 1.0 / 60.0
## Where they live. Nobody gets out.
const FIELD := Rect2(16.0, 16.0, 928.0, 508.0)
## How long they live at most; the trainer's episodes are as long.
const LIFE := 8.0

## Whether it is one of those who hunt.
@export var is_hunter := false
## Pixels a second.
@export var top_speed := 100.0
## Radians a second.
@export var agility := 3.0

## Whether it plays no more.
var is_out := false
## Those of the other kind.
var rivals: Array[Creature] = []
## The others of its own kind, all of them.
var fellows: Array[Creature] = []

# Filled anew in every tick: to make a new array for each would take longer.
var _sensed: PackedFloat32Array = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]

@onready var _agent: EvolveAgent = $EvolveAgent


## Looks who else is there, and goes to its own side of the field.
func begin(_episode_seed: int) -> void:
	for sibling in get_parent().get_children():
		var creature := sibling as Creature
		if creature != null and creature != self:
			(fellows if creature.is_hunter == is_hunter else rivals).append(creature)
	var chance := _agent.random
	var from := 0.0 if is_hunter else 0.4
	var to := 0.2 if is_hunter else 1.0
	var share := Vector2(chance.randf_range(from, to), chance.randf())
	position = FIELD.position + FIELD.size * share
	rotation = chance.randf_range(-PI, PI)


## The two nearest rivals and the middle of the field, each as seen from where it stands and looks.
func sense() -> PackedFloat32Array:
	_find_nearest()
	var middle := (FIELD.get_center() - position).rotated(-rotation)
	_sensed[6] = middle.x / 450.0
	_sensed[7] = middle.y / 450.0
	return _sensed


## Turns and goes on, by a tick.
func act(outputs: PackedFloat32Array) -> void:
	rotation += (2.0 * outputs[0] - 1.0) * agility * TICK
	position += Vector2.from_angle(rotation) * (outputs[1] * top_speed * TICK)
	position = position.clamp(FIELD.position, FIELD.end)


## Seconds that it has lived so far.
func lived() -> float:
	return minf(_agent.ticks * TICK, LIFE)


func _find_nearest() -> void:
	var first: Creature = null
	var second: Creature = null
	var nearest := INF
	var next := INF
	for rival in rivals:
		if rival.is_out:
			continue
		var distance := position.distance_squared_to(rival.position)
		if distance < nearest:
			next = nearest
			second = first
			nearest = distance
			first = rival
		elif distance < next:
			next = distance
			second = rival
	_see(first, 0)
	_see(second, 3)


# How far ahead (1) or behind (-1) it is, how far to the right or left, and how near it is.
func _see(rival: Creature, at: int) -> void:
	if rival == null:
		_sensed[at] = 0.0
		_sensed[at + 1] = 0.0
		_sensed[at + 2] = 0.0
		return
	var way := (rival.position - position).rotated(-rotation)
	var distance := maxf(way.length(), 1.0)
	_sensed[at] = way.x / distance
	_sensed[at + 1] = way.y / distance
	_sensed[at + 2] = 100.0 / (100.0 + distance)
