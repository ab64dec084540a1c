extends Node2D
## Where landers come down: a plain with a pad in the middle, and hills far away. Only a picture: a
## lander knows for itself where the ground is.

const Lander := preload("res://demos/lander/lander.gd")

const SKY := Color(0.11, 0.12, 0.15)
const HILLS := Color(0.14, 0.155, 0.195)
const PLAIN := Color(0.2, 0.22, 0.27)
const PAD := Color(0.56, 0.94, 0.59)


func _draw() -> void:
	var size := get_viewport_rect().size
	draw_rect(Rect2(Vector2.ZERO, size), SKY)
	var ridge: PackedVector2Array = [Vector2(0, size.y)]
	for step in 33:
		var x := size.x * step / 32.0
		ridge.append(Vector2(x, Lander.GROUND - 60.0 - 22.0 * sin(x / 70.0) - 14.0 * sin(x / 31.0)))
	ridge.append(size)
	draw_colored_polygon(ridge, HILLS)
	draw_rect(Rect2(0.0, Lander.GROUND, size.x, size.y - Lander.GROUND), PLAIN)
	var pad := Rect2(Lander.PAD - Lander.PAD_REACH, Lander.GROUND, 2.0 * Lander.PAD_REACH, 6.0)
	draw_rect(pad, PAD)
