@tool
@icon("../icons/evolve_plot.svg")
class_name EvolvePlot
extends Control
## A chart of a run: fitness over the generations, species as stacked areas, or the Pareto front.
##
## In a game, give it the [member trainer] and it fills itself; elsewhere feed it with
## [method add_report] and [method set_front]. It draws in the colours and fonts of its theme, on
## whatever is behind it: put it into a [PanelContainer] for a ground of its own.

## A point of the front was clicked: its place among those of [method set_front].
signal point_pressed(place: int)

## A species' area was clicked: its id, and the name of its population.
signal species_pressed(id: int, population: String)

## What is plotted.
enum Mode {
	## The best and the mean fitness of each generation.
	FITNESS,
	## How many members each species has.
	SPECIES,
	## The brains that nobody beats in all objectives at once.
	FRONT,
}

const _NARROW := 6.0
const _SWATCH := 10.0

## What is plotted.
@export var mode := Mode.FITNESS:
	set(value):
		mode = value
		queue_redraw()

## The trainer whose generations are plotted in a game; empty when reports come from elsewhere.
@export var trainer: EvolveTrainer = null:
	set(value):
		if trainer != null and trainer.generation_finished.is_connected(_on_generation_finished):
			trainer.generation_finished.disconnect(_on_generation_finished)
		trainer = value
		if trainer != null and not Engine.is_editor_hint():
			trainer.generation_finished.connect(_on_generation_finished)

## Whether the colours are explained above the plot.
@export var shows_legend := true:
	set(value):
		shows_legend = value
		queue_redraw()

## Written where there is nothing to plot yet.
@export var empty_text := "No generation yet":
	set(value):
		empty_text = value
		queue_redraw()

var _history := EvolveRunHistory.new()
var _fitness := EvolvePlotFitness.new()
var _species := EvolvePlotSpecies.new()
var _front := EvolvePlotFront.new()
var _frame: EvolvePlotFrame = null
# Above the plot, so that a mouse that moves does not have everything drawn anew.
var _hover := EvolvePlotHover.new()


func _init() -> void:
	clip_contents = true
	custom_minimum_size = Vector2(120.0, 80.0)
	show_history(_history)
	add_child(_hover, false, INTERNAL_MODE_FRONT)


func _gui_input(event: InputEvent) -> void:
	if event is InputEventMouseMotion:
		_hover.follow((event as InputEventMouseMotion).position, _reading_at)
		return
	var button := event as InputEventMouseButton
	if button != null and button.pressed and button.button_index == MOUSE_BUTTON_LEFT:
		_press(_reading_at(button.position))


func _notification(what: int) -> void:
	if what == NOTIFICATION_MOUSE_EXIT:
		_hover.leave()
	elif what == NOTIFICATION_THEME_CHANGED or what == NOTIFICATION_RESIZED:
		queue_redraw()


func _draw() -> void:
	var look := EvolvePlotLook.of(self)
	var painter := _painter()
	_frame = null
	if painter.is_empty():
		look.write(self, size / 2.0, empty_text, look.soft_ink(), 0.5)
		return
	var legend := painter.legend(look) if shows_legend else {}
	_frame = painter.frame(size)
	_frame.place_in(size, look.line_height() if not legend.is_empty() else 0.0, look)
	_frame.draw(self, look)
	painter.paint(self, _frame, look)
	_draw_legend(legend, look)
	_hover.refresh()


## Adds a generation, as [signal EvolveTrainer.generation_finished] reports it; a report that is
## none is refused with an error.
func add_report(report: Dictionary) -> void:
	var refusal := _history.add_report(report)
	if not refusal.is_empty():
		push_error("EvolvePlot.add_report: %s" % refusal)
		return
	queue_redraw()


## Shows a history that somebody else keeps; call [method CanvasItem.queue_redraw] when it has
## grown.
func show_history(history: EvolveRunHistory) -> void:
	_history = history
	_species.history = history
	_fitness.histories = {"": history}
	queue_redraw()


## Shows the fitness of several runs to compare them, by their names.
func compare(histories: Dictionary[String, EvolveRunHistory]) -> void:
	_fitness.histories = histories
	queue_redraw()


## Shows a Pareto front: the names of the objectives, and for each brain one number for each of
## them. Of the objectives that are [param minimised], less is better.
func set_front(
	names: PackedStringArray, points: Array[PackedFloat64Array], minimised: Array[bool] = []
) -> void:
	_front.names = names
	_front.points = points
	_front.minimised = minimised
	queue_redraw()


## Chooses which two of the objectives the front is drawn by.
func set_front_axes(across: int, up: int) -> void:
	_front.first = across
	_front.second = up
	queue_redraw()


## Forgets everything.
func clear() -> void:
	show_history(EvolveRunHistory.new())
	set_front([], [])


func _painter() -> EvolvePlotPainter:
	match mode:
		Mode.SPECIES:
			return _species
		Mode.FRONT:
			return _front
	return _fitness


func _reading_at(mouse: Vector2) -> Dictionary:
	if _frame == null or _painter().is_empty() or not _frame.area.grow(_NARROW).has_point(mouse):
		return EvolvePlotPainter.NOTHING
	var reading := _painter().read(_frame, mouse)
	if not reading.is_empty():
		reading["area"] = _frame.area
	return reading


func _press(reading: Dictionary) -> void:
	var place: int = reading.get("place", -1)
	if place < 0:
		return
	if mode == Mode.FRONT:
		point_pressed.emit(place)
	elif mode == Mode.SPECIES:
		var population := _history.populations[EvolveRunHistory.species_population(place)]
		species_pressed.emit(EvolveRunHistory.species_id(place), population)


func _draw_legend(legend: Dictionary[String, Color], look: EvolvePlotLook) -> void:
	var at := Vector2(_frame.area.position.x, look.line_height() / 2.0 + 1.0)
	var shown := 0
	for text in legend:
		var room := look.width(text) + _SWATCH + _NARROW
		if shown > 0 and at.x + room > size.x:
			look.write(self, at, "+%d" % (legend.size() - shown), look.soft_ink())
			return
		draw_rect(Rect2(at - Vector2(0.0, 1.5), Vector2(_SWATCH, 3.0)), legend[text])
		look.write(self, at + Vector2(_SWATCH + _NARROW, 0.0), text, look.ink)
		at.x += room + 2.0 * _SWATCH
		shown += 1


func _on_generation_finished(report: Dictionary) -> void:
	add_report(report)
	if mode == Mode.FRONT:
		_take_gallery()


func _take_gallery() -> void:
	var names := PackedStringArray()
	var minimised: Array[bool] = []
	for objective in trainer.objectives:
		names.append(objective.name)
		minimised.append(objective.minimise)
	var points: Array[PackedFloat64Array] = []
	for exhibit in trainer.gallery():
		points.append(exhibit["objectives"])
	set_front(names, points, minimised)
