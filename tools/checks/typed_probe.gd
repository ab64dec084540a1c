extends SceneTree
## Loads every script named in a list, so that the engine says what is wrong with each.


func _initialize() -> void:
	var scripts: PackedStringArray = FileAccess.get_file_as_string("res://scripts.txt").split("\n", false)
	for path: String in scripts:
		if load(path) == null:
			print("unloadable: ", path)
	print("checked %d scripts" % scripts.size())
	quit()
