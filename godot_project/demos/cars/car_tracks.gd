class_name CarTracks
extends Node2D
## Tracks side by side, all in one world. In training they are the same in every episode; which of
## them a car drives on is decided by the car's own episode.

## What a track takes of the window.
const TILE := Vector2(320, 224)
# Above the tracks stand the figures of the run.
const _TOP := Vector2(0, 62)

const _CAR := "res://demos/cars/car.tscn"

## The seeds that the tracks are drawn from.
@export var seeds: PackedInt32Array = [1, 2, 3, 4]
## Tracks in a row.
@export var columns := 2
## The colour of their walls.
@export var wall_colour := Color(0.42, 0.46, 0.54)

## The tracks, in the order of their seeds.
var tracks: Array[CarTrack] = []
## The cars of [method drive], one on each track.
var cars: Array[Car] = []


func _ready() -> void:
	_build()


## Takes the tracks of other seeds.
func change(other_seeds: PackedInt32Array) -> void:
	for track in tracks:
		track.free()
	tracks.clear()
	seeds = other_seeds
	_build()


## Puts a car with this brain on every track, in place of those that drive there now.
func drive(brain: EvolveBrain, episode_seed: int = -1) -> void:
	for car in cars:
		car.queue_free()
	cars.clear()
	for track in tracks:
		var car := (load(_CAR) as PackedScene).instantiate() as Car
		car.track = track
		car.colour = Car.CHAMPION
		var agent := EvolveAgent.find_in(car)
		agent.brain = brain
		agent.replay_seed = episode_seed
		cars.append(car)
		add_child(car)


func _build() -> void:
	for place in seeds.size():
		var tile := Vector2(place % columns, floori(float(place) / columns))
		var middle := _TOP + TILE * (tile + Vector2(0.5, 0.5))
		var track := CarTrack.new(seeds[place], middle, wall_colour)
		add_child(track)
		tracks.append(track)
