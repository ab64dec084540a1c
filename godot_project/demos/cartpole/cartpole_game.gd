extends Node2D
## A game without a trainer: the champion carries its pole to wherever the mouse is clicked.

@onready var _track: CartpoleTrack = $CartpoleTrack


func _unhandled_input(event: InputEvent) -> void:
	var click := event as InputEventMouseButton
	if click != null and click.is_pressed():
		move_flag(click.position.x)


## Puts the flag where the cart has been trained to go.
func move_flag(x: float) -> void:
	var reach := CartpoleTrack.FLAG_REACH
	_track.flag_x = clampf(x, CartpoleTrack.MIDDLE.x - reach, CartpoleTrack.MIDDLE.x + reach)
