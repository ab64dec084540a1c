extends Node
## The add-on's autoload: answers [code]--evolve-*[/code] switches that no scene would answer.
##
## A trainer reads the switches itself. Without one the game would just run, headless and for ever,
## and whoever waits for a champion would never know why. Where nothing is asked for, this node
## leaves at once; an exported game that does not listen to the switches is left alone.

const _EXIT_USAGE := 2


func _ready() -> void:
	var line := EvolveCommandLine.new()
	if EvolveSettings.training_allowed():
		line = EvolveCommandLine.parse(OS.get_cmdline_user_args())
	if line.mode == EvolveCommandLine.Mode.PLAY and line.error.is_empty():
		queue_free()
		return
	# The first scene comes after the autoloads; a trainer fails in its own words.
	await get_tree().process_frame
	await get_tree().process_frame
	if get_tree().get_nodes_in_group(EvolveConductor.GROUP).is_empty():
		printerr("evolve: %s" % _sentence(line))
		get_tree().quit(_EXIT_USAGE)
	queue_free()


func _sentence(line: EvolveCommandLine) -> String:
	if not line.error.is_empty():
		return line.error
	var scene := get_tree().current_scene
	if scene == null:
		return "no scene runs, so nothing is trained; name a scene that has an EvolveTrainer."
	return (
		"%s has no EvolveTrainer, so nothing is trained; add one, or name another scene."
		% scene.scene_file_path
	)
