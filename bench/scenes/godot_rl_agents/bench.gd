extends SceneTree
## Has Godot RL Agents drive a demo's scene, in a project of the bench's own that holds its plugin
## and ours: [code]godot --headless --fixed-fps 60 --path PROJECT --script
## res://bench/godot_rl_agents/bench.gd --port=11008 --action_repeat=1 -- --scene
## res://demos/NAME/NAME.tscn --agents 200[/code]. Started by client.py, which has the other end.

const Options := preload("../options.gd")
const Field := preload("field.gd")


func _initialize() -> void:
	# A script that does not compile would leave an engine that does nothing for ever.
	var script: GDScript = Field
	if not script.can_instantiate():
		quit(1)
		return
	root.add_child(Field.new(Options.new(OS.get_cmdline_user_args())))
