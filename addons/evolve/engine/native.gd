@tool
class_name EvolveNative
extends RefCounted
## The one place that names the classes of the native library; never keeps an object of theirs.
##
## Scripts that name a missing class do not even parse, so everything goes through [ClassDB]. What
## comes back is typed as [RefCounted] and called by name. Failures come back as [code]null[/code]
## with the sentence in [method last_error]; the library's own console output is muted meanwhile,
## since whoever calls says it better, with the node or file that it is about.

const _EVOLUTION := &"RustEvolution"
const _BATCH := &"RustWorkBatch"
const _GENOME := &"RustNeatGenome"
const _ENGINE := &"RustEngine"
const _POLICY := &"RustPolicy"


## Whether the native library is loaded.
static func is_loaded() -> bool:
	return ClassDB.class_exists(_EVOLUTION)


## What to tell a person who has no native library.
static func missing_sentence() -> String:
	return (
		(
			"Evolve's native library is not loaded: no file in res://addons/evolve/bin fits %s %s;"
			+ " build it with tools/evolve, or take the add-on from a release."
		)
		% [OS.get_name(), Engine.get_architecture_name()]
	)


## The library's version, empty without the library.
static func library_version() -> String:
	if not ClassDB.class_exists(_ENGINE):
		return ""
	return str(ClassDB.class_call_static(_ENGINE, &"version"))


## What the last failed call of this class was about.
static func last_error() -> String:
	if not is_loaded():
		return missing_sentence()
	return str(ClassDB.class_call_static(_ENGINE, &"last_error"))


## A new run from a configuration in JSON; [code]null[/code] when the configuration is wrong.
static func create_evolution(config_json: String, run_seed: int) -> RefCounted:
	return _quietly(_EVOLUTION, &"create", [config_json, run_seed])


## A run as it stood in a checkpoint; [code]null[/code] when the file cannot be read.
static func resume_evolution(path: String) -> RefCounted:
	return _quietly(_EVOLUTION, &"resume", [ProjectSettings.globalize_path(path)])


## Work units from a [code]genomes[/code] frame; [code]null[/code] when it does not decode.
static func batch_from_bytes(data: PackedByteArray) -> RefCounted:
	return _quietly(_BATCH, &"from_bytes", [data])


## A genome with no hidden node; [code]null[/code] when a count is out of range.
static func create_genome(input_count: int, output_count: int, genome_seed: int) -> RefCounted:
	return _quietly(_GENOME, &"create", [input_count, output_count, genome_seed])


## The bytes of a policy's file from those of an ONNX model; empty when it cannot be imported.
static func policy_of_onnx(model: PackedByteArray) -> PackedByteArray:
	var loud := Engine.print_error_messages
	Engine.print_error_messages = false
	var file: PackedByteArray = ClassDB.class_call_static(_POLICY, &"file_of_onnx", model)
	Engine.print_error_messages = loud
	return file


## What is wrong with a configuration in JSON, as a part of a sentence; empty when nothing is.
static func config_problem(config_json: String) -> String:
	return "" if create_evolution(config_json, 0) != null else last_error()


## Has a run write its checkpoint and returns the file's digest, empty on failure.
static func save(evolution: RefCounted, path: String) -> String:
	var loud := Engine.print_error_messages
	Engine.print_error_messages = false
	var digest := str(evolution.call(&"save", ProjectSettings.globalize_path(path)))
	Engine.print_error_messages = loud
	return digest


## Writes a file that is there whole or not at all; false on failure.
static func write_file(path: String, data: PackedByteArray) -> bool:
	var loud := Engine.print_error_messages
	Engine.print_error_messages = false
	var is_written: bool = ClassDB.class_call_static(
		_ENGINE, &"write_file", ProjectSettings.globalize_path(path), data
	)
	Engine.print_error_messages = loud
	return is_written


## What a static method of a native class gives. Refusals stay in the console: the library names the
## call.
static func make(native_class: StringName, method: StringName, arguments: Array) -> RefCounted:
	var static_call := Callable(ClassDB, &"class_call_static").bindv(arguments)
	return static_call.call(native_class, method) as RefCounted


static func _quietly(native_class: StringName, method: StringName, arguments: Array) -> RefCounted:
	if not ClassDB.class_exists(native_class):
		return null
	var loud := Engine.print_error_messages
	Engine.print_error_messages = false
	var made := make(native_class, method, arguments)
	Engine.print_error_messages = loud
	return made
