extends SceneTree
## Measures the scenes of demos in a headless engine, and prints a line of JSON for each lap, and
## that it is done: [code]godot --headless --fixed-fps 60 --path godot_project --script
## bench/scenes/bench.gd -- --scene res://demos/NAME/NAME.tscn --agents 200 --warm-up 10 --laps
## 5[/code]. Run by [code]tools/bench scenes[/code].

const Options := preload("options.gd")
const Session := preload("session.gd")


# An error in _init would hang the engine, so everything begins here.
func _initialize() -> void:
	# A script that does not compile would leave an engine that does nothing for ever.
	var script: GDScript = Session
	if not script.can_instantiate():
		quit(1)
		return
	root.add_child(Session.new(Options.new(OS.get_cmdline_user_args())))
