@tool
@icon("../icons/evolve_network_view.svg")
class_name EvolveNetworkView
extends Control
## Draws a brain: inputs left, outputs right, connections as wide as their weights are strong, blue
## where they are positive and orange where they are negative; recurrent ones as arcs.
##
## Give it a [member brain], or an [member agent] to watch it think: nodes glow with their values
## then. In training, [code]$EvolveTrainer.champion_found.connect(func(found: EvolveBrain) -> void:
## $EvolveNetworkView.brain = found)[/code] follows the champion. Rest the mouse on a node or a
## connection to read its figures.

const _GLOW := 3.0

## The brain to draw; that of the [member agent] while there is one.
@export var brain: EvolveBrain = null:
	set(value):
		if brain == value:
			return
		brain = value
		_picture = null
		_activity = PackedFloat32Array()
		queue_redraw()

## The agent whose brain is drawn, with what it thinks in every frame; empty for none.
@export var agent: EvolveAgent = null:
	set(value):
		agent = value
		set_process(agent != null and not Engine.is_editor_hint())

## Whether connections that carry no signal are drawn too, faintly.
@export var shows_disabled := false:
	set(value):
		shows_disabled = value
		queue_redraw()

## Written where there is no brain to draw.
@export var empty_text := "No champion yet":
	set(value):
		empty_text = value
		queue_redraw()

# What the nodes have right now, in the genome's order; empty when nobody knows.
var _activity := PackedFloat32Array()
var _picture: EvolveNetworkPicture = null
var _hover := EvolvePlotHover.new()


func _init() -> void:
	clip_contents = true
	custom_minimum_size = Vector2(120.0, 80.0)
	add_child(_hover, false, INTERNAL_MODE_FRONT)


# The engine turns processing on for every node that has a _process().
func _ready() -> void:
	set_process(agent != null and not Engine.is_editor_hint())


func _process(_delta: float) -> void:
	if not is_instance_valid(agent):
		agent = null
		show_activity([])
		return
	brain = agent.brain
	var mind := agent.mind()
	show_activity(mind.activity() if mind != null else PackedFloat32Array())


func _gui_input(event: InputEvent) -> void:
	if event is InputEventMouseMotion:
		_hover.follow((event as InputEventMouseMotion).position, _reading_at)


func _notification(what: int) -> void:
	if what == NOTIFICATION_MOUSE_EXIT:
		_hover.leave()
	elif what == NOTIFICATION_THEME_CHANGED or what == NOTIFICATION_RESIZED:
		queue_redraw()


func _draw() -> void:
	var look := EvolvePlotLook.of(self)
	if brain == null or brain.genome() == null:
		look.write(self, size / 2.0, empty_text, look.soft_ink(), 0.5)
		return
	if _picture == null:
		_picture = EvolveNetworkPicture.new(brain)
	_picture.place_in(size, look)
	for gene in _picture.curves.size():
		if shows_disabled or _picture.genes.connections_enabled[gene] != 0:
			_draw_connection(gene, look)
	for node in _picture.nodes.size():
		_draw_node(node, look)
	if _picture.name_size > 0:
		_draw_names(look.of_size(_picture.name_size))
	_hover.refresh()


## What the nodes have right now, in the genome's order, as [method EvolveMind.activity] gives it;
## empty to draw the brain at rest.
func show_activity(activity: PackedFloat32Array) -> void:
	if activity != _activity:
		_activity = activity
		queue_redraw()


func _draw_connection(gene: int, look: EvolvePlotLook) -> void:
	var colour := _picture.colour_of(gene, look)
	draw_polyline(_picture.curves[gene], colour, _picture.width_of(gene), true)


func _draw_node(node: int, look: EvolvePlotLook) -> void:
	var value := _value_of(node)
	var ground := look.ink.lerp(Color.BLACK if look.is_dark else Color.WHITE, 0.6)
	var at := _picture.nodes[node]
	if is_finite(value) and value != 0.0:
		var strength := clampf(absf(value), 0.0, 1.0)
		var glow := look.positive() if value > 0.0 else look.negative()
		draw_circle(at, _picture.radius + _GLOW * strength, Color(glow, 0.35 * strength))
		ground = ground.lerp(glow, strength)
	draw_circle(at, _picture.radius, ground, true, -1.0, true)
	draw_circle(at, _picture.radius, look.soft_ink(), false, 1.0, true)


func _draw_names(look: EvolvePlotLook) -> void:
	var inputs := brain.input_names.size()
	for node in inputs + brain.output_names.size():
		var is_input := node < inputs
		var beside := Vector2(_picture.radius + _GLOW + 4.0, 0.0)
		var at := _picture.nodes[node] + (-beside if is_input else beside)
		look.write(self, at, _picture.title_of(node), look.ink, 1.0 if is_input else 0.0)


func _reading_at(mouse: Vector2) -> Dictionary:
	if _picture == null or _picture.nodes.is_empty():
		return {}
	var node := _picture.node_at(mouse)
	if node >= 0:
		var lines := _picture.describe_node(node, _value_of(node))
		return {"lines": lines, "at": _picture.nodes[node]}
	var gene := _picture.connection_at(mouse, shows_disabled)
	if gene < 0:
		return {}
	return {"lines": _picture.describe_connection(gene), "at": mouse}


func _value_of(node: int) -> float:
	return _activity[node] if node < _activity.size() else NAN
