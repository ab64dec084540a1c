extends EvolveTest
## The published files and frames of spec/vectors, read by the engine's door.


func test_every_published_frame_of_units_is_read_or_refused_as_published() -> void:
	if skip_without_native():
		return
	var count := 0
	for entry: Vector in _vectors("genomes"):
		var batch := EvolveNative.batch_from_bytes(FileAccess.get_file_as_bytes(entry.path))
		check_equal(batch != null, entry.is_valid, "%s is read" % entry.name)
		count += 1
	check(count > 10, "%d frames of units were tried" % count)


func test_every_published_checkpoint_is_resumed_or_refused_as_published() -> void:
	if skip_without_native():
		return
	for entry: Vector in _vectors("checkpoint"):
		var evolution := EvolveNative.resume_evolution(entry.path)
		check_equal(evolution != null, entry.is_valid, "%s is resumed" % entry.name)


func test_a_resumed_checkpoint_is_saved_to_the_published_bytes() -> void:
	if skip_without_native():
		return
	for entry: Vector in _vectors("checkpoint"):
		if not entry.is_valid:
			continue
		var saved := make_folder().path_join("saved.evolve")
		EvolveNative.save(EvolveNative.resume_evolution(entry.path), saved)
		var written := FileAccess.get_file_as_bytes(saved)
		check_equal(written, entry.bytes_of_this_version(), "bytes of %s" % entry.name)


func test_the_fallback_saves_the_published_checkpoints_to_the_same_bytes() -> void:
	var saved := make_folder().path_join("saved.evolve")
	for entry: Vector in _vectors("checkpoint"):
		# With MAP-Elites, and with novelty.
		var needs_library := entry.name.contains("checkpoint_")
		if needs_library or not entry.is_valid:
			expect_error("EvolveFallbackEvolution.resume: %s: " % entry.path)
		var evolution := EvolveFallbackEvolution.resume(entry.path)
		check_equal(evolution != null, entry.is_valid and not needs_library, entry.name)
		if evolution != null:
			evolution.save(saved)
			var written := FileAccess.get_file_as_bytes(saved)
			check_equal(written, entry.bytes_of_this_version(), entry.name)


func _vectors(decoder: String) -> Array[Vector]:
	var folder := ProjectSettings.globalize_path("res://").path_join("../spec/vectors")
	var index: Dictionary = JSON.parse_string(
		FileAccess.get_file_as_string(folder.path_join("index.json"))
	)
	var found: Array[Vector] = []
	for name: String in index:
		var entry: Dictionary = index[name]
		if entry["decoder"] == decoder:
			found.append(Vector.new(folder, name))
	return found


class Vector:
	extends RefCounted
	## One published file.
	var path: String
	var name: String
	var is_valid: bool

	func _init(folder: String, vector_name: String) -> void:
		name = vector_name
		path = folder.path_join(vector_name)
		is_valid = vector_name.begins_with("valid/")

	## What this version writes of the same content.
	func bytes_of_this_version() -> PackedByteArray:
		return FileAccess.get_file_as_bytes(path.replace("/version_1_", "/"))
