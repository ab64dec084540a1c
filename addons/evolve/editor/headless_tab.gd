@tool
extends MarginContainer
## Trains a scene headless from the editor, far faster than real time, and shows what it prints.

## A run was written to.
signal run_changed

const Door := preload("editor_door.gd")

# Seconds between two looks at the table of the run.
const _TABLE_INTERVAL := 1.0

var _scene := LineEdit.new()
var _seed := SpinBox.new()
var _generations := SpinBox.new()
var _folder := LineEdit.new()
var _goes_on := CheckBox.new()
var _start := Button.new()
var _stop := Button.new()
var _state := Label.new()
var _output := RichTextLabel.new()
var _plot := EvolvePlot.new()
var _training := EvolveHeadlessTraining.new()
var _since_table := 0.0


func _init() -> void:
	name = "Headless"
	var form := VBoxContainer.new()
	form.add_child(_make_form())
	form.add_child(_make_buttons())
	_name_fields()
	var scroll := ScrollContainer.new()
	scroll.horizontal_scroll_mode = ScrollContainer.SCROLL_MODE_DISABLED
	scroll.custom_minimum_size.x = Door.scaled(360.0)
	form.size_flags_horizontal = SIZE_EXPAND_FILL
	scroll.add_child(form)
	_output.scroll_following = true
	_output.selection_enabled = true
	_output.focus_mode = FOCUS_CLICK
	_output.size_flags_vertical = SIZE_EXPAND_FILL
	_state.mouse_filter = MOUSE_FILTER_STOP
	_state.autowrap_mode = TextServer.AUTOWRAP_WORD_SMART
	_state.text = "Trains in a process of its own; Play goes on as it likes."
	var told := VBoxContainer.new()
	told.add_child(_state)
	told.add_child(_output)
	var split := HBoxContainer.new()
	split.add_child(scroll)
	for view: Control in [told, _plot]:
		view.size_flags_horizontal = SIZE_EXPAND_FILL
		split.add_child(view)
	add_child(split)
	_show_state()


# The engine turns processing on for every node that has a _process().
func _ready() -> void:
	set_process(_training.process.is_running())


func _process(delta: float) -> void:
	_since_table += delta
	if _training.process.poll():
		_output.text = "\n".join(_training.output())
	if _since_table > _TABLE_INTERVAL or not _training.process.is_running():
		_since_table = 0.0
		_show_table()
	if not _training.process.is_running():
		_end()


func _notification(what: int) -> void:
	if what == NOTIFICATION_VISIBILITY_CHANGED and is_visible_in_tree():
		_propose()
		# What happened while nobody looked.
		if not _training.folder.is_empty():
			_show_table()
	elif what == NOTIFICATION_EXIT_TREE or what == NOTIFICATION_PREDELETE:
		# The editor is closed or the plugin turned off: nothing is left behind.
		_training.process.stop()


func _make_form() -> GridContainer:
	var form := GridContainer.new()
	form.columns = 2
	_seed.max_value = 1_000_000
	_seed.allow_greater = true
	_generations.min_value = 1
	_generations.max_value = 100_000
	_generations.allow_greater = true
	# Four rows, so that the button below them is seen in a panel of the usual height.
	var rows: Dictionary[String, Array] = {
		"Scene": [_scene],
		"Seed": [_seed, _label("Generations"), _generations],
		"Folder": [_folder, _goes_on],
	}
	for text in rows:
		form.add_child(_label(text))
		var row := HBoxContainer.new()
		row.size_flags_horizontal = SIZE_EXPAND_FILL
		for field: Control in rows[text]:
			if not (field is Label or field is CheckBox):
				field.size_flags_horizontal = SIZE_EXPAND_FILL
			row.add_child(field)
		form.add_child(row)
	return form


func _name_fields() -> void:
	_scene.placeholder_text = "res://a_scene_with_a_trainer.tscn"
	_seed.tooltip_text = "The same seed gives the same champion."
	_generations.tooltip_text = "Generations after which the training ends."
	_folder.tooltip_text = "Where checkpoints, champion and figures go."
	_goes_on.text = "Resume"
	_goes_on.tooltip_text = "Goes on with the run that is in this folder."


func _label(text: String) -> Label:
	var label := Label.new()
	label.text = text
	return label


func _make_buttons() -> Control:
	var row := HBoxContainer.new()
	_start.text = "Start headless training"
	_start.tooltip_text = "Trains the scene as quickly as the processor goes, without a window."
	_start.pressed.connect(_begin)
	_stop.text = "Stop"
	_stop.tooltip_text = "Ends the process; generations that are finished are kept."
	_stop.pressed.connect(_break_off)
	row.add_child(_start)
	row.add_child(_stop)
	return row


# Fills the form for the scene that is open, unless somebody typed another one.
func _propose() -> void:
	var open := Door.open_scene()
	if _training.process.is_running() or open.is_empty() or open == _scene.text:
		return
	var trainer := Door.open_trainer()
	if trainer == null and not _scene.text.is_empty():
		return
	_scene.text = open
	_seed.value = trainer.run_seed if trainer != null else 1
	_generations.value = trainer.generations if trainer != null else 100
	_propose_folder()


func _propose_folder() -> void:
	_goes_on.button_pressed = false
	_folder.text = EvolveHeadlessTraining.free_folder(
		EvolveSettings.runs_folder(), _scene.text, int(_seed.value)
	)


func _begin() -> void:
	var run_seed := int(_seed.value)
	var generations := int(_generations.value)
	var into := _folder.text
	# A folder that was proposed for another seed, or has been used meanwhile, is no longer free.
	if not _goes_on.button_pressed and into.begins_with(EvolveSettings.runs_folder()):
		_propose_folder()
		into = _folder.text
	var refusal := EvolveHeadlessTraining.problem_of(_scene.text, run_seed, generations, into)
	if not refusal.is_empty():
		_state.text = refusal
		return
	_training = EvolveHeadlessTraining.new()
	_training.start(_scene.text, run_seed, generations, into, _goes_on.button_pressed)
	_output.text = ""
	_plot.clear()
	_show_state()
	set_process(_training.process.is_running())


func _break_off() -> void:
	_training.process.stop()
	_goes_on.button_pressed = true


func _end() -> void:
	set_process(false)
	_show_state()
	run_changed.emit()


func _show_state() -> void:
	var is_running := _training.process.is_running()
	_start.disabled = is_running
	_stop.disabled = not is_running
	if not _training.folder.is_empty():
		_state.text = Door.with_short_paths(_training.sentence())
		_state.tooltip_text = _training.sentence()


func _show_table() -> void:
	var record := EvolveRunRecord.of(_training.folder)
	if record != null and is_visible_in_tree():
		_plot.show_history(record.history())
