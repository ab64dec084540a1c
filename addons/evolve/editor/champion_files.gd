@tool
extends Node
## Writes champions where a person wants them: as [code].evo[/code] files, or as ONNX with the help
## of the orchestrator.

## Something is to be said, one sentence.
signal said(sentence: String)

const Door := preload("editor_door.gd")
const FileChooser := preload("file_chooser.gd")

var _export: EvolveOnnxExport = null
# The exported champion's file, until the export is done.
var _scratch: DirAccess = null


# The engine turns processing on for every node that has a _process().
func _ready() -> void:
	set_process(_export != null)


func _process(_delta: float) -> void:
	_export.process.poll()
	if not _export.sentence().is_empty():
		said.emit(_export.sentence())
		_export = null
		_scratch = null
		set_process(false)


func _exit_tree() -> void:
	if _export != null:
		_export.process.stop()


## Asks where to save a champion, and does.
func save_as(bytes: PackedByteArray, name_of_run: String) -> void:
	FileChooser.ask_where_to_save(
		self,
		"Save the champion",
		"%s.evo" % name_of_run,
		"*.evo;Champions",
		true,
		func(path: String) -> void: said.emit(save(bytes, path))
	)


## Asks where to write a champion as ONNX, and has that done.
func export_as(bytes: PackedByteArray, name_of_run: String) -> void:
	FileChooser.ask_where_to_save(
		self,
		"Export the champion as ONNX",
		"%s.onnx" % name_of_run,
		"*.onnx;ONNX",
		false,
		_begin_export.bind(bytes)
	)


## Writes a champion; gives how that went, one sentence.
static func save(bytes: PackedByteArray, path: String) -> String:
	var file := FileAccess.open(path, FileAccess.WRITE)
	if file == null or not file.store_buffer(bytes):
		return "%s cannot be written: %s." % [path, error_string(FileAccess.get_open_error())]
	file.close()
	Door.rescan_files()
	return "The champion is saved as %s." % path


func _begin_export(path: String, bytes: PackedByteArray) -> void:
	_scratch = DirAccess.create_temp("evolve-export")
	var champion := _scratch.get_current_dir().path_join("champion.evo")
	var refusal := save(bytes, champion)
	if not FileAccess.file_exists(champion):
		said.emit(refusal)
		return
	_export = EvolveOnnxExport.new()
	# Before there is a file: the editor may look at any time.
	EvolveOnnxExport.keep(path)
	_export.start(Door.orchestrator_command(), champion, path)
	set_process(true)
