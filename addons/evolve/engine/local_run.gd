class_name EvolveLocalRun
extends RefCounted
## A run inside this process: asks for work, has it played, breeds the next generation, keeps files.
##
## With a folder it keeps a checkpoint of every generation, the champion and a metrics table, and
## can be resumed to the same bytes; without one (Play) it keeps the run in memory and writes the
## champion at the end. Never leaves the program: whoever ticks it looks at [member error] and
## [member is_finished].

## A generation was scored and the next one bred.
signal generation_finished(report: Dictionary)

## Why the run has to end, one sentence; empty as long as all is well.
var error := ""
## Whether the run has what it came for.
var is_finished := false
## Digest of the last checkpoint, empty without a folder.
var digest := ""
## Where the champion is, once there is one.
var champion_path := ""
## Plays the work units.
var runner: EvolveEpisodeRunner

var _settings: EvolveRunSettings
var _folder: EvolveRunFolder
var _evolution: RefCounted
var _batch: RefCounted
var _work: EvolveWork
var _best_saved := NAN
var _generation_began := 0


## [param folder] is [code]null[/code] for a run in memory.
func _init(settings: EvolveRunSettings, folder: EvolveRunFolder) -> void:
	_settings = settings
	_folder = folder
	runner = EvolveEpisodeRunner.new(settings.arenas, settings.slots)


## Begins anew, or goes on from the newest checkpoint that can be read. [param expected_seed] is
## the seed that was asked for in so many words, -1 when none was.
func start(resume: bool, expected_seed: int = -1) -> void:
	if not EvolveNative.is_loaded():
		error = EvolveNative.missing_sentence()
		return
	error = _open_folder(resume)
	if error.is_empty() and resume:
		_evolution = _resume_newest()
	if error.is_empty() and _evolution == null:
		_evolution = EvolveNative.create_evolution(_settings.config_json(), _settings.run_seed)
		if _evolution == null:
			error = "the evolution's settings are wrong: %s" % EvolveNative.last_error()
	if error.is_empty():
		error = _check_resumed(expected_seed)
	if error.is_empty() and _folder != null:
		error = _folder.begin_metrics(generation())
	if error.is_empty() and _is_reached():
		_finish()
	_generation_began = Time.get_ticks_usec()


## One tick. Call it from [code]_physics_process[/code] only.
func tick() -> void:
	if is_finished or not error.is_empty():
		return
	runner.collect()
	error = runner.error
	if error.is_empty() and _work != null and _work.is_complete():
		_complete_generation()
	if is_finished or not error.is_empty():
		return
	if _work == null:
		_batch = _evolution.call(&"ask", _evolution.call(&"units_waiting"))
		_work = runner.add(_batch)
	runner.step()
	error = runner.error


## Generations completed.
func generation() -> int:
	return _evolution.call(&"generation")


## Frees every agent.
func stop() -> void:
	runner.clear()


func _open_folder(resume: bool) -> String:
	if _folder == null:
		return ""
	var refusal := _folder.open()
	if refusal.is_empty() and not resume and not _folder.checkpoints().is_empty():
		return (
			"%s already holds a run; add --evolve-resume to go on with it, or name another folder."
			% _folder.path
		)
	return refusal


func _resume_newest() -> RefCounted:
	var paths := _folder.checkpoints()
	for path in paths:
		var resumed := EvolveNative.resume_evolution(path)
		if resumed != null:
			print("resumed from %s" % path.get_file())
			return resumed
		printerr("%s cannot be used (%s)" % [path.get_file(), EvolveNative.last_error()])
	if not paths.is_empty():
		error = "none of the checkpoints in %s can be read." % _folder.checkpoints_path()
	else:
		print("no checkpoint in %s yet: starting anew" % _folder.path)
	return null


# A changed scene or seed would quietly train something else than what was asked for.
func _check_resumed(expected_seed: int) -> String:
	var held: int = _evolution.call(&"seed")
	if expected_seed >= 0 and held != expected_seed:
		return (
			"the run was begun with seed %d, not %d; name that one or none." % [held, expected_seed]
		)
	var asked := EvolveNative.create_evolution(_settings.config_json(), held)
	if asked == null:
		return "the evolution's settings are wrong: %s" % EvolveNative.last_error()
	if asked.call(&"config_json") != _evolution.call(&"config_json"):
		return "the scene's settings differ from those of the checkpoint; train into another folder."
	return ""


func _complete_generation() -> void:
	var report: Dictionary = _evolution.call(&"tell", _batch)
	_batch = null
	_work = null
	if report.is_empty():
		error = "the generation's scores were refused: %s" % EvolveNative.last_error()
		return
	var now := Time.get_ticks_usec()
	var seconds := maxf(float(now - _generation_began) / 1e6, 1e-6)
	_generation_began = now
	_print_progress(report, seconds)
	if _folder != null:
		_keep(report, seconds)
	if error.is_empty():
		generation_finished.emit(report)
		if _is_reached():
			_finish()


func _keep(report: Dictionary, seconds: float) -> void:
	error = _folder.add_metrics(report, seconds)
	if not error.is_empty():
		return
	_save_checkpoint()
	if not error.is_empty():
		return
	_folder.prune()
	var best: float = _evolution.call(&"best_fitness")
	if best != _best_saved:
		_best_saved = best
		_save_champion(_folder.champion_path())


func _finish() -> void:
	is_finished = true
	if _folder != null:
		_save_checkpoint()
		_save_champion(_folder.champion_path())
	else:
		DirAccess.make_dir_recursive_absolute("user://evolve")
		var scene_name := _settings.scene_path.get_file().get_basename()
		# A scene that was never saved has no name.
		_save_champion(
			"user://evolve/%s.evo" % ("champion" if scene_name.is_empty() else scene_name)
		)


func _save_checkpoint() -> void:
	digest = EvolveNative.save(_evolution, &"save", _folder.checkpoint_path(generation()))
	if digest.is_empty():
		error = "the checkpoint cannot be written: %s" % EvolveNative.last_error()


func _save_champion(path: String) -> void:
	if EvolveNative.save(_evolution, &"save_champion", path).is_empty():
		error = "the champion cannot be written: %s" % EvolveNative.last_error()
	champion_path = path


func _is_reached() -> bool:
	return _settings.is_reached(_evolution)


func _print_progress(report: Dictionary, seconds: float) -> void:
	print(
		(
			"generation %d  best %.2f  mean %.2f  species %d  steps/s %s"
			% [
				generation(),
				report["best"],
				report["mean"],
				(report["species"] as Array).size(),
				grouped(roundi(int(report["steps"]) / seconds)),
			]
		)
	)


## A whole number with commas between groups of three digits.
static func grouped(number: int) -> String:
	var digits := str(absi(number))
	var place := digits.length() - 3
	while place > 0:
		digits = digits.insert(place, ",")
		place -= 3
	return digits if number >= 0 else "-" + digits
