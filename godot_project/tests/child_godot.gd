class_name EvolveChildGodot
extends RefCounted
## Runs this very engine once more, headless, with other arguments, and waits for it to end.
## Never outlives its time limit.

## The exit code; -1 while it runs, and when it had to be ended.
var exit_code := -1
## What it printed so far, errors included.
var output := ""

var _pipe: Dictionary = {}
var _deadline := 0


## Starts this project's engine with arguments; it gets so many seconds at most.
static func start(arguments: PackedStringArray, seconds: float = 60.0) -> EvolveChildGodot:
	var project := ProjectSettings.globalize_path("res://")
	var all := PackedStringArray(["--path", project]) + arguments
	return start_program(OS.get_executable_path(), all, seconds)


## Starts another program of the engine's kind, like an exported game.
static func start_program(
	program: String, arguments: PackedStringArray, seconds: float = 60.0
) -> EvolveChildGodot:
	var child := EvolveChildGodot.new()
	var all := PackedStringArray(["--headless", "--fixed-fps", "60"]) + arguments
	child._deadline = Time.get_ticks_msec() + int(seconds * 1000.0)
	child._pipe = OS.execute_with_pipe(program, all, false)
	if child._pipe.is_empty():
		child.output = "%s cannot be started" % program
	return child


## Runs this project's engine and waits for its end.
static func run(arguments: PackedStringArray, seconds: float = 60.0) -> EvolveChildGodot:
	return start(arguments, seconds).finished()


## Waits for its end.
func finished() -> EvolveChildGodot:
	while is_running():
		OS.delay_msec(5)
	return self


## Whether it is still alive. Ask often: asking also reads what it printed, and ends it when its
## time is up.
func is_running() -> bool:
	if _pipe.is_empty():
		return false
	var process: int = _pipe["pid"]
	var is_alive := OS.is_process_running(process)
	_read()
	if is_alive and Time.get_ticks_msec() > _deadline:
		OS.kill(process)
		output += "\nended after its time limit"
		_pipe = {}
	elif not is_alive:
		exit_code = OS.get_process_exit_code(process)
		_pipe = {}
	return not _pipe.is_empty()


## The lines that begin with a word, without that word.
func lines_after(word: String) -> PackedStringArray:
	var found := PackedStringArray()
	for line in output.split("\n"):
		if line.begins_with(word + " "):
			found.append(line.trim_prefix(word + " "))
	return found


func _read() -> void:
	for key: String in ["stdio", "stderr"]:
		var stream: FileAccess = _pipe[key]
		var bytes := stream.get_buffer(65_536)
		while not bytes.is_empty():
			output += bytes.get_string_from_utf8()
			bytes = stream.get_buffer(65_536)
