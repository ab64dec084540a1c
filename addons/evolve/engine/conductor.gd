@tool
class_name EvolveConductor
extends RefCounted
## Runs what an [EvolveTrainer] asks for: in this process (Play, headless) or as a worker; by the
## command line it knows which. Says how it went by signals, which are the trainer's, to the
## editor's panel, and with the program's exit code. Never plays, breeds or stores anything itself.

## See [signal EvolveTrainer.generation_finished].
signal generation_finished(report: Dictionary)
## See [signal EvolveTrainer.champion_found].
signal champion_found(brain: EvolveBrain)
## See [signal EvolveTrainer.training_finished].
signal training_finished(champion_path: String)
## See [signal EvolveTrainer.training_failed].
signal training_failed(reason: String)
## See [signal EvolveTrainer.agent_scored].
signal agent_scored(agent: EvolveAgent)

## The group of the trainers in a scene.
const GROUP := &"evolve_trainers"
const _EXIT_WRONG := 1
const _EXIT_USAGE := 2

## Whether the game shall stand still when the next generation is finished.
var pauses_soon := false

var _trainer: EvolveTrainer
var _mode := EvolveCommandLine.Mode.PLAY
var _local: EvolveLocalRun
var _worker: EvolveWorkerRun
var _is_over := false
var _was_stopped := false
var _watch := EvolveErrorWatch.new()
var _link := EvolveLiveLink.new()
var _monitors := EvolveMonitors.new()


func _init(trainer: EvolveTrainer) -> void:
	_trainer = trainer


## The trainer is ready, in a game.
func begin() -> void:
	var line := EvolveCommandLine.new()
	if EvolveSettings.training_allowed():
		line = EvolveCommandLine.parse(OS.get_cmdline_user_args())
	_mode = line.mode
	if _mode == EvolveCommandLine.Mode.PLAY and EvolveSettings.plays_as_worker():
		_mode = EvolveCommandLine.Mode.WORKER
	if _mode != EvolveCommandLine.Mode.PLAY:
		_watch.start()
	var problem := _first_problem()
	if not line.error.is_empty():
		_fail(line.error, _EXIT_USAGE)
	elif _mode == EvolveCommandLine.Mode.WORKER:
		_begin_worker(problem)
	elif not problem.is_empty():
		_fail(problem)
	else:
		_begin_local(line)


## Whether somebody else conducts the run.
func is_worker() -> bool:
	return _mode == EvolveCommandLine.Mode.WORKER


## The trainer leaves the tree.
func leave() -> void:
	_watch.stop()
	_link.close()
	_monitors.close()


## One tick. Call it from [code]_physics_process[/code] only.
func tick() -> void:
	if _worker != null:
		_tick_worker()
	elif _local != null and not _is_over:
		_tick_local()


## Tells the panel whether the game stands still.
func tell_paused() -> void:
	_link.tell_paused(_trainer.is_paused)


## See [method EvolveTrainer.champion].
func champion(population: int) -> EvolveBrain:
	var bytes := _local.champion_bytes(population) if _local != null else PackedByteArray()
	return null if bytes.is_empty() else EvolveBrain.from_bytes(bytes)


## See [method EvolveTrainer.gallery].
func gallery(population: int) -> Array[Dictionary]:
	return _local.gallery(population) if _local != null else ([] as Array[Dictionary])


## See [method EvolveTrainer.exhibit].
func exhibit(place: int, population: int) -> EvolveBrain:
	var bytes := _local.exhibit_bytes(place, population) if _local != null else PackedByteArray()
	return null if bytes.is_empty() else EvolveBrain.from_bytes(bytes)


## See [method EvolveTrainer.save_now].
func save_now() -> String:
	return _local.save_champions() if _local != null else ""


## See [method EvolveTrainer.stop].
func stop() -> void:
	if _local != null and not _local.is_over():
		_was_stopped = true
		_local.finish()


func _begin_worker(problem: String) -> void:
	var server := OS.get_environment("EVOLVE_SERVER")
	var token := OS.get_environment("EVOLVE_TOKEN")
	if server.is_empty() or token.is_empty():
		var which := "EVOLVE_SERVER" if server.is_empty() else "EVOLVE_TOKEN"
		_fail("--evolve-worker needs the environment variable %s." % which, _EXIT_USAGE)
		return
	var settings := _trainer.make_settings()
	_show_arenas(settings.arenas)
	_worker = EvolveWorkerRun.new(settings, problem)
	_worker.runner.agent_scored.connect(agent_scored.emit)
	_link.join(_trainer, settings.scene_path, server)
	_worker.start(server, token, OS.get_environment(EvolveTrust.VARIABLE))


func _begin_local(line: EvolveCommandLine) -> void:
	var settings := _trainer.make_settings()
	settings.run_seed = line.run_seed if line.run_seed >= 0 else settings.run_seed
	settings.generations = line.generations if line.generations > 0 else settings.generations
	var is_headless := _mode == EvolveCommandLine.Mode.HEADLESS
	var folder := EvolveRunFolder.of(line.folder if is_headless else _trainer.run_folder, settings)
	_show_arenas(settings.arenas)
	_local = EvolveLocalRun.new(settings, folder)
	_local.runner.agent_scored.connect(agent_scored.emit)
	_local.generation_finished.connect(_on_generation_finished)
	_local.champion_found.connect(_on_champion_found)
	if is_headless:
		_local.start(line.resume, line.run_seed)
	else:
		_local.start(_trainer.resume)
	_link.open(_trainer, settings, folder)
	_monitors.open(_local)


func _show_arenas(arenas: EvolveArenas) -> void:
	var is_headless := DisplayServer.get_name() == "headless"
	if not _trainer.isolated or _trainer.shown_arenas == 0 or is_headless:
		return
	var view := EvolveArenaView.new(_trainer.shown_arenas)
	_trainer.add_child(view)
	arenas.built.connect(view.show_arena)


func _tick_worker() -> void:
	_worker.tick()
	var script_error := _watch.take_script_error()
	if not script_error.is_empty():
		_worker.fail(script_error)
	if _worker.exit_code >= 0:
		if not _worker.sentence.is_empty():
			printerr("evolve: %s" % _worker.sentence)
		_link.tell_ended(_worker.exit_code == EvolveWorkerRun.EXIT_DONE, _worker.sentence, "")
		_quit(_worker.exit_code)


func _tick_local() -> void:
	_local.tick()
	var script_error := _watch.take_script_error()
	if not _local.error.is_empty() or not script_error.is_empty():
		_fail(script_error if _local.error.is_empty() else _local.error)
	elif _local.is_finished:
		_finish_local()


func _finish_local() -> void:
	_is_over = true
	print("champion %s" % _local.champion_path)
	_link.tell_ended(true, _closing_sentence(), _local.champion_path)
	training_finished.emit(_local.champion_path)
	if _mode == EvolveCommandLine.Mode.HEADLESS:
		print("digest %s" % _local.digest)
		_quit(0)


func _closing_sentence() -> String:
	var how := "was stopped" if _was_stopped else "is complete"
	return "The run %s after %d generations; the champion is kept." % [how, _local.generation()]


func _fail(reason: String, exit_code: int = _EXIT_WRONG) -> void:
	_is_over = true
	if _local != null:
		_local.fail(reason)
	_link.tell_ended(false, reason, "")
	training_failed.emit(reason)
	if _mode == EvolveCommandLine.Mode.PLAY:
		push_error("Evolve: %s" % reason)
	else:
		printerr("evolve: %s" % reason)
		_quit(exit_code)


func _quit(exit_code: int) -> void:
	_trainer.set_physics_process(false)
	_trainer.get_tree().quit(exit_code)


func _on_generation_finished(report: Dictionary) -> void:
	_link.tell_generation(report)
	_monitors.note(report)
	generation_finished.emit(report)
	if pauses_soon:
		pauses_soon = false
		_trainer.is_paused = true


func _on_champion_found(bytes: PackedByteArray, fitness: float) -> void:
	_link.tell_champion(bytes, fitness)
	# To read a champion takes a millisecond: not for nobody.
	if not _trainer.champion_found.get_connections().is_empty():
		champion_found.emit(EvolveBrain.from_bytes(bytes))


func _first_problem() -> String:
	_trainer.add_to_group(GROUP)
	if _trainer.get_tree().get_nodes_in_group(GROUP).size() > 1:
		return "%s: a scene trains with one EvolveTrainer; remove this one." % _trainer.get_path()
	var found := _trainer.problems()
	return "" if found.is_empty() else "%s: %s" % [_trainer.get_path(), found[0]]
