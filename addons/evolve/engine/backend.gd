class_name EvolveBackend
extends RefCounted
## What a run takes from whichever backend there is, the native library or the fallback in GDScript;
## the two give the same bits.
##
## Failures come back as [code]null[/code], false or an empty text, with the sentence in
## [method last_error] and nothing in the console: whoever calls says it better, with the node or
## file that it is about.

static var _has_announced := false


## A new run from a configuration in JSON; [code]null[/code] when the configuration is wrong, or
## wants what only the native library does.
static func create_evolution(config_json: String, run_seed: int) -> RefCounted:
	if _is_native():
		return EvolveNative.create_evolution(config_json, run_seed)
	announce_fallback()
	var loud := _mute()
	var evolution := EvolveFallbackEvolution.create(config_json, run_seed)
	Engine.print_error_messages = loud
	return evolution


## A run as it stood in a checkpoint, which either backend wrote; [code]null[/code] when the file
## cannot be read.
static func resume_evolution(path: String) -> RefCounted:
	if _is_native():
		return EvolveNative.resume_evolution(path)
	announce_fallback()
	var loud := _mute()
	var evolution := EvolveFallbackEvolution.resume(ProjectSettings.globalize_path(path))
	Engine.print_error_messages = loud
	return evolution


## Has a run write its checkpoint and returns the file's digest, empty on failure.
static func save(evolution: RefCounted, path: String) -> String:
	return EvolveNative.save(evolution, path)


## Writes a file that is there whole or not at all; false on failure.
static func write_file(path: String, data: PackedByteArray) -> bool:
	if _is_native():
		return EvolveNative.write_file(path, data)
	var problem := EvolveFallbackFile.write(ProjectSettings.globalize_path(path), data)
	if not problem.is_empty():
		EvolveFallbackRefusal.last = problem
	return problem.is_empty()


## What the last failed call of this class was about.
static func last_error() -> String:
	return EvolveNative.last_error() if _is_native() else EvolveFallbackRefusal.last


## What the last failed call of an evolution or a batch was about. Workers have native batches
## wherever they run.
static func error_of(refuser: RefCounted) -> String:
	if refuser is EvolveFallbackEvolution or refuser is EvolveFallbackWorkBatch:
		return EvolveFallbackRefusal.last
	return EvolveNative.last_error()


## Says, once in a game, that it trains without the native library.
static func announce_fallback() -> void:
	if _has_announced or EvolveNative.is_loaded():
		return
	_has_announced = true
	print(
		(
			(
				"Evolve: there is no native library for %s %s here; training runs in GDScript, to"
				+ " the same bits, but much slower."
			)
			% [OS.get_name(), Engine.get_architecture_name()]
		)
	)


static func _is_native() -> bool:
	return Evolve.backend() == &"native"


# Gives back whether errors were shown.
static func _mute() -> bool:
	var loud := Engine.print_error_messages
	Engine.print_error_messages = false
	return loud
