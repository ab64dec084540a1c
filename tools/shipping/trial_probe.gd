extends SceneTree
## Uses the add-on once in a project that has nothing else: every script loads, a network thinks.
##
## Run by tools/package; the line "trial passed" is what it looks for.


func _initialize() -> void:
	_load_scripts("res://addons/evolve")
	if not ClassDB.class_exists(&"RustNeatGenome"):
		printerr("ERROR: the native library did not load")
	print("trial passed")
	quit()


func _load_scripts(folder: String) -> void:
	for name in DirAccess.get_files_at(folder):
		if name.ends_with(".gd"):
			var script: Script = load(folder.path_join(name))
			if script == null:
				printerr("ERROR: %s does not load" % folder.path_join(name))
	for name in DirAccess.get_directories_at(folder):
		_load_scripts(folder.path_join(name))
