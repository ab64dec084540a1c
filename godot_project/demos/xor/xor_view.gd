extends Control
## Shows the run: its figures, and the four answers of the best agent of the last generation.
## Only looks; training is the same without it.

const Answers := preload("res://demos/xor/xor_answers.gd")

const BACKGROUND := Color(0.11, 0.12, 0.15)
const TEXT := Color(0.9, 0.92, 0.95)

var _headline := "Generation 0"
var _figures := ""
var _best_ever := -INF
var _best_fitness := -INF
var _best_answers := PackedFloat32Array()

@onready var _trainer: EvolveTrainer = $EvolveTrainer
@onready var _answers: Answers = $Answers


func _ready() -> void:
	# Without a picture to draw, every agent would be looked at for nothing.
	if DisplayServer.get_name() == "headless":
		return
	_trainer.agent_scored.connect(_on_agent_scored)
	_trainer.generation_finished.connect(_on_generation_finished)
	_trainer.training_finished.connect(_on_training_finished)
	_trainer.training_failed.connect(_on_training_failed)


func _draw() -> void:
	draw_rect(Rect2(Vector2.ZERO, size), BACKGROUND)
	_write(Vector2(60, 80), _headline, 34)
	_write(Vector2(60, 120), _figures, 20)


func _write(at: Vector2, text: String, font_size: int) -> void:
	var font := get_theme_default_font()
	draw_string(font, at, text, HORIZONTAL_ALIGNMENT_LEFT, -1, font_size, TEXT)


func _on_agent_scored(agent: EvolveAgent) -> void:
	if agent.fitness > _best_fitness:
		_best_fitness = agent.fitness
		_best_answers = agent.body.get(&"answers")


func _on_generation_finished(report: Dictionary) -> void:
	var species: Array = report["species"]
	_best_ever = report["best_ever"]
	_headline = "Generation %d" % (int(report["generation"]) + 1)
	_figures = (
		"best %.3f     mean %.3f     species %d" % [report["best"], report["mean"], species.size()]
	)
	if _best_answers.size() == Answers.CASES.size():
		_answers.answers = _best_answers
	_best_fitness = -INF
	queue_redraw()


func _on_training_finished(_champion_path: String) -> void:
	var is_solved := _best_ever >= _trainer.goal_fitness
	_headline += "   solved" if is_solved else "   finished"
	queue_redraw()


func _on_training_failed(reason: String) -> void:
	_headline = "Training ended"
	_figures = reason
	queue_redraw()
