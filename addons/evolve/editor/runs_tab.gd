@tool
extends MarginContainer
## The runs on the disk: a list to choose from, and the fitness of those that are ticked in one
## plot.

## Something is to be said, one sentence.
signal said(sentence: String)

## Somebody wants a champion in a file.
signal save_asked(bytes: PackedByteArray, name: String)

## Somebody wants a champion as ONNX.
signal export_asked(bytes: PackedByteArray, name: String)

const Door := preload("editor_door.gd")
const FileChooser := preload("file_chooser.gd")

const _TITLES: PackedStringArray = ["Run", "Written", "Scene", "Seed", "Generations", "Best"]
# Pixels of the columns; 0 for those that share what is left.
const _WIDTHS: PackedFloat64Array = [0.0, 150.0, 0.0, 50.0, 105.0, 60.0]
const _ICONS: Dictionary[String, StringName] = {
	"Refresh": &"Reload",
	"Add folder…": &"FolderCreate",
	"Open folder": &"Filesystem",
	"Delete…": &"Remove",
}
const _FOLDERS := "run_folders"
const _NO_CHOICE := "Select a run to see it, tick several to compare them"
const _NO_RUN := "No run yet: press Play, or train one in Headless"

var _shelf := EvolveRunShelf.new()
var _list := Tree.new()
var _plot := EvolvePlot.new()
# Buttons that need a run to be selected.
var _actions: Array[Button] = []
# Histories that were read, by folder: tables of ticked runs are not read for every tick again.
var _histories: Dictionary[String, EvolveRunHistory] = {}


func _init() -> void:
	name = "Runs"
	_shelf.folders = Door.remembered(_FOLDERS, PackedStringArray())
	_plot.size_flags_horizontal = SIZE_EXPAND_FILL
	var side := VBoxContainer.new()
	side.size_flags_horizontal = SIZE_EXPAND_FILL
	side.size_flags_stretch_ratio = 2.0
	side.add_child(_make_buttons())
	side.add_child(_make_list())
	var split := HSplitContainer.new()
	split.add_child(side)
	split.add_child(_plot)
	add_child(split)


func _notification(what: int) -> void:
	if what == NOTIFICATION_VISIBILITY_CHANGED and is_visible_in_tree():
		refresh()


## Looks for runs again.
func refresh() -> void:
	if not is_visible_in_tree():
		return
	var ticked := _ticked_paths()
	var selected := _selected()
	_histories.clear()
	_list.clear()
	var root := _list.create_item()
	for record in _shelf.find_runs():
		var item := _list.create_item(root)
		_fill(item, record)
		item.set_checked(0, record.path in ticked)
		if selected != null and record.path == selected.path:
			item.select(0)
	_plot.empty_text = _NO_CHOICE if root.get_child_count() > 0 else _NO_RUN
	_compare()


func _make_list() -> Tree:
	_list.columns = _TITLES.size()
	_list.column_titles_visible = true
	_list.hide_root = true
	_list.select_mode = Tree.SELECT_ROW
	_list.size_flags_vertical = SIZE_EXPAND_FILL
	for column in _TITLES.size():
		_list.set_column_title(column, _TITLES[column])
		_list.set_column_title_alignment(column, HORIZONTAL_ALIGNMENT_LEFT)
		_list.set_column_clip_content(column, true)
		_list.set_column_expand_ratio(column, 2 if column == 0 else 1)
		if _WIDTHS[column] > 0.0:
			_list.set_column_expand(column, false)
			_list.set_column_custom_minimum_width(column, int(Door.scaled(_WIDTHS[column])))
	_list.item_edited.connect(_compare)
	_list.item_selected.connect(_compare)
	return _list


func _make_buttons() -> Control:
	var row := HBoxContainer.new()
	_add_button(row, "Refresh", "Looks for runs again.", refresh)
	_add_button(row, "Add folder…", "Shows the runs of another folder too.", _ask_for_folder)
	row.add_child(VSeparator.new())
	var actions: Dictionary[String, Callable] = {
		"Open folder": _open_folder,
		"Save champion as…": _ask_with.bind(save_asked),
		"Export ONNX…": _ask_with.bind(export_asked),
		"Delete…": _ask_to_delete,
	}
	for text in actions:
		_actions.append(_add_button(row, text, "", actions[text]))
	return row


func _add_button(row: Control, text: String, tip: String, pressed: Callable) -> Button:
	var button := Button.new()
	button.text = text
	button.tooltip_text = tip
	button.pressed.connect(pressed)
	row.add_child(button)
	if _ICONS.has(text):
		button.ready.connect(Door.shorten_to_icon.bind(button, _ICONS[text]))
	return button


func _fill(item: TreeItem, record: EvolveRunRecord) -> void:
	item.set_cell_mode(0, TreeItem.CELL_MODE_CHECK)
	item.set_editable(0, true)
	item.set_metadata(0, record)
	item.set_tooltip_text(0, record.path)
	var best := EvolvePlotAxis.figure(record.best) if record.generations > 0 else "–"
	var texts: PackedStringArray = [
		record.title(),
		record.date(),
		record.scene.get_file(),
		record.run_seed,
		str(record.generations),
		best,
	]
	for column in texts.size():
		item.set_text(column, texts[column])


# The ticked runs; without any, the one that is selected, by itself.
func _compare() -> void:
	var chosen := _ticked_paths()
	var selected := _selected()
	for button in _actions:
		button.disabled = selected == null
	if chosen.is_empty() and selected != null:
		chosen.append(selected.path)
	var histories: Dictionary[String, EvolveRunHistory] = {}
	for item in _items():
		var record: EvolveRunRecord = item.get_metadata(0)
		if record.path in chosen:
			histories[_free_name(record.title(), histories)] = _history_of(record)
	_plot.compare(histories)


func _history_of(record: EvolveRunRecord) -> EvolveRunHistory:
	if not _histories.has(record.path):
		_histories[record.path] = record.history()
	return _histories[record.path]


# Runs of two folders may have the same name.
func _free_name(title: String, histories: Dictionary[String, EvolveRunHistory]) -> String:
	var number := 1
	var name_of_run := title
	while histories.has(name_of_run):
		number += 1
		name_of_run = "%s (%d)" % [title, number]
	return name_of_run


func _items() -> Array[TreeItem]:
	if _list.get_root() == null:
		return []
	return _list.get_root().get_children()


func _ticked_paths() -> PackedStringArray:
	var paths := PackedStringArray()
	for item in _items():
		if item.is_checked(0):
			paths.append((item.get_metadata(0) as EvolveRunRecord).path)
	return paths


func _selected() -> EvolveRunRecord:
	var item := _list.get_selected()
	return item.get_metadata(0) as EvolveRunRecord if item != null else null


func _ask_for_folder() -> void:
	FileChooser.ask_for_folder(self, "Show the runs of a folder", _add_folder)


func _add_folder(folder: String) -> void:
	said.emit(_shelf.add_folder(folder))
	Door.remember(_FOLDERS, _shelf.folders)
	refresh()


func _open_folder() -> void:
	OS.shell_open(_selected().path)


func _ask_with(wanted: Signal) -> void:
	var file := _selected().champion_path()
	if file.is_empty():
		said.emit("%s has no champion yet." % _selected().title())
	else:
		wanted.emit(FileAccess.get_file_as_bytes(file), _selected().title())


func _ask_to_delete() -> void:
	var record := _selected()
	var dialog := ConfirmationDialog.new()
	dialog.title = "Delete a run"
	dialog.dialog_text = "Delete %s with its champion and its checkpoints?" % record.path
	dialog.ok_button_text = "Delete"
	dialog.confirmed.connect(
		func() -> void:
			said.emit(record.delete())
			refresh()
	)
	FileChooser.show_once(self, dialog)
