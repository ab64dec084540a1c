@tool
class_name EvolvePlotLook
extends RefCounted
## Colours and fonts of plots and networks, taken from the theme of the control that draws: readable
## on dark and on light.

# Steps through the hues by the golden ratio: neighbours are far apart, however many there are.
const _GOLDEN := 0.618_033_988_75
const _SERIES_HUES: PackedFloat64Array = [0.39, 0.07, 0.66, 0.92, 0.55, 0.16, 0.79, 0.02]

## The colour of text.
var ink := Color.WHITE
## Whether text is light on a dark ground.
var is_dark := true
## The font of all text.
var font: Font
## Its size.
var font_size := 14


## The look of the theme that a control is in.
static func of(control: Control) -> EvolvePlotLook:
	var look := EvolvePlotLook.new()
	look.ink = control.get_theme_color(&"font_color", &"Label")
	look.is_dark = look.ink.get_luminance() > 0.4
	look.font = control.get_theme_font(&"font", &"Label")
	look.font_size = control.get_theme_font_size(&"font_size", &"Label")
	return look


## The same look with text of another size.
func of_size(size: int) -> EvolvePlotLook:
	var look := EvolvePlotLook.new()
	look.ink = ink
	look.is_dark = is_dark
	look.font = font
	look.font_size = size
	return look


## Text that may be overlooked.
func soft_ink() -> Color:
	return Color(ink, 0.65)


## Lines of the grid.
func grid() -> Color:
	return Color(ink, 0.12)


## The colour of a line by its place.
func series(place: int) -> Color:
	return _tone(_SERIES_HUES[place % _SERIES_HUES.size()], 0.85)


## The colour of a species, always the same for the same key.
func species(key: int) -> Color:
	var id := EvolveRunHistory.species_id(key)
	var population := EvolveRunHistory.species_population(key)
	var hue := fposmod(id * _GOLDEN + population * 0.37 + 0.3, 1.0)
	return _tone(hue, 0.7, 0.06 * (id % 3 - 1))


## What is positive.
func positive() -> Color:
	return _tone(0.66, 0.9)


## What is negative.
func negative() -> Color:
	return _tone(0.1, 0.95)


## How high a line of text is.
func line_height() -> float:
	return font.get_height(font_size)


## How wide a text is.
func width(text: String) -> float:
	return font.get_string_size(text, HORIZONTAL_ALIGNMENT_LEFT, -1, font_size).x


## Writes a text with its left end, its middle or its right end at a point (0, 0.5 or 1), and the
## middle of its height too.
func write(
	canvas: CanvasItem, at: Vector2, text: String, colour: Color, anchor: float = 0.0
) -> void:
	var down := (font.get_ascent(font_size) - font.get_descent(font_size)) / 2.0
	var begin := Vector2(at.x - anchor * width(text), at.y + down).round()
	canvas.draw_string(font, begin, text, HORIZONTAL_ALIGNMENT_LEFT, -1, font_size, colour)


func _tone(hue: float, saturation: float, lighter: float = 0.0) -> Color:
	return Color.from_ok_hsl(hue, saturation, (0.72 if is_dark else 0.5) + lighter)
