extends Node2D
## What a lander looks like. It only looks; without a window it is not even there.

const HULL := Color(0.62, 0.78, 0.98)
const LEGS := Color(0.45, 0.5, 0.6)
const FLAME := Color(1.0, 0.75, 0.3)
const HULL_OUTLINE: PackedVector2Array = [
	Vector2(-9, -8),
	Vector2(-5, -20),
	Vector2(5, -20),
	Vector2(9, -8),
	Vector2(9, -4),
	Vector2(-9, -4)
]

## The colour of the hull; landers that are not the main thing are paler.
@export var hull := HULL

@onready var _lander: Node2D = get_parent()


func _ready() -> void:
	if DisplayServer.get_name() == "headless":
		queue_free()


func _process(_delta: float) -> void:
	queue_redraw()


func _draw() -> void:
	var main: float = _lander.get(&"main")
	var turn: float = _lander.get(&"turn")
	if main > 0.05:
		_draw_flame(Vector2(0, -4), Vector2(0, 26.0 * main), 4.0)
	if absf(turn) > 0.1:
		_draw_flame(Vector2(-8.0 * signf(turn), -16), Vector2(-12.0 * turn, 0), 2.0)
	draw_polyline([Vector2(-6, -4), Vector2(-11, 0)], LEGS, 2.0, true)
	draw_polyline([Vector2(6, -4), Vector2(11, 0)], LEGS, 2.0, true)
	draw_colored_polygon(HULL_OUTLINE, hull)


func _draw_flame(from: Vector2, along: Vector2, half_width: float) -> void:
	var across := along.orthogonal().normalized() * half_width
	draw_colored_polygon([from + across, from + along, from - across], FLAME)
