extends Node2D
## The field that hunters and prey live in. Only a picture: creatures know for themselves where it
## ends.

const Creature := preload("res://demos/hunters/creature.gd")

const AROUND := Color(0.2, 0.22, 0.27)
const GRASS := Color(0.11, 0.12, 0.15)


func _draw() -> void:
	draw_rect(Rect2(Vector2.ZERO, get_viewport_rect().size), AROUND)
	draw_rect(Creature.FIELD, GRASS)
