extends SceneTree
## Trains a demo as Play does, headless, and told by a clock what its link to the editor's panel
## takes: [code]godot --headless --fixed-fps 60 --remote-debug tcp://127.0.0.1:PORT --path
## godot_project --script bench/scenes/panel.gd -- --scene res://demos/NAME/NAME.tscn --agents 200
## --warm-up 5 --laps 20[/code], where something listens at the port. A lap is a generation. Prints
## a line of JSON, and that it is done. Run by [code]tools/bench scenes[/code].

const Options := preload("options.gd")
const Session := preload("panel_session.gd")


# An error in _init would hang the engine, so everything begins here.
func _initialize() -> void:
	# A script that does not compile would leave an engine that does nothing for ever.
	var script: GDScript = Session
	if not script.can_instantiate():
		quit(1)
		return
	root.add_child(Session.new(Options.new(OS.get_cmdline_user_args())))
