@tool
extends EditorPlugin
## Presses Play in the editor, waits, and saves a picture of each tab of the Evolve panel.
##
## tools/screenshots puts it into a copy of the project and tells it in the environment what to do:
## EVOLVE_PICTURE_SCENE, EVOLVE_PICTURE_SECONDS and EVOLVE_PICTURE_FOLDER. Never runs in the project
## itself, whose settings the editor would rewrite.

const _PANEL_SCRIPTS := "res://addons/evolve/"
## Frames in which a layout comes to rest after a click.
const _SETTLED := 30


func _enter_tree() -> void:
	# The editor draws only when something changes; a picture wants the newest state.
	OS.low_processor_usage_mode = false
	_photograph()


func _photograph() -> void:
	await _frames(_SETTLED)
	while EditorInterface.get_resource_filesystem().is_scanning():
		await get_tree().process_frame
	var scene := OS.get_environment("EVOLVE_PICTURE_SCENE")
	EditorInterface.open_scene_from_path(scene)
	EditorInterface.set_main_screen_editor("2D")
	await _frames(_SETTLED)
	_select_trainer()
	EditorInterface.play_custom_scene(scene)
	await get_tree().create_timer(float(OS.get_environment("EVOLVE_PICTURE_SECONDS"))).timeout
	await _take_all()
	EditorInterface.stop_playing_scene()
	await _frames(_SETTLED)
	get_tree().quit(0)


func _take_all() -> void:
	var panel := _panel()
	if panel == null:
		await _take("editor")
		return
	make_bottom_panel_item_visible(panel)
	var containers := panel.find_children("*", "TabContainer", true, false)
	if containers.is_empty():
		await _take("panel")
		return
	var tabs: TabContainer = containers[0]
	for tab in tabs.get_tab_count():
		# A tab is hidden where the run has nothing for it.
		if tabs.is_tab_hidden(tab):
			continue
		tabs.current_tab = tab
		await _take("panel-%s" % tabs.get_tab_title(tab).to_snake_case().replace("_", "-"))


func _take(picture: String) -> void:
	await _frames(_SETTLED)
	await RenderingServer.frame_post_draw
	var image := EditorInterface.get_base_control().get_viewport().get_texture().get_image()
	var path := OS.get_environment("EVOLVE_PICTURE_FOLDER").path_join(picture + ".png")
	var error := image.save_png(path)
	if error != OK:
		printerr("picture: %s cannot be saved (%s)" % [path, error_string(error)])


func _select_trainer() -> void:
	var root := EditorInterface.get_edited_scene_root()
	var trainers := root.find_children("*", "EvolveTrainer", true, false)
	if not trainers.is_empty():
		EditorInterface.edit_node(trainers[0])


# The outermost control that a script of the add-on made, wherever in the editor it was put.
func _panel() -> Control:
	var waiting: Array[Node] = [EditorInterface.get_base_control()]
	while not waiting.is_empty():
		var node: Node = waiting.pop_front()
		var script: Script = node.get_script()
		if node is Control and script != null and script.resource_path.begins_with(_PANEL_SCRIPTS):
			return node
		waiting.append_array(node.get_children(true))
	return null


func _frames(count: int) -> void:
	for frame in count:
		await get_tree().process_frame
