@tool
class_name EvolveBrainSaver
extends ResourceFormatSaver
## Writes an [EvolveBrain] to a [code].evo[/code] file: the very bytes that it was read from.


func _recognize(resource: Resource) -> bool:
	return resource is EvolveBrain and not resource is EvolveRemoteBrain


func _get_recognized_extensions(resource: Resource) -> PackedStringArray:
	return ["evo"] if _recognize(resource) else []


func _save(resource: Resource, path: String, _flags: int) -> Error:
	var partial := path + ".partial"
	var file := FileAccess.open(partial, FileAccess.WRITE)
	if file == null:
		return FileAccess.get_open_error()
	var is_written := file.store_buffer((resource as EvolveBrain).data)
	file.close()
	return DirAccess.rename_absolute(partial, path) if is_written else ERR_FILE_CANT_WRITE
