@tool
extends "live_tab.gd"
## Fitness over the generations, and beside it, where there is room, the champion's network.

const Door := preload("editor_door.gd")

# Below this width the chart needs all of it.
const _WIDE := 900.0

var _plot := EvolvePlot.new()
var _network := EvolveNetworkView.new()


func _init() -> void:
	name = "Fitness"
	var split := HSplitContainer.new()
	for view: Control in [_plot, _network]:
		view.size_flags_horizontal = SIZE_EXPAND_FILL
		split.add_child(view)
	_plot.size_flags_stretch_ratio = 2.0
	add_child(split)
	resized.connect(_make_room)


func _update(part: StringName) -> void:
	if part == &"generations":
		_plot.show_history(run.history)
	elif part == &"champion":
		_network.brain = run.champion
	_make_room()


func _make_room() -> void:
	_network.visible = run.champion != null and size.x > Door.scaled(_WIDE)
