extends Node2D
## A game without a trainer: the champion lands, again and again, each time from another start.

const LanderScene := preload("res://demos/lander/lander_agent.tscn")
const Lander := preload("res://demos/lander/lander.gd")
const Hud := preload("res://demos/shared/hud.gd")

## Who flies.
@export var brain: EvolveBrain
## How long a lander stays on the ground, in physics ticks.
@export var rest_ticks := 60

## Flights that are over, and those of them that ended safely on the pad.
var flights := 0
var safe_landings := 0

var _lander: Lander
var _agent: EvolveAgent
var _rested := 0

@onready var _hud: Hud = $Hud


func _ready() -> void:
	_launch()


func _physics_process(_delta: float) -> void:
	if not _agent.is_finished():
		return
	if _rested == 0:
		_count()
	_rested += 1
	if _rested > rest_ticks:
		_lander.queue_free()
		_launch()


func _launch() -> void:
	_rested = 0
	_lander = LanderScene.instantiate() as Lander
	_lander.modulate = Color.WHITE
	_agent = EvolveAgent.find_in(_lander)
	_agent.brain = brain
	# The same flights in every game.
	_agent.replay_seed = flights
	add_child(_lander)


func _count() -> void:
	flights += 1
	safe_landings += int(_lander.is_safe())
	_hud.say("Flight %d" % flights, "%d landed safely" % safe_landings)
