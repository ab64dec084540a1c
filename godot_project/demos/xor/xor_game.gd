extends Control
## A game without a trainer: the champion answers the four questions, one in each physics tick.

const Agent := preload("res://demos/xor/xor_agent.gd")
const Answers := preload("res://demos/xor/xor_answers.gd")
const Hud := preload("res://demos/shared/hud.gd")

## How many of its answers are on the right side of one half.
var right_answers := 0

@onready var _agent: Agent = $XorAgent
@onready var _answers: Answers = $Answers
@onready var _hud: Hud = $Hud


func _ready() -> void:
	_hud.say("The champion", "is asked")


func _physics_process(_delta: float) -> void:
	if _agent.answers.size() < Agent.TARGETS.size():
		return
	set_physics_process(false)
	for case in Agent.TARGETS.size():
		right_answers += int((_agent.answers[case] > 0.5) == (Agent.TARGETS[case] > 0.5))
	_answers.answers = _agent.answers
	_hud.say("The champion", "%d of 4 answers are right" % right_answers)
