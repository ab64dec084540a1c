@tool
class_name EvolveRunShelf
extends RefCounted
## Finds runs: those that Play and the panel's headless trainings keep, and those below folders that
## a person adds. Reads folders when it is asked to, and keeps nothing open.

# A folder with more in it than this was chosen by mistake.
const _MOST_FOLDERS := 2000

## Further folders to look into, absolute.
var folders: PackedStringArray = []


## The project's own folder of runs, absolute.
static func own_folder() -> String:
	return ProjectSettings.globalize_path(EvolveSettings.runs_folder()).simplify_path()


## Adds a folder, and tells what is wrong with that, one sentence; empty when all is well.
func add_folder(folder: String) -> String:
	var whole := ProjectSettings.globalize_path(folder).simplify_path()
	if not DirAccess.dir_exists_absolute(whole):
		return "%s is no folder." % whole
	if whole in folders or whole == own_folder():
		return "The runs in %s are shown already." % whole
	folders.append(whole)
	return ""


## All runs, those that were written to last first.
func find_runs() -> Array[EvolveRunRecord]:
	var found: Array[EvolveRunRecord] = []
	for folder: String in [own_folder()] + Array(folders):
		_look_into(folder, found)
	found.sort_custom(
		func(one: EvolveRunRecord, other: EvolveRunRecord) -> bool:
			if one.changed_at != other.changed_at:
				return one.changed_at > other.changed_at
			return one.path < other.path
	)
	return found


# A folder may be a run itself, or hold runs.
func _look_into(folder: String, found: Array[EvolveRunRecord]) -> void:
	if not DirAccess.dir_exists_absolute(folder):
		return
	var names := DirAccess.get_directories_at(folder).slice(0, _MOST_FOLDERS)
	var candidates: Array[String] = [folder]
	for name in names:
		candidates.append(folder.path_join(name))
	for candidate in candidates:
		var record := EvolveRunRecord.of(candidate)
		if record != null:
			found.append(record)
