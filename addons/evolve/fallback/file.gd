class_name EvolveFallbackFile
extends RefCounted
## Writes files that are there whole or not at all, without the native library: under a temporary
## name first, then renamed. Unlike the library it cannot wait for the disk: after a crash of the
## machine, not of the program, the newest file may be missing or empty.


## Writes a file; a sentence when it cannot, empty when it did.
static func write(path: String, data: PackedByteArray) -> String:
	var partial := path + ".part"
	var file := FileAccess.open(partial, FileAccess.WRITE)
	if file == null:
		return "cannot write %s: %s" % [path, error_string(FileAccess.get_open_error())]
	var is_written := file.store_buffer(data)
	file.close()
	if is_written and DirAccess.rename_absolute(partial, path) == OK:
		return ""
	DirAccess.remove_absolute(partial)
	return "cannot write %s: the disk may be full, or the folder protected" % path
