@tool
class_name EvolveChildProcess
extends RefCounted
## A program that the editor started: what it prints, line by line, and how it ended. It is read
## when [method poll] is called and never waited for.

## Lines kept; the oldest are forgotten.
const LINES_KEPT := 2000

const _CHUNK := 65_536

## What it printed, errors included.
var lines := PackedStringArray()
## Its exit code; -1 as long as there is none.
var exit_code := -1
## Whether it was ended from here.
var was_stopped := false

var _pipe: Dictionary = {}
# What it printed of a line that is not whole yet, by stream.
var _rests: Dictionary[String, PackedByteArray] = {"stdio": [], "stderr": []}


## Starts a program; false when the system refuses.
func start(program: String, arguments: PackedStringArray) -> bool:
	_pipe = OS.execute_with_pipe(program, arguments, false)
	return not _pipe.is_empty()


## Whether it runs.
func is_running() -> bool:
	return not _pipe.is_empty()


## Its process id, -1 when it does not run.
func process_id() -> int:
	return _pipe.get("pid", -1)


## Reads what it printed, and whether it has ended. Gives whether anything is different now.
func poll() -> bool:
	if _pipe.is_empty():
		return false
	# Asked first: what was printed before the end is read below.
	var is_alive := OS.is_process_running(process_id())
	var is_different := _read()
	if not is_alive:
		exit_code = OS.get_process_exit_code(process_id())
		_end()
	return is_different or not is_alive


## Ends it at once.
func stop() -> void:
	if _pipe.is_empty():
		return
	OS.kill(process_id())
	was_stopped = true
	_read()
	_end()


func _read() -> bool:
	var is_different := false
	for key in _rests:
		var stream: FileAccess = _pipe[key]
		var bytes := stream.get_buffer(_CHUNK)
		while not bytes.is_empty():
			_rests[key].append_array(bytes)
			is_different = true
			bytes = stream.get_buffer(_CHUNK)
		_take_lines(key)
	return is_different


func _take_lines(key: String) -> void:
	var end := _rests[key].rfind(10)
	if end < 0:
		return
	lines.append_array(_rests[key].slice(0, end).get_string_from_utf8().split("\n"))
	_rests[key] = _rests[key].slice(end + 1)
	if lines.size() > LINES_KEPT:
		lines = lines.slice(lines.size() - LINES_KEPT)


func _end() -> void:
	for key in _rests:
		if not _rests[key].is_empty():
			lines.append(_rests[key].get_string_from_utf8())
		_rests[key] = PackedByteArray()
	_pipe = {}
