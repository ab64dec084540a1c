class_name EvolveRunFolder
extends RefCounted
## The files of a local run: where they are, which checkpoints are kept, the metrics table, and the
## record of what the run is and how it stands (run.json).
##
## Checkpoint and champions are written by the engine (see spec/FORMAT.md). Table and
## record are the orchestrator's, so that its commands and the editor's panel read local runs too;
## rows count generations from 0, and only the seconds depend on the machine.

## Checkpoints kept; older ones are deleted.
const CHECKPOINTS_KEPT := 5

const _METRICS_HEADER := "generation,best,mean,best_ever,species,evaluations,steps,seconds"

const _RECORD_VERSION := 1

## The folder, absolute.
var path := ""

var _record: Dictionary = {}


## The folder that a person named, or a new one for the run where none is named.
static func of(folder: String, settings: EvolveRunSettings) -> EvolveRunFolder:
	if not folder.is_empty():
		return EvolveRunFolder.new(folder)
	var scene_name := settings.scene_path.get_file().get_basename()
	# A scene that was never saved has no name.
	var stem := "%s-%d" % ["scene" if scene_name.is_empty() else scene_name, settings.run_seed]
	var runs := EvolveSettings.runs_folder()
	var number := 1
	while DirAccess.dir_exists_absolute(runs.path_join("%s-%03d" % [stem, number])):
		number += 1
	return EvolveRunFolder.new(runs.path_join("%s-%03d" % [stem, number]))


func _init(folder: String) -> void:
	path = ProjectSettings.globalize_path(folder).simplify_path()


## Makes the folder; an error sentence, or empty.
func open() -> String:
	# The engine would report the failure once more, with a stack and without a way out.
	var loud := Engine.print_error_messages
	Engine.print_error_messages = false
	var error := DirAccess.make_dir_recursive_absolute(checkpoints_path())
	Engine.print_error_messages = loud
	if error != OK:
		return "the folder %s cannot be made: %s." % [path, error_string(error)]
	var probe := path.path_join(".writable")
	var file := FileAccess.open(probe, FileAccess.WRITE)
	if file == null:
		return "%s cannot be written: %s." % [path, error_string(FileAccess.get_open_error())]
	file.close()
	DirAccess.remove_absolute(probe)
	return ""


## The folder of the checkpoints.
func checkpoints_path() -> String:
	return path.path_join("checkpoints")


## The file of a population's champion; the first one's has no population in its name.
func champion_path(population: String = "") -> String:
	if population.is_empty():
		return path.path_join("champion.evo")
	return path.path_join("champion-%s.evo" % population.validate_filename())


## The file that says what the run is and how it stands.
func record_path() -> String:
	return path.path_join("run.json")


## The file of the metrics table.
func metrics_path() -> String:
	return path.path_join("metrics.csv")


## The checkpoint after so many generations.
func checkpoint_path(generation: int) -> String:
	return checkpoints_path().path_join("generation-%06d.evolve" % generation)


## The checkpoints that are there, newest first.
func checkpoints() -> PackedStringArray:
	var found := PackedStringArray()
	for name in DirAccess.get_files_at(checkpoints_path()):
		if name.begins_with("generation-") and name.ends_with(".evolve"):
			found.append(checkpoints_path().path_join(name))
	found.sort()
	found.reverse()
	return found


## Deletes all but the newest checkpoints.
func prune() -> void:
	for old in checkpoints().slice(CHECKPOINTS_KEPT):
		DirAccess.remove_absolute(old)


## Begins the metrics table, keeping the rows of so many finished generations; a row that a crash
## tore is none.
func begin_metrics(generations: int) -> String:
	var lines := PackedStringArray([_METRICS_HEADER])
	if generations > 0 and FileAccess.file_exists(metrics_path()):
		var whole := FileAccess.get_file_as_string(metrics_path()).split("\n")
		for line in whole.slice(1, -1):
			if line.get_slice(",", 0).to_int() < generations:
				lines.append(line)
	return _write(lines)


## Adds the row of a generation, before its checkpoint is written: a resume then finds no gap.
func add_metrics(report: Dictionary) -> String:
	var file := FileAccess.open(metrics_path(), FileAccess.READ_WRITE)
	if file == null:
		return _unwritable()
	file.seek_end()
	var row := PackedStringArray([str(report["generation"])])
	for key: String in ["best", "mean", "best_ever"]:
		row.append(JSON.stringify(float(report[key]), "", true, true))
	row.append(str((report["species"] as Array).size()))
	row.append(str(report["evaluations"]))
	row.append(str(report["steps"]))
	row.append("%.6f" % report["seconds"])
	return "" if file.store_line(",".join(row)) else _unwritable()


## Writes down what the run is, before it begins.
func begin_record(settings: EvolveRunSettings, run_seed: int) -> String:
	var stop := {"generations": settings.generations, "fitness": null, "explicit": false}
	if settings.has_goal:
		stop["fitness"] = settings.goal_fitness
	_record = {
		"version": _RECORD_VERSION,
		"source": ProjectSettings.globalize_path(settings.scene_path),
		"kind": "scene",
		"seed": str(run_seed),
		"started": Time.get_datetime_string_from_system(true) + "+00:00",
		"status": "running",
		"command": Array(OS.get_cmdline_user_args()),
		"workers": 1,
		"versions": {"evolve": Evolve.VERSION, "godot": Engine.get_version_info()["string"]},
		"stop": stop,
	}
	return _write_record()


## Writes down how the run ended: [code]finished[/code] or [code]failed[/code].
func end_record(status: String, reason: String, champion: String, generations: int) -> String:
	if _record.is_empty():
		return ""
	_record["status"] = status
	if not reason.is_empty():
		_record["reason"] = reason
	_record["result"] = {"run": path, "champion": champion, "generations": generations}
	return _write_record()


func _write_record() -> String:
	var text := JSON.stringify(_record, "  ", false, true) + "\n"
	if EvolveBackend.write_file(record_path(), text.to_utf8_buffer()):
		return ""
	return "%s cannot be written: %s." % [record_path(), EvolveBackend.last_error()]


func _write(lines: PackedStringArray) -> String:
	var file := FileAccess.open(metrics_path(), FileAccess.WRITE)
	if file == null:
		return _unwritable()
	return "" if file.store_string("\n".join(lines) + "\n") else _unwritable()


func _unwritable() -> String:
	return "%s cannot be written: %s." % [metrics_path(), error_string(FileAccess.get_open_error())]
