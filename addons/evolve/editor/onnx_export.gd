@tool
class_name EvolveOnnxExport
extends RefCounted
## Has the orchestrator write a champion as an ONNX file: [code]evolve export CHAMPION OUT[/code].
## ONNX is its business, since it needs Python's library; here are only the command and its answer.

# What the engine says of a program that is not there, and the exit code by which a shell says it.
const _NOT_CREATED := "Could not create child process"
const _NOT_FOUND := 127

## The process.
var process := EvolveChildProcess.new()

var _command := ""
var _target := ""


## Starts to write a champion's file as an ONNX file.
func start(command: String, champion: String, target: String) -> void:
	_command = command
	_target = target
	process.start(
		command,
		["export", ProjectSettings.globalize_path(champion), ProjectSettings.globalize_path(target)]
	)


## Has the editor keep a file of the project as it is: a champion's model is for other programs, and
## importing it as a brain would be an error.
static func keep(path: String) -> void:
	var place := ProjectSettings.localize_path(path)
	var settings := "%s.import" % place
	if not place.begins_with("res://") or FileAccess.file_exists(settings):
		return
	var file := FileAccess.open(settings, FileAccess.WRITE)
	if file != null:
		file.store_string('[remap]\n\nimporter="keep"\n')


## How it went, one sentence; empty as long as it runs.
func sentence() -> String:
	if process.is_running():
		return ""
	if process.exit_code == 0:
		return "%s is written." % _target
	var said := "\n".join(process.lines)
	if process.exit_code in [-1, _NOT_FOUND] or said.contains(_NOT_CREATED):
		return (
			(
				"There is no command '%s' here. ONNX files are written by the orchestrator: install it"
				+ " with 'pip install evolve', or name its command under Evolve in the editor's"
				+ " settings."
			)
			% _command
		)
	return "'%s export' failed with exit code %d: %s" % [_command, process.exit_code, said]
