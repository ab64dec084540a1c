extends Control
## What share of the prey is caught, generation by generation: the line climbs while hunters learn,
## and falls when prey find an answer. Only looks; training is the same without it.

const PANEL := Color(0.07, 0.08, 0.1, 0.72)
const LINES := Color(0.3, 0.33, 0.4)
const TEXT := Color(0.9, 0.92, 0.95)
const SHARE := Color(1.0, 0.55, 0.35)
const MARGIN := Vector2(14, 30)
## The place of the prey among the trainer's populations.
const PREY := 1

## Whose run is shown.
@export var trainer: EvolveTrainer = null

var _shares := PackedFloat32Array()
var _met := 0
var _caught := 0


func _ready() -> void:
	# Without a picture every agent would be looked at for nothing.
	if DisplayServer.get_name() == "headless":
		return
	trainer.agent_scored.connect(_on_agent_scored)
	trainer.generation_finished.connect(_on_generation_finished)


func _draw() -> void:
	draw_rect(Rect2(Vector2.ZERO, size), PANEL)
	var newest := 0.0 if _shares.is_empty() else _shares[-1]
	var text := "prey caught: %d %%" % roundi(100.0 * newest)
	var font := get_theme_default_font()
	draw_string(font, Vector2(MARGIN.x, 20), text, HORIZONTAL_ALIGNMENT_LEFT, -1, 14, TEXT)
	for share: float in [0.0, 0.5, 1.0]:
		draw_line(_place(0.0, share), _place(1.0, share), LINES)
	var points := PackedVector2Array()
	for generation in _shares.size():
		points.append(_place(float(generation) / maxi(_shares.size() - 1, 20), _shares[generation]))
	if points.size() > 1:
		draw_polyline(points, SHARE, 2.0, true)


func _place(across: float, share: float) -> Vector2:
	return MARGIN + Vector2(across, 1.0 - share) * (size - MARGIN - Vector2(MARGIN.x, 12.0))


func _on_agent_scored(agent: EvolveAgent) -> void:
	if agent.population == PREY:
		_met += 1
		_caught += int(agent.body.get(&"is_out"))


func _on_generation_finished(_report: Dictionary) -> void:
	_shares.append(float(_caught) / maxi(_met, 1))
	_met = 0
	_caught = 0
	queue_redraw()
