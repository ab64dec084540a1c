@tool
extends EditorImportPlugin
## Makes an [EvolveBrain] of each [code].onnx[/code] file in the project that is a plain chain of
## layers; the others are refused with the operator that stands in the way.
##
## What is imported is the brain's own [code].evo[/code] file, so that games play it like any other.

const _EXTENSION := "evo"


func _get_importer_name() -> String:
	return "evolve.onnx"


func _get_visible_name() -> String:
	return "Evolve Brain"


func _get_recognized_extensions() -> PackedStringArray:
	return ["onnx"]


func _get_save_extension() -> String:
	return _EXTENSION


func _get_resource_type() -> String:
	return "Resource"


func _get_priority() -> float:
	return 1.0


func _get_import_order() -> int:
	return IMPORT_ORDER_DEFAULT


func _get_preset_count() -> int:
	return 0


func _get_import_options(_path: String, _preset_index: int) -> Array[Dictionary]:
	return []


func _get_option_visibility(_path: String, _option_name: StringName, _options: Dictionary) -> bool:
	return true


# The native library's errors are muted and asked for in turn, which only the main thread may do.
func _can_import_threaded() -> bool:
	return false


func _import(
	source_file: String,
	save_path: String,
	_options: Dictionary,
	_platform_variants: Array[String],
	_gen_files: Array[String]
) -> Error:
	if not EvolveNative.is_loaded():
		push_error(
			"Evolve: %s is not imported. %s" % [source_file, EvolveNative.missing_sentence()]
		)
		return ERR_UNCONFIGURED
	var model := FileAccess.get_file_as_bytes(source_file)
	if model.is_empty() and FileAccess.get_open_error() != OK:
		return FileAccess.get_open_error()
	var file := EvolveNative.policy_of_onnx(model)
	if file.is_empty():
		_refuse(source_file)
		return ERR_FILE_UNRECOGNIZED
	var brain := EvolveBrain.from_bytes(file)
	return ResourceSaver.save(brain, "%s.%s" % [save_path, _EXTENSION])


func _refuse(source_file: String) -> void:
	push_error(
		(
			(
				"Evolve: %s is no brain for games: %s. Where something else uses the file, choose Keep"
				+ " File in the Import dock."
			)
			% [source_file, EvolveNative.last_error()]
		)
	)
