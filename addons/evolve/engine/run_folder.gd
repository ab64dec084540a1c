class_name EvolveRunFolder
extends RefCounted
## The files of a local run: where they are, which checkpoints are kept, and the metrics table.
##
## Checkpoint and champion are written by the library (durably, see spec/FORMAT.md). The table has
## the orchestrator's columns, so that its plots and comparisons read local runs too; its rows count
## generations from 0, and only the seconds depend on the machine.

## Checkpoints kept; older ones are deleted.
const CHECKPOINTS_KEPT := 5

const _METRICS_HEADER := "generation,best,mean,best_ever,species,evaluations,steps,seconds"

## The folder, absolute.
var path := ""


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


## The file of the champion.
func champion_path() -> String:
	return path.path_join("champion.evo")


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
func add_metrics(report: Dictionary, seconds: float) -> String:
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
	row.append("%.6f" % seconds)
	return "" if file.store_line(",".join(row)) else _unwritable()


func _write(lines: PackedStringArray) -> String:
	var file := FileAccess.open(metrics_path(), FileAccess.WRITE)
	if file == null:
		return _unwritable()
	return "" if file.store_string("\n".join(lines) + "\n") else _unwritable()


func _unwritable() -> String:
	return "%s cannot be written: %s." % [metrics_path(), error_string(FileAccess.get_open_error())]
