class_name EvolveSceneDigest
extends RefCounted
## One digest over a scene and everything it is made of: two workers with the same digest play the
## same scene. Never loads or runs anything that it hashes.
##
## Followed are the dependencies that resources declare, and in scripts the classes they name and
## the files whose path stands in them as text (Godot declares neither). Too much in it does no
## harm: a digest may only ever be too strict.

## Of a resource that is not there as it was written (an exported game), its stand-ins count.
const _COMPANIONS: PackedStringArray = ["", ".import", ".remap"]


## SHA-256 over the scene's files, 64 hexadecimal digits; empty when the scene is not there.
static func of(scene_path: String) -> String:
	if not ResourceLoader.exists(scene_path):
		return ""
	var context := HashingContext.new()
	context.start(HashingContext.HASH_SHA256)
	for path in files_of(scene_path):
		for companion in _COMPANIONS:
			if FileAccess.file_exists(path + companion):
				var digest := FileAccess.get_sha256(path + companion)
				context.update(("%s\n%s\n" % [path + companion, digest]).to_utf8_buffer())
	return context.finish().hex_encode()


## The scene and all it depends on, sorted.
static func files_of(scene_path: String) -> PackedStringArray:
	var classes := _class_paths()
	var seen: Dictionary[String, bool] = {}
	var waiting := PackedStringArray([scene_path])
	while not waiting.is_empty():
		var path := waiting[waiting.size() - 1]
		waiting.remove_at(waiting.size() - 1)
		if seen.has(path):
			continue
		seen[path] = true
		waiting.append_array(_dependencies(path))
		if path.get_extension() == "gd":
			waiting.append_array(_named_in_script(path, classes))
	var sorted := PackedStringArray(seen.keys())
	sorted.sort()
	return sorted


# Godot answers "path" or "uid://…::type::path"; a path may be stale where the uid is known.
static func _dependencies(path: String) -> PackedStringArray:
	var found := PackedStringArray()
	for dependency in ResourceLoader.get_dependencies(path):
		var last := dependency.get_slice("::", dependency.get_slice_count("::") - 1)
		var first := dependency.get_slice("::", 0)
		if first.begins_with("uid://") and ResourceUID.has_id(ResourceUID.text_to_id(first)):
			last = ResourceUID.get_id_path(ResourceUID.text_to_id(first))
		if last.begins_with("res://") or last.begins_with("user://"):
			found.append(last)
	return found


static func _named_in_script(
	path: String, classes: Dictionary[String, String]
) -> PackedStringArray:
	var source := FileAccess.get_file_as_string(path)
	var found := PackedStringArray()
	for word in RegEx.create_from_string("[A-Za-z_]\\w*").search_all(source):
		if classes.has(word.get_string()):
			found.append(classes[word.get_string()])
	for text in RegEx.create_from_string('"(res://[^"]+)"').search_all(source):
		if FileAccess.file_exists(text.get_string(1)):
			found.append(text.get_string(1))
	return found


static func _class_paths() -> Dictionary[String, String]:
	var paths: Dictionary[String, String] = {}
	for entry in ProjectSettings.get_global_class_list():
		paths[entry["class"]] = entry["path"]
	return paths
