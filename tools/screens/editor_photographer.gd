@tool
extends EditorPlugin
## Starts a headless training from the Evolve panel, presses Play, waits, and saves a picture of
## each of the panel's tabs.
##
## tools/screenshots puts it into a copy of the project and tells it in the environment what to do:
## EVOLVE_PICTURE_SCENE, EVOLVE_PICTURE_SECONDS and EVOLVE_PICTURE_FOLDER. Never runs in the project
## itself, whose settings the editor would rewrite.

const _PANEL_SCRIPTS := "res://addons/evolve/"
## Frames in which a layout comes to rest after a click.
const _SETTLED := 30
const _ATTEMPTS := 5


func _enter_tree() -> void:
	# The editor draws only when something changes; a picture wants the newest state.
	OS.low_processor_usage_mode = false
	_photograph()


func _photograph() -> void:
	await _frames(_SETTLED)
	while EditorInterface.get_resource_filesystem().is_scanning():
		await get_tree().process_frame
	var scene := OS.get_environment("EVOLVE_PICTURE_SCENE")
	await _open(scene)
	await _select_trainer()
	await _train_headless()
	EditorInterface.play_custom_scene(scene)
	await get_tree().create_timer(float(OS.get_environment("EVOLVE_PICTURE_SECONDS"))).timeout
	await _take_all()
	EditorInterface.stop_playing_scene()
	await _frames(_SETTLED)
	get_tree().quit(0)


# The editor may open the project's main scene a little later.
func _open(scene: String) -> void:
	for attempt in _ATTEMPTS:
		EditorInterface.open_scene_from_path(scene)
		EditorInterface.set_main_screen_editor("2D")
		await _frames(_SETTLED)
		var root := EditorInterface.get_edited_scene_root()
		if root != null and root.scene_file_path == scene:
			return
	printerr("picture: the scene %s does not open" % scene)
	get_tree().quit(1)


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
		await _frames(_SETTLED)
		_tick_all(tabs.get_tab_control(tab))
		await _take("panel-%s" % tabs.get_tab_title(tab).to_snake_case().replace("_", "-"))


# So that there is a second run to compare with, and something to see in its own tab.
func _train_headless() -> void:
	var panel := _panel()
	if panel == null:
		return
	make_bottom_panel_item_visible(panel)
	var tabs: TabContainer = panel.find_children("*", "TabContainer", true, false)[0]
	tabs.current_tab = tabs.get_tab_count() - 1
	await _frames(_SETTLED)
	var tab := tabs.get_current_tab_control()
	# The first number of the form; another seed gives another curve.
	var seeds: SpinBox = tab.find_children("*", "SpinBox", true, false)[0]
	seeds.value += 1
	for button: Button in tab.find_children("*", "Button", true, false):
		if button.text.begins_with("Start"):
			button.pressed.emit()
	tabs.current_tab = 0


func _tick_all(tab: Control) -> void:
	for list: Tree in tab.find_children("*", "Tree", true, false):
		if list.get_root() == null:
			continue
		for item in list.get_root().get_children():
			if item.get_cell_mode(0) == TreeItem.CELL_MODE_CHECK:
				item.set_checked(0, true)
				list.item_edited.emit()


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
	if trainers.is_empty():
		return
	var scene: PackedScene = trainers[0].get(&"agent_scene")
	var agent := scene.instantiate()
	# Above the panel, what somebody wrote for it: an empty scene says less.
	var script: Script = agent.get_script()
	var above := script.source_code.get_slice("func sense()", 0)
	EditorInterface.edit_script(script, above.count("\n") + 8)
	agent.free()
	EditorInterface.edit_node(trainers[0])
	await _frames(_SETTLED)
	EditorInterface.set_main_screen_editor("Script")


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
