@tool
class_name EvolveBrainLoader
extends ResourceFormatLoader
## Opens [code].evo[/code] files as [EvolveBrain]; never changes or converts one.
##
## The engine itself registers loaders that have a class name: in the editor, in headless runs and
## in exported games, without an autoload. Because of this loader the exporter takes the files
## along.


func _get_recognized_extensions() -> PackedStringArray:
	return ["evo"]


func _handles_type(type: StringName) -> bool:
	return type == &"Resource"


func _get_resource_type(path: String) -> String:
	return "Resource" if path.get_extension().to_lower() == "evo" else ""


func _get_resource_script_class(path: String) -> String:
	return "EvolveBrain" if path.get_extension().to_lower() == "evo" else ""


func _load(
	path: String, original_path: String, _use_sub_threads: bool, _cache_mode: int
) -> Variant:
	var bytes := FileAccess.get_file_as_bytes(path)
	if bytes.is_empty():
		var reason := error_string(FileAccess.get_open_error())
		push_error("Evolve: %s cannot be read: %s." % [original_path, reason])
		return ERR_FILE_CANT_READ
	var brain := EvolveBrain.new()
	brain.data = bytes
	if brain.problem().is_empty():
		return brain
	push_error("Evolve: %s is no champion: %s." % [original_path, brain.problem()])
	return ERR_FILE_CORRUPT
