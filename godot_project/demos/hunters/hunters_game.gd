extends Node2D
## A game without a trainer: two champions of the hunters chase three champions of the prey, round
## after round.

const HunterScene := preload("res://demos/hunters/hunter.tscn")
const PreyScene := preload("res://demos/hunters/prey.tscn")
const Creature := preload("res://demos/hunters/creature.gd")
const Hud := preload("res://demos/shared/hud.gd")

const HUNTERS := 2
const PREY := 3

## Who hunts.
@export var hunter_brain: EvolveBrain
## Who is hunted.
@export var prey_brain: EvolveBrain

## Rounds begun so far.
var rounds := 0
## Prey caught in all rounds.
var caught := 0

var _meeting: Node2D
var _prey: Array[Creature] = []
var _ticks := 0

@onready var _hud: Hud = $Hud


func _ready() -> void:
	_begin_round()


func _physics_process(_delta: float) -> void:
	_ticks += 1
	var left := 0
	for prey in _prey:
		left += int(not prey.is_out)
	_hud.say("Round %d" % rounds, "%d of %d caught" % [PREY - left, PREY])
	if left == 0 or _ticks * Creature.TICK > Creature.LIFE:
		caught += PREY - left
		_meeting.queue_free()
		_begin_round()


# Creatures look for each other among the children of one node, so each round has one of its own.
func _begin_round() -> void:
	rounds += 1
	_ticks = 0
	_prey.clear()
	_meeting = Node2D.new()
	for place in HUNTERS + PREY:
		var is_hunter := place < HUNTERS
		var creature := (HunterScene if is_hunter else PreyScene).instantiate() as Creature
		var agent := EvolveAgent.find_in(creature)
		agent.brain = hunter_brain if is_hunter else prey_brain
		# The same rounds in every game, and a start of its own for everybody.
		agent.replay_seed = 100 * rounds + place
		if not is_hunter:
			_prey.append(creature)
		_meeting.add_child(creature)
	add_child(_meeting)
