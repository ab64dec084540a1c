class_name EvolveArenaView
extends CanvasLayer
## Shows isolated arenas side by side, behind everything else in the window.
##
## An [EvolveTrainer] makes one where there is a window. An arena is shown from its first tick to
## its last; then the next one that is built takes its cell. With one arena, a point of it is seen
## where it would be if the scene were played by itself. Only looks: training is the same without
## it.

const _BEHIND_ALL := -128
const _GAP := 4

var _grid := GridContainer.new()
# What each cell of the grid shows; null for a cell that is free.
var _viewports: Array[SubViewport] = []


## A view of so many arenas at a time.
func _init(count: int) -> void:
	name = "ArenaView"
	layer = _BEHIND_ALL
	_viewports.resize(count)
	_grid.columns = ceili(sqrt(count))
	_grid.mouse_filter = Control.MOUSE_FILTER_IGNORE
	_grid.set_anchors_preset(Control.PRESET_FULL_RECT)
	for direction: StringName in [&"h_separation", &"v_separation"]:
		_grid.add_theme_constant_override(direction, _GAP)
	add_child(_grid)
	for place in count:
		_grid.add_child(_make_cell(place))


## Shows an arena, if there is a free cell.
func show_arena(viewport: SubViewport) -> void:
	for place in _viewports.size():
		var shown := _viewports[place]
		if shown == null or shown.is_queued_for_deletion():
			_viewports[place] = viewport
			viewport.render_target_update_mode = SubViewport.UPDATE_ALWAYS
			viewport.tree_exiting.connect(_forget.bind(viewport))
			_cell(place).texture = viewport.get_texture()
			_fit(place)
			return


func _make_cell(place: int) -> TextureRect:
	var cell := TextureRect.new()
	cell.expand_mode = TextureRect.EXPAND_IGNORE_SIZE
	cell.stretch_mode = TextureRect.STRETCH_KEEP_ASPECT_CENTERED
	cell.size_flags_horizontal = Control.SIZE_EXPAND_FILL
	cell.size_flags_vertical = Control.SIZE_EXPAND_FILL
	cell.mouse_filter = Control.MOUSE_FILTER_IGNORE
	cell.resized.connect(_fit.bind(place))
	return cell


func _cell(place: int) -> TextureRect:
	return _grid.get_child(place) as TextureRect


# As many pixels as the cell has on the screen: fewer are blurred, more cost time.
func _fit(place: int) -> void:
	var viewport := _viewports[place]
	if viewport == null or not is_inside_tree():
		return
	var whole := Vector2(viewport.size_2d_override)
	var pixels := _cell(place).size * get_viewport().get_screen_transform().get_scale().abs()
	var scale_to_cell := minf(pixels.x / whole.x, pixels.y / whole.y)
	viewport.size = Vector2i((whole * scale_to_cell).ceil()).maxi(2)


# A texture of a viewport that is gone cannot be drawn.
func _forget(viewport: SubViewport) -> void:
	var place := _viewports.find(viewport)
	if place >= 0:
		_viewports[place] = null
		_cell(place).texture = null
