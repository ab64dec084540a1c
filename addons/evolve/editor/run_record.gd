@tool
class_name EvolveRunRecord
extends RefCounted
## A run on the disk, as its folder tells it: what trained, how far it came, where its champion is.
## Reads the folders of local runs and of the orchestrator; deletes nothing but what a run wrote.

# The last row of the table is within so many bytes of its end.
const _TAIL := 1024
# A record beyond this is none of ours.
const _LARGEST_RECORD := 1_048_576
const _FILES: PackedStringArray = [
	"metrics.csv",
	"champion.evo",
	"run.json",
	"verdicts.json",
	"fitness.svg",
	"fitness.png",
	"lock",
	".writable",
]
# The champions of further populations; the history, what a program that was killed leaves beside
# it, and histories that were put aside.
const _PATTERNS: PackedStringArray = ["champion-*.evo", "history.sqlite*"]
const _FOLDERS: PackedStringArray = ["checkpoints", "logs"]

## The folder, absolute.
var path := ""
## The scene that trained, or the name of the world; empty when the folder does not say.
var scene := ""
## The run's seed, in digits; empty when the folder does not say.
var run_seed := ""
## Generations completed.
var generations := 0
## The best fitness, NAN without a generation.
var best := NAN
## When it was written to last, in seconds since 1970.
var changed_at := 0


## The run in a folder; null when there is none.
static func of(folder: String) -> EvolveRunRecord:
	var metrics := folder.path_join("metrics.csv")
	if not FileAccess.file_exists(metrics):
		return null
	var record := EvolveRunRecord.new()
	record.path = folder
	record.changed_at = FileAccess.get_modified_time(metrics)
	record._read_tail(metrics)
	record._read_record(folder.path_join("run.json"))
	if record.run_seed.is_empty():
		record._read_champion()
	return record


## What to call it.
func title() -> String:
	return path.get_file()


## When it was written to last, in the time of this place.
func date() -> String:
	var bias: int = Time.get_time_zone_from_system()["bias"]
	var text := Time.get_datetime_string_from_unix_time(changed_at + bias * 60, true)
	return text.left(16)


## The file of its champion; empty when there is none.
func champion_path() -> String:
	var file := path.path_join("champion.evo")
	return file if FileAccess.file_exists(file) else ""


## The figures of all its generations.
func history() -> EvolveRunHistory:
	return EvolveRunHistory.of_metrics(FileAccess.get_file_as_string(path.path_join("metrics.csv")))


## Deletes what the run wrote, and the folder if nothing else is in it. Gives what could not be
## deleted, one sentence; empty when all is well.
func delete() -> String:
	for name in _FOLDERS:
		_remove_folder(path.path_join(name))
	for name in DirAccess.get_files_at(path):
		if name in _FILES or _is_of_a_run(name):
			DirAccess.remove_absolute(path.path_join(name))
	if DirAccess.get_files_at(path).is_empty() and DirAccess.get_directories_at(path).is_empty():
		DirAccess.remove_absolute(path)
	if FileAccess.file_exists(path.path_join("metrics.csv")):
		return "%s cannot be deleted; see who may write there." % path
	if DirAccess.dir_exists_absolute(path):
		return "%s stays: there is more in it than the run wrote." % path
	return ""


static func _is_of_a_run(name: String) -> bool:
	for pattern in _PATTERNS:
		if name.match(pattern):
			return true
	return false


func _read_tail(metrics: String) -> void:
	var file := FileAccess.open(metrics, FileAccess.READ)
	if file == null:
		return
	var header := file.get_line()
	file.seek(maxi(int(file.get_length()) - _TAIL, header.length()))
	var text := file.get_buffer(_TAIL).get_string_from_utf8()
	# The first of these lines began somewhere before.
	var rows := text.split("\n").slice(1)
	var history_of_tail := EvolveRunHistory.of_metrics(header + "\n" + "\n".join(rows))
	if history_of_tail.size() > 0:
		generations = history_of_tail.generations[-1]
		best = history_of_tail.best_ever[-1]


func _read_record(file: String) -> void:
	if not FileAccess.file_exists(file) or _size_of(file) > _LARGEST_RECORD:
		return
	var parser := JSON.new()
	if parser.parse(FileAccess.get_file_as_string(file)) != OK or not parser.data is Dictionary:
		return
	var said: Dictionary = parser.data
	scene = str(said.get("scene", said.get("source", "")))
	run_seed = str(said.get("seed", ""))


func _read_champion() -> void:
	if champion_path().is_empty():
		return
	var brain := EvolveBrain.new()
	brain.data = FileAccess.get_file_as_bytes(champion_path())
	if brain.problem().is_empty():
		run_seed = brain.run_seed


func _size_of(file: String) -> int:
	var opened := FileAccess.open(file, FileAccess.READ)
	return int(opened.get_length()) if opened != null else 0


# Files only: a folder inside is none of the run's, and keeps the others alive.
func _remove_folder(folder: String) -> void:
	# The engine reports an error for a folder that is not there.
	if not DirAccess.dir_exists_absolute(folder):
		return
	for file in DirAccess.get_files_at(folder):
		DirAccess.remove_absolute(folder.path_join(file))
	if DirAccess.get_directories_at(folder).is_empty():
		DirAccess.remove_absolute(folder)
