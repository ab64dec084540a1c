@tool
extends "live_tab.gd"
## The Pareto front of the latest generation, by two of its objectives.

var _plot := EvolvePlot.new()
var _choices := HBoxContainer.new()
var _across := OptionButton.new()
var _up := OptionButton.new()


func _init() -> void:
	name = "Pareto front"
	_plot.mode = EvolvePlot.Mode.FRONT
	_plot.size_flags_vertical = SIZE_EXPAND_FILL
	var rows := VBoxContainer.new()
	for label_and_choice: Array in [["Across", _across], ["Up", _up]]:
		var label := Label.new()
		label.text = label_and_choice[0]
		_choices.add_child(label)
		_choices.add_child(label_and_choice[1] as OptionButton)
	for choice: OptionButton in [_across, _up]:
		choice.item_selected.connect(_choose.unbind(1))
	rows.add_child(_choices)
	rows.add_child(_plot)
	add_child(rows)


func _update(part: StringName) -> void:
	if part == &"state":
		_name_choices()
	elif part == &"front":
		_plot.set_front(run.objectives, run.front, run.minimised)


func _name_choices() -> void:
	# With two there is nothing to choose.
	_choices.visible = run.objectives.size() > 2
	if _across.item_count == run.objectives.size():
		return
	for choice: OptionButton in [_across, _up]:
		choice.clear()
		for objective in run.objectives:
			choice.add_item(objective)
	if run.objectives.size() > 1:
		_across.select(0)
		_up.select(1)
		_choose()


func _choose() -> void:
	_plot.set_front_axes(_across.selected, _up.selected)
