@tool
extends "live_tab.gd"
## The champion: its network, where it comes from, and what can be done with it.

## Somebody wants the champion in a file.
signal save_asked(bytes: PackedByteArray, name: String)

## Somebody wants the champion as ONNX.
signal export_asked(bytes: PackedByteArray, name: String)

var _network := EvolveNetworkView.new()
var _facts := Label.new()
var _buttons: Array[Button] = []


func _init() -> void:
	name = "Champion"
	_network.size_flags_horizontal = SIZE_EXPAND_FILL
	_network.size_flags_stretch_ratio = 3.0
	_facts.autowrap_mode = TextServer.AUTOWRAP_WORD_SMART
	_facts.size_flags_horizontal = SIZE_EXPAND_FILL
	_facts.size_flags_vertical = SIZE_EXPAND_FILL
	var scroll := ScrollContainer.new()
	scroll.size_flags_horizontal = SIZE_EXPAND_FILL
	scroll.horizontal_scroll_mode = ScrollContainer.SCROLL_MODE_DISABLED
	scroll.add_child(_facts)
	var side := HBoxContainer.new()
	side.size_flags_stretch_ratio = 2.0
	side.size_flags_horizontal = SIZE_EXPAND_FILL
	side.add_child(scroll)
	side.add_child(_make_buttons())
	var split := HSplitContainer.new()
	split.add_child(_network)
	split.add_child(side)
	add_child(split)


func _update(part: StringName) -> void:
	if part != &"champion":
		return
	_network.brain = run.champion
	_facts.text = describe(run.champion) if run.champion != null else ""
	for button in _buttons:
		button.disabled = run.champion == null


## What is to be said of a champion, line by line.
static func describe(brain: EvolveBrain) -> String:
	var genome := brain.genome()
	var enabled := genome.connections_enabled().count(1)
	var lines := PackedStringArray(
		[
			"Fitness: %s" % EvolvePlotAxis.figure(brain.fitness),
			"Scored in generation: %d" % (brain.generation + 1),
			"Seed of its run: %s" % brain.run_seed,
			"Hidden nodes: %d" % genome.genes.hidden(),
			"Connections: %d" % enabled,
			"Senses: %s" % ", ".join(brain.input_names),
			"Does: %s" % ", ".join(brain.output_names),
		]
	)
	return "\n".join(lines)


func _make_buttons() -> Control:
	var column := VBoxContainer.new()
	var actions: Dictionary[String, Signal] = {"Save as…": save_asked, "Export ONNX…": export_asked}
	for text in actions:
		var button := Button.new()
		button.text = text
		button.pressed.connect(_ask.bind(actions[text]))
		_buttons.append(button)
		column.add_child(button)
	var disabled := CheckBox.new()
	disabled.text = "Disabled connections"
	disabled.tooltip_text = "Draws connections that evolution turned off, faintly."
	disabled.toggled.connect(func(is_on: bool) -> void: _network.shows_disabled = is_on)
	column.add_child(disabled)
	return column


func _ask(wanted: Signal) -> void:
	if run.champion != null:
		wanted.emit(run.champion.data, run.scene.get_file().get_basename())
