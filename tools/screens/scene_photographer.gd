extends SceneTree
## Plays a scene until there is something to see, and saves what its window shows as a picture.
##
## tools/screenshots starts it with [code]--script[/code] and tells it what to do behind
## [code]--[/code]: [code]scene=res://… picture=FILE generations=N ticks=N class=NAME[/code].
## Never presses a button and never changes the project.

## Ticks before the picture that are drawn, for what a scene draws only while it is seen.
const _DRAWN_TICKS := 10

## What lies behind a class that draws no ground of its own; the colour of the demos.
const _GROUND := Color(0.11, 0.12, 0.15)

var _options: Dictionary[String, String] = {}
var _generations_left := 0


func _initialize() -> void:
	for argument in OS.get_cmdline_user_args():
		_options[argument.get_slice("=", 0)] = argument.substr(argument.find("=") + 1)
	var error := change_scene_to_file(_options["scene"])
	if error != OK:
		_fail("the scene %s does not open (%s)" % [_options["scene"], error_string(error)])
		return
	_photograph()


func _photograph() -> void:
	await process_frame
	await process_frame
	var trainer := _trainer()
	# Nobody sees what comes before, and a processor draws it slower than it trains.
	RenderingServer.render_loop_enabled = false
	if trainer != null:
		await _train(trainer)
		_show_class(trainer)
	for tick in maxi(int(_options["ticks"]) - _DRAWN_TICKS, 0):
		await physics_frame
	RenderingServer.render_loop_enabled = true
	for tick in mini(int(_options["ticks"]), _DRAWN_TICKS):
		await physics_frame
	await RenderingServer.frame_post_draw
	var error := root.get_texture().get_image().save_png(_options["picture"])
	if error != OK:
		_fail("the picture %s cannot be saved (%s)" % [_options["picture"], error_string(error)])
		return
	quit(0)


func _trainer() -> Node:
	var found := root.find_children("*", "EvolveTrainer", true, false)
	return null if found.is_empty() else found[0]


func _train(trainer: Node) -> void:
	_generations_left = int(_options["generations"])
	trainer.connect(&"generation_finished", _count_generation)
	trainer.connect(&"training_finished", _finish)
	trainer.connect(&"training_failed", _fail)
	while _generations_left > 0:
		await physics_frame


func _count_generation(_report: Dictionary) -> void:
	_generations_left -= 1


func _finish(_champion_path: String) -> void:
	_generations_left = 0


# A class of the add-on that no demo shows by itself: it gets the window, and the champion.
func _show_class(trainer: Node) -> void:
	for entry in ProjectSettings.get_global_class_list():
		if entry["class"] == _options.get("class", ""):
			var path: String = entry["path"]
			var script: GDScript = load(path)
			var shown: Control = script.new()
			shown.set_anchors_preset(Control.PRESET_FULL_RECT)
			shown.set(&"brain", trainer.call(&"champion"))
			current_scene.queue_free()
			RenderingServer.set_default_clear_color(_GROUND)
			root.add_child(shown)


func _fail(reason: String) -> void:
	printerr("picture: %s" % reason)
	quit(1)
