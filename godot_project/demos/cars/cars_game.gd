extends Node
## A game without a trainer: the champion drives on six tracks that it has never seen. A click draws
## six others.

const Hud := preload("res://demos/shared/hud.gd")

const CHAMPION := "res://demos/cars/champion.evo"

@onready var _tracks: CarTracks = $CarTracks
@onready var _hud: Hud = $Hud


func _ready() -> void:
	_tracks.drive(load(CHAMPION) as EvolveBrain)


func _unhandled_input(event: InputEvent) -> void:
	if event is InputEventMouseButton and event.is_pressed():
		var others := PackedInt32Array()
		for place in _tracks.seeds.size():
			# Never those of training, which have small seeds.
			others.append(randi_range(1000, 1_000_000))
		_tracks.change(others)
		_tracks.drive(load(CHAMPION) as EvolveBrain)


func _process(_delta: float) -> void:
	var driven := PackedStringArray()
	for car in _tracks.cars:
		driven.append("%.0f m" % car.metres)
	_hud.say("Unseen tracks", "   ".join(driven))
