extends Node2D
## A game with the champion in it: no trainer, one swimmer, and the pool it was bred in.

const Hud := preload("res://demos/shared/hud.gd")
const Swimmer := preload("res://demos/swimmer/swimmer_agent.gd")

## Whether the food is reached.
var is_won := false

@onready var _hud: Hud = $Hud
@onready var _swimmer: Swimmer = $Pool/Swimmer


func _ready() -> void:
	_swimmer.arrived.connect(_win)
	_hud.say("The champion", "on its way around the reef")


func _win() -> void:
	is_won = true
	_hud.say("The champion", "has found the food")
