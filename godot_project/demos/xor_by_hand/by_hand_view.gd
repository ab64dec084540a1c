extends Control
## Runs one of the loops beside this file, a generation at each tick of its timer, and shows how it
## stands. The loops know nothing of it.

const Answers := preload("res://demos/xor/xor_answers.gd")
const PointsChart := preload("res://demos/xor_by_hand/points_chart.gd")
const Task := preload("res://demos/xor_by_hand/xor_task.gd")

const BACKGROUND := Color(0.11, 0.12, 0.15)
const TEXT := Color(0.9, 0.92, 0.95)

## The loop: a script whose [code]step()[/code] is a generation.
@export var loop_script: GDScript
## The same seed makes the same run.
@export var run_seed := 1
## The run ends here at the latest.
@export var generations := 120
## Where the champion is kept.
@export var champion_path := "user://xor_by_hand.evo"
## Whether the program ends with the run where nobody watches.
@export var ends_headless_runs := true

var _loop: RefCounted
var _errors := PackedVector2Array()
var _headline := "Generation 0"
var _figures := ""

@onready var _answers: Answers = $Answers
@onready var _chart: PointsChart = $Chart
@onready var _timer: Timer = $Timer


func _ready() -> void:
	_loop = loop_script.new(run_seed)
	_timer.timeout.connect(_on_timeout)


func _draw() -> void:
	draw_rect(Rect2(Vector2.ZERO, size), BACKGROUND)
	var font := get_theme_default_font()
	draw_string(font, Vector2(60, 80), _headline, HORIZONTAL_ALIGNMENT_LEFT, -1, 34, TEXT)
	draw_string(font, Vector2(60, 120), _figures, HORIZONTAL_ALIGNMENT_LEFT, -1, 20, TEXT)


func _on_timeout() -> void:
	_loop.call(&"step")
	_show()
	var is_solved: bool = _loop.call(&"is_solved")
	if is_solved or _generation() >= generations:
		_finish("solved" if is_solved else "not solved")


func _show() -> void:
	var champion: RefCounted = _loop.get(&"champion")
	var error: float = _loop.get(&"error")
	var enabled: PackedByteArray = champion.call(&"connections_enabled")
	_headline = "Generation %d" % _generation()
	_figures = (
		"error %.3f     connections %d     species %d"
		% [error, enabled.count(1), _loop.call(&"species_count")]
	)
	_answers.answers = Task.answers_of(champion)
	_errors.append(Vector2(_generation(), error))
	_chart.points = _loop.call(&"front") if _loop.has_method(&"front") else _errors
	queue_redraw()


func _finish(outcome: String) -> void:
	_timer.stop()
	_headline += "   %s" % outcome
	var champion: RefCounted = _loop.get(&"champion")
	var error: float = _loop.get(&"error")
	var brain := EvolveBrain.of_genome(
		champion, Task.INPUT_NAMES, Task.OUTPUT_NAMES, -error, _generation() - 1
	)
	if ResourceSaver.save(brain, champion_path) != OK:
		push_error("The champion cannot be written to %s." % champion_path)
	print("%s, %s: %s" % [_headline, _figures, champion.call(&"digest")])
	if ends_headless_runs and DisplayServer.get_name() == "headless":
		get_tree().quit()


func _generation() -> int:
	return _loop.get(&"generation")
