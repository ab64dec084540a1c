extends Control
## Shows four answers to XOR: a bar for each, and a mark where it should end.

const CASES: PackedStringArray = ["0 xor 0", "0 xor 1", "1 xor 0", "1 xor 1"]
const TARGETS: PackedFloat32Array = [0.0, 1.0, 1.0, 0.0]

const TRACK := Color(0.2, 0.22, 0.27)
const ANSWER := Color(0.56, 0.94, 0.59)
const TARGET := Color(1.0, 0.75, 0.3)
const TEXT := Color(0.9, 0.92, 0.95)

const ROW := 70.0
const BAR := 32.0
# What the words in front of a bar and the number behind it take.
const WORDS := 130.0
const NUMBER := 70.0

## The answers, in the order of the cases.
var answers: PackedFloat32Array = [0.0, 0.0, 0.0, 0.0]:
	set(value):
		answers = value
		queue_redraw()


func _draw() -> void:
	for place in CASES.size():
		_draw_answer(Vector2(0.0, place * ROW), place)


func _draw_answer(at: Vector2, place: int) -> void:
	var track := Rect2(at + Vector2(WORDS, 0.0), Vector2(size.x - WORDS - NUMBER - 20.0, BAR))
	var filled := track.size.x * clampf(answers[place], 0.0, 1.0)
	draw_rect(track, TRACK)
	draw_rect(Rect2(track.position, Vector2(filled, BAR)), ANSWER)
	var target := track.position + Vector2(track.size.x * TARGETS[place], -6.0)
	draw_line(target, target + Vector2(0.0, BAR + 12.0), TARGET, 4.0)
	_write(at + Vector2(0.0, 24.0), CASES[place])
	_write(at + Vector2(size.x - NUMBER, 24.0), "%.3f" % answers[place])


func _write(at: Vector2, text: String) -> void:
	draw_string(get_theme_default_font(), at, text, HORIZONTAL_ALIGNMENT_LEFT, -1, 22, TEXT)
