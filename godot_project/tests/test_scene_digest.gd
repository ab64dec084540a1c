extends EvolveTest
## The digest over a scene and all it is made of.

const XOR := "res://demos/xor/xor.tscn"


func test_a_digest_has_64_digits_and_comes_out_the_same_twice() -> void:
	var digest := EvolveSceneDigest.of(XOR)
	check_equal(digest.length(), 64)
	check_equal(EvolveSceneDigest.of(XOR), digest)


func test_a_scene_that_is_not_there_has_none() -> void:
	check_equal(EvolveSceneDigest.of("res://missing.tscn"), "")


func test_scripts_and_scenes_below_belong_to_a_scene() -> void:
	var files := EvolveSceneDigest.files_of(XOR)
	for path: String in [
		XOR,
		"res://demos/xor/xor_agent.tscn",
		"res://demos/xor/xor_agent.gd",
		"res://addons/evolve/nodes/evolve_agent.gd",
		"res://addons/evolve/nodes/evolve_trainer.gd",
		"res://addons/evolve/engine/episode_runner.gd",
	]:
		check(files.has(path), path)
	var sorted := files.duplicate()
	sorted.sort()
	check_equal(files, sorted, "order")


func test_every_file_counts() -> void:
	var folder := "user://digest_test"
	DirAccess.make_dir_recursive_absolute(folder)
	var script_path := folder.path_join("part.gd")
	var scene_path := folder.path_join("whole.tscn")
	_write(script_path, "extends Node\n")
	var root := Node.new()
	root.set_script(load(script_path))
	var scene := PackedScene.new()
	scene.pack(root)
	root.free()
	check_equal(ResourceSaver.save(scene, scene_path), OK, "saving")
	var before := EvolveSceneDigest.of(scene_path)
	_write(script_path, "extends Node\n# changed\n")
	check_different(EvolveSceneDigest.of(scene_path), before, "digest after a change")
	_write(script_path, "extends Node\n")
	check_equal(EvolveSceneDigest.of(scene_path), before, "digest after the change was undone")
	for name in DirAccess.get_files_at(folder):
		DirAccess.remove_absolute(folder.path_join(name))
	DirAccess.remove_absolute(folder)


func _write(path: String, text: String) -> void:
	FileAccess.open(path, FileAccess.WRITE).store_string(text)
