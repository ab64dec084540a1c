extends Control
## Shows the run: its figures, and the four answers of the best agent of the last generation.
## Only looks; training is the same without it.

const CASES: PackedStringArray = ["0 xor 0", "0 xor 1", "1 xor 0", "1 xor 1"]
const TARGETS: PackedFloat32Array = [0.0, 1.0, 1.0, 0.0]

const BACKGROUND := Color(0.11, 0.12, 0.15)
const TRACK := Color(0.2, 0.22, 0.27)
const ANSWER := Color(0.56, 0.94, 0.59)
const TARGET := Color(1.0, 0.75, 0.3)
const TEXT := Color(0.9, 0.92, 0.95)

var _headline := "Generation 0"
var _figures := ""
var _best_ever := -INF
var _best_fitness := -INF
var _best_answers := PackedFloat32Array()
var _shown_answers: PackedFloat32Array = [0.0, 0.0, 0.0, 0.0]

@onready var _trainer: EvolveTrainer = $EvolveTrainer


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
	for place in CASES.size():
		_draw_answer(Vector2(60, 180 + place * 70), place)


func _draw_answer(at: Vector2, place: int) -> void:
	var track := Rect2(at + Vector2(130, 0), Vector2(size.x - 330, 32))
	var answer := clampf(_shown_answers[place], 0.0, 1.0)
	_write(at + Vector2(0, 24), CASES[place], 22)
	draw_rect(track, TRACK)
	draw_rect(Rect2(track.position, Vector2(track.size.x * answer, track.size.y)), ANSWER)
	var target := track.position + Vector2(track.size.x * TARGETS[place], -6)
	draw_line(target, target + Vector2(0, track.size.y + 12), TARGET, 4.0)
	_write(at + Vector2(size.x - 180, 24), "%.3f" % _shown_answers[place], 22)


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
	if _best_answers.size() == CASES.size():
		_shown_answers = _best_answers
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
