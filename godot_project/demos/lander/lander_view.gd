extends Node2D
## Shows the run: the landers, and the front of the brains to choose from. A click on the front
## shows what that brain does; a button saves it. Only looks; training is the same without it.

const LanderScene := preload("res://demos/lander/lander_agent.tscn")
const FrontPlot := preload("res://demos/lander/front_plot.gd")

const CHOSEN := Color(0.56, 0.94, 0.59)
## Where chosen brains are saved.
const FOLDER := "user://evolve"

## How much faster than life Play is. Landers count their ticks and not the time, so it changes no
## result.
@export_range(1, 8, 1) var speed := 3

var _brain: EvolveBrain
var _name := ""
var _shown: Node2D

@onready var _trainer: EvolveTrainer = $EvolveTrainer
@onready var _plot: FrontPlot = $Front/Panel/FrontPlot
@onready var _save: Button = $Front/Panel/Save
@onready var _hint: Label = $Front/Panel/Hint


func _ready() -> void:
	# Without a picture there is nobody to choose.
	if DisplayServer.get_name() == "headless":
		return
	var usual := Engine.physics_ticks_per_second
	Engine.physics_ticks_per_second = usual * speed
	tree_exited.connect(func() -> void: Engine.physics_ticks_per_second = usual)
	_trainer.generation_finished.connect(_on_generation_finished)
	_plot.chosen.connect(choose)
	_save.pressed.connect(save)


## Shows what the brain at this place of the front does, in bright green.
func choose(place: int) -> void:
	_brain = _trainer.exhibit(place)
	if _brain == null:
		return
	var point := _points()[place]
	_name = "lander-%d-points-%d-litres" % [roundi(point.y), roundi(point.x)]
	_plot.mark(point)
	_save.disabled = false
	_hint.text = "%.0f points for %.0f litres" % [point.y, point.x]
	_fly()


## Saves the chosen brain as a champion; returns its path.
func save() -> String:
	DirAccess.make_dir_recursive_absolute(FOLDER)
	var path := "%s/%s.evo" % [FOLDER, _name]
	var error := ResourceSaver.save(_brain, path)
	var full_path := ProjectSettings.globalize_path(path)
	_hint.text = "saved as %s" % full_path if error == OK else error_string(error)
	return path if error == OK else ""


func _on_generation_finished(_report: Dictionary) -> void:
	_plot.show_points(_points())


# Objectives stand in the trainer's order: the landing, then the fuel.
func _points() -> PackedVector2Array:
	var points := PackedVector2Array()
	for exhibit in _trainer.gallery():
		var scores: PackedFloat64Array = exhibit["objectives"]
		points.append(Vector2(scores[1], scores[0]))
	return points


# One flight after the other, each from another start.
func _fly() -> void:
	if is_instance_valid(_shown):
		_shown.queue_free()
	_shown = LanderScene.instantiate()
	_shown.modulate = CHOSEN
	var agent := EvolveAgent.find_in(_shown)
	agent.brain = _brain
	add_child(_shown)


func _process(_delta: float) -> void:
	if is_instance_valid(_shown) and EvolveAgent.find_in(_shown).is_finished():
		_fly()
