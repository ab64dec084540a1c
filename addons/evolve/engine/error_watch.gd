class_name EvolveErrorWatch
extends RefCounted
## Remembers errors and warnings that the engine reports, so that a run can end on them.
##
## A script error only aborts the function it happens in: the run would go on with wrong scores and
## leave with exit code 0. From Godot 4.5 a [Logger] sees such errors; 4.4 has none, so there this
## watch never sees anything, and the outer program has to read the console. Never prints.

## An error in a script.
const SCRIPT := &"script"
## Any other error.
const ERROR := &"error"
## A warning.
const WARNING := &"warning"

## Compiled at run time: [code]extends Logger[/code] would not parse in Godot 4.4.
const _LOGGER_SOURCE := """
extends Logger

var mutex: Mutex = Mutex.new()
var entries: Array[Dictionary] = []

func _log_error(
	function: String, file: String, line: int, code: String, rationale: String,
	_editor_notify: bool, error_type: int, backtraces: Array[ScriptBacktrace]
) -> void:
	var kind: StringName = [&"error", &"warning", &"script", &"error"][clampi(error_type, 0, 3)]
	var place: String = "%s:%d in %s" % [file, line, function]
	if not file.begins_with("res://"):
		for backtrace: ScriptBacktrace in backtraces:
			if not backtrace.is_empty():
				place = "%s:%d" % [backtrace.get_frame_file(0), backtrace.get_frame_line(0)]
				break
	mutex.lock()
	entries.append({"kind": kind, "text": rationale if rationale else code, "place": place})
	mutex.unlock()
"""

var _logger: Object = null


## Begins to listen; [code]false[/code] where the engine has no [Logger].
func start() -> bool:
	if not ClassDB.class_exists(&"Logger") or not OS.has_method(&"add_logger"):
		return false
	var script := GDScript.new()
	script.source_code = _LOGGER_SOURCE
	if script.reload() != OK:
		return false
	_logger = script.new()
	OS.call(&"add_logger", _logger)
	return true


## Stops listening.
func stop() -> void:
	if _logger != null:
		OS.call(&"remove_logger", _logger)
		_logger = null


## What was reported since the last call: dictionaries of kind, text and place.
func take() -> Array[Dictionary]:
	var taken: Array[Dictionary] = []
	# Asked every tick, nearly always empty: look before locking.
	if _logger == null or (_logger.get(&"entries") as Array).is_empty():
		return taken
	var mutex: Mutex = _logger.get(&"mutex")
	mutex.lock()
	taken.assign(_logger.get(&"entries"))
	(_logger.get(&"entries") as Array).clear()
	mutex.unlock()
	return taken


## The first script error since the last call, as one sentence; empty when there is none.
func take_script_error() -> String:
	for entry in take():
		if entry["kind"] == SCRIPT:
			return "script error at %s: %s" % [entry["place"], entry["text"]]
	return ""
