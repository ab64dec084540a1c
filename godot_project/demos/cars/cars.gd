extends Node
## Shows what training cannot know: how the best car so far drives on tracks that are not among
## those of training. Only looks; training is the same without it.

const UNSEEN: PackedInt32Array = [101, 102]
const WALLS := Color(0.76, 0.58, 0.27)

var _unseen: CarTracks

@onready var _trainer: EvolveTrainer = $EvolveTrainer


func _ready() -> void:
	# Without a picture, cars would drive there for nothing.
	if DisplayServer.get_name() == "headless":
		return
	_unseen = CarTracks.new()
	_unseen.seeds = UNSEEN
	_unseen.columns = 1
	_unseen.wall_colour = WALLS
	_unseen.position.x = 2.0 * CarTracks.TILE.x
	add_child(_unseen)
	_trainer.champion_found.connect(func(brain: EvolveBrain) -> void: _unseen.drive(brain))
