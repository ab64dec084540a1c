@tool
extends "live_tab.gd"
## The species of a run: their sizes as stacked areas, and those of the latest generation in a list.

const Door := preload("editor_door.gd")

const _TITLES: PackedStringArray = ["Species", "Size", "Best", "Mean"]
const _SWATCH := 10

var _plot := EvolvePlot.new()
var _list := Tree.new()
# Squares of the colours, by the keys of their species.
var _swatches: Dictionary[int, Texture2D] = {}


func _init() -> void:
	name = "Species"
	_plot.mode = EvolvePlot.Mode.SPECIES
	_plot.size_flags_horizontal = SIZE_EXPAND_FILL
	_plot.size_flags_stretch_ratio = 2.0
	_list.size_flags_horizontal = SIZE_EXPAND_FILL
	_list.columns = _TITLES.size()
	_list.column_titles_visible = true
	_list.hide_root = true
	_list.select_mode = Tree.SELECT_ROW
	for column in _TITLES.size():
		_list.set_column_title(column, _TITLES[column])
		if column > 0:
			_list.set_column_expand_ratio(column, 1)
			_list.set_column_title_alignment(column, HORIZONTAL_ALIGNMENT_RIGHT)
	_list.set_column_title_alignment(0, HORIZONTAL_ALIGNMENT_LEFT)
	_list.set_column_expand_ratio(0, 2)
	var split := HSplitContainer.new()
	split.add_child(_plot)
	split.add_child(_list)
	add_child(split)
	_plot.species_pressed.connect(_select)


func _notification(what: int) -> void:
	if what == NOTIFICATION_THEME_CHANGED:
		_swatches.clear()
		_stale[&"generations"] = true


func _update(part: StringName) -> void:
	if part != &"generations":
		return
	_plot.show_history(run.history)
	var chosen := _list.get_selected()
	var key: int = chosen.get_metadata(0)["key"] if chosen != null else -1
	_list.clear()
	var root := _list.create_item()
	for row in run.species_rows():
		_fill(_list.create_item(root), row)
		if row["key"] == key:
			root.get_child(-1).select(0)


func _fill(item: TreeItem, row: Dictionary) -> void:
	var texts := PackedStringArray([_title(row), str(row["size"])])
	for figure: String in ["best", "mean"]:
		texts.append(EvolvePlotAxis.figure(float(row.get(figure, NAN))))
	for column in texts.size():
		item.set_text(column, texts[column])
		if column > 0:
			item.set_text_alignment(column, HORIZONTAL_ALIGNMENT_RIGHT)
	item.set_icon(0, _swatch(row["key"] as int))
	item.set_metadata(0, row)


func _title(row: Dictionary) -> String:
	if run.populations.size() < 2:
		return str(row["id"])
	return "%s %d" % [row["population"], row["id"]]


func _swatch(key: int) -> Texture2D:
	if not _swatches.has(key):
		var side := int(Door.scaled(_SWATCH))
		var image := Image.create_empty(side, side, false, Image.FORMAT_RGBA8)
		image.fill(EvolvePlotLook.of(self).species(key))
		_swatches[key] = ImageTexture.create_from_image(image)
	return _swatches[key]


func _select(id: int, population: String) -> void:
	for item in _list.get_root().get_children():
		var row: Dictionary = item.get_metadata(0)
		if row["id"] == id and str(row.get("population", "main")) == population:
			item.select(0)
			_list.scroll_to_item(item)
