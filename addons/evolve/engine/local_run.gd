class_name EvolveLocalRun
extends RefCounted
## A run inside this process: asks for work, has it played, breeds the next generation, keeps files.
##
## Every generation is in its folder before the next one begins: a checkpoint, the champion of each
## population and a row of the metrics table; so it can be resumed to the same bytes. Never leaves
## the program: whoever ticks it looks at [member error] and [member is_finished].

## A generation was scored and the next one bred.
signal generation_finished(report: Dictionary)

## A generation brought a better champion of the first population, a [code].evo[/code] file.
signal champion_found(bytes: PackedByteArray, fitness: float)

## Why the run has to end, one sentence; empty as long as all is well.
var error := ""
## Whether the run has what it came for.
var is_finished := false
## Digest of the last checkpoint.
var digest := ""
## Where the first population's champion is, once there is one.
var champion_path := ""
## Plays the work units.
var runner: EvolveEpisodeRunner

var _settings: EvolveRunSettings
var _folder: EvolveRunFolder
var _evolution: RefCounted
var _batch: RefCounted
var _work: EvolveWork
# What the champion of each population was scored when it was saved.
var _saved_fitness := PackedFloat64Array()
var _generation_began := 0


func _init(settings: EvolveRunSettings, folder: EvolveRunFolder) -> void:
	_settings = settings
	_folder = folder
	_saved_fitness.resize(settings.population_names().size())
	_saved_fitness.fill(NAN)
	runner = EvolveEpisodeRunner.new(settings.arenas, settings.slots)


## Begins anew, or goes on from the newest checkpoint that can be read. [param expected_seed] is
## the seed that was asked for in so many words, -1 when none was.
func start(resume: bool, expected_seed: int = -1) -> void:
	error = _open_folder(resume)
	if error.is_empty() and resume:
		_evolution = _resume_newest()
	if error.is_empty() and _evolution == null:
		_evolution = EvolveBackend.create_evolution(_settings.config_json(), _settings.run_seed)
		if _evolution == null:
			error = "the evolution's settings are wrong: %s" % EvolveBackend.last_error()
	if error.is_empty():
		error = _check_resumed(expected_seed)
	if error.is_empty():
		error = _folder.begin_metrics(generation())
	if error.is_empty():
		error = _folder.begin_record(_settings, int(_evolution.call(&"seed")))
	if error.is_empty() and _settings.is_reached(_evolution):
		finish()
	_generation_began = Time.get_ticks_usec()


## One tick. Call it from [code]_physics_process[/code] only.
func tick() -> void:
	if is_over():
		return
	runner.collect()
	error = runner.error
	if error.is_empty() and _work != null and _work.is_complete():
		_complete_generation()
	if is_over():
		return
	if _work == null:
		_batch = _evolution.call(&"ask", _evolution.call(&"units_waiting"))
		_work = runner.add(_batch)
	runner.step()
	error = runner.error


## Whether it ended, well or not.
func is_over() -> bool:
	return is_finished or not error.is_empty()


## Generations completed.
func generation() -> int:
	return _evolution.call(&"generation") if _evolution != null else 0


## The champion of a population as a [code].evo[/code] file; empty before there is one.
func champion_bytes(population: int) -> PackedByteArray:
	if _evolution == null:
		return PackedByteArray()
	return _evolution.call(&"champion_bytes", population)


## The brains of a population that are worth keeping.
func gallery(population: int) -> Array[Dictionary]:
	if _evolution == null:
		return []
	return _evolution.call(&"gallery", population)


## A brain of the gallery as a [code].evo[/code] file; empty, with an error, when there is none.
func exhibit_bytes(place: int, population: int) -> PackedByteArray:
	if _evolution == null:
		return PackedByteArray()
	return _evolution.call(&"exhibit_bytes", population, place)


## Writes the champion of every population; gives the file of the first one's, empty before there is
## one.
func save_champions() -> String:
	var names := _settings.population_names()
	for population in names.size():
		var bytes := champion_bytes(population)
		if bytes.is_empty():
			return ""
		var path := _folder.champion_path(names[population] if population > 0 else "")
		if error.is_empty() and not EvolveBackend.write_file(path, bytes):
			error = "the champion cannot be written: %s" % EvolveBackend.last_error()
	champion_path = _folder.champion_path()
	return champion_path


## Ends the run with what it has come to.
func finish() -> void:
	runner.clear()
	if save_champions().is_empty():
		error = "the run was ended before its first generation was scored."
	if error.is_empty() and _work == null:
		_save_checkpoint()
	if error.is_empty():
		error = _folder.end_record("finished", "", champion_path, generation())
	is_finished = error.is_empty()


## Ends the run because something is wrong, one sentence; what is on disk stays.
func fail(reason: String) -> void:
	error = reason
	runner.clear()
	_folder.end_record("failed", reason, champion_path, generation())


func _open_folder(resume: bool) -> String:
	var refusal := _folder.open()
	if refusal.is_empty() and not resume and not _folder.checkpoints().is_empty():
		return (
			(
				"%s already holds a run; go on with it (--evolve-resume, or Resume of the trainer)"
				+ " or name another folder."
			)
			% _folder.path
		)
	return refusal


func _resume_newest() -> RefCounted:
	var paths := _folder.checkpoints()
	for path in paths:
		var resumed := EvolveBackend.resume_evolution(path)
		if resumed != null:
			print("resumed from %s" % path.get_file())
			return resumed
		printerr("%s cannot be used (%s)" % [path.get_file(), EvolveBackend.last_error()])
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
	var asked := EvolveBackend.create_evolution(_settings.config_json(), held)
	if asked == null:
		return "the evolution's settings are wrong: %s" % EvolveBackend.last_error()
	if asked.call(&"config_json") != _evolution.call(&"config_json"):
		return "the scene's settings differ from those of the checkpoint; train into another folder."
	return ""


func _complete_generation() -> void:
	var report: Dictionary = _evolution.call(&"tell", _batch)
	_batch = null
	_work = null
	if report.is_empty():
		error = "the generation's scores were refused: %s" % EvolveBackend.error_of(_evolution)
		return
	var now := Time.get_ticks_usec()
	report["seconds"] = maxf(float(now - _generation_began) / 1e6, 1e-6)
	report["steps_per_second"] = int(report["steps"]) / float(report["seconds"])
	_generation_began = now
	_print_progress(report)
	_keep(report)
	if not error.is_empty():
		return
	generation_finished.emit(report)
	# Who heard of it may have ended the run.
	if not is_over() and _settings.is_reached(_evolution):
		finish()


# The row comes before the checkpoint: a resume then finds no gap.
func _keep(report: Dictionary) -> void:
	error = _folder.add_metrics(report)
	if error.is_empty():
		_save_checkpoint()
	if not error.is_empty():
		return
	_folder.prune()
	var fitness := PackedFloat64Array()
	for population: Dictionary in report["populations"]:
		fitness.append(population["best_ever"])
	if fitness == _saved_fitness:
		return
	save_champions()
	if fitness[0] != _saved_fitness[0]:
		champion_found.emit(champion_bytes(0), fitness[0])
	_saved_fitness = fitness


func _save_checkpoint() -> void:
	digest = EvolveBackend.save(_evolution, _folder.checkpoint_path(generation()))
	if digest.is_empty():
		error = "the checkpoint cannot be written: %s" % EvolveBackend.error_of(_evolution)


func _print_progress(report: Dictionary) -> void:
	print(
		(
			"generation %d  best %.2f  mean %.2f  species %d  steps/s %s"
			% [
				generation(),
				report["best"],
				report["mean"],
				(report["species"] as Array).size(),
				grouped(roundi(float(report["steps_per_second"]))),
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
