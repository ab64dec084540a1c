class_name EvolveWorkerRun
extends RefCounted
## A worker of an orchestrator: takes units from the connection, has them played, sends scores.
## Never breeds, stores or decides anything: the run belongs to the orchestrator.

## What the exit codes mean.
const EXIT_DONE := 0
const EXIT_WRONG := 1
const EXIT_LOST := 3

## Microseconds to rest when there is nothing to play; below a round trip on one machine.
const REST := 200

## Exit code to leave with, -1 as long as there is no reason to leave.
var exit_code := -1
## Why to leave, one sentence.
var sentence := ""
## Plays the work units.
var runner: EvolveEpisodeRunner

var _settings: EvolveRunSettings
var _session: EvolveWorkerSession
var _connection := EvolveWorkerConnection.new()
var _problem := ""
var _works: Array[EvolveWork] = []


## [param problem] is what is wrong with the trainer's own settings, to be told to the orchestrator.
func _init(settings: EvolveRunSettings, problem: String) -> void:
	_settings = settings
	_problem = problem
	_session = EvolveWorkerSession.new(settings.slots)
	runner = EvolveEpisodeRunner.new(settings.arenas, settings.slots)


## Begins to connect; [param certificate] as in [method EvolveWorkerConnection.open].
func start(server: String, token: String, certificate: String = "") -> void:
	if not EvolveNative.is_loaded():
		_leave(EXIT_WRONG, EvolveNative.missing_sentence())
		return
	_connection.open(server, token, certificate)


## One tick. Call it from [code]_physics_process[/code] only.
func tick() -> void:
	if exit_code >= 0:
		return
	_connection.poll()
	_connection.deliver(_session)
	if _session.is_over():
		_conclude()
	elif not _connection.error.is_empty():
		_leave(EXIT_LOST, _connection.error)
	elif _connection.is_open():
		_work()
	else:
		OS.delay_usec(REST)


## Ends the run because the scene is wrong; the orchestrator hears the sentence first.
func fail(reason: String) -> void:
	if exit_code >= 0:
		return
	_session.report_error(reason)
	_connection.send(_session)
	_connection.await_end(_session)
	_connection.close(EvolveWorkerSession.CLOSE_DONE)
	_leave(EXIT_WRONG, reason)


## Frees every agent.
func stop() -> void:
	runner.clear()


func _work() -> void:
	if _session.state == EvolveWorkerSession.State.SILENT:
		_session.greet(_identity())
		if not _problem.is_empty():
			fail(_problem)
			return
	runner.collect()
	for batch in _session.take_batches():
		_works.append(runner.add(batch))
	if not runner.is_idle():
		runner.step()
	if not runner.error.is_empty():
		fail(runner.error)
		return
	_report_scores()
	_connection.send(_session)
	if runner.is_idle():
		OS.delay_usec(REST)


# One frame for many units costs less than many frames, but the last units of a batch must not
# wait: the orchestrator may need them to go on.
func _report_scores() -> void:
	var worthwhile := ceili(_settings.slots / 4.0)
	for work: EvolveWork in _works.duplicate():
		var fresh := work.scored - work.reported
		if fresh >= worthwhile or (fresh > 0 and work.is_complete()):
			_session.send_results(work.batch.call(&"results_to_bytes"), fresh)
			work.reported = work.scored
		if work.is_complete():
			_works.erase(work)


func _identity() -> Dictionary:
	var goal: Variant = null
	if _settings.has_goal:
		goal = _settings.goal_fitness
	return {
		"role": EvolveSettings.SPECTATOR if EvolveSettings.is_spectator() else "worker",
		"scene": _settings.scene_path,
		"scene_digest": EvolveSceneDigest.of(_settings.scene_path),
		"engine": str(Engine.get_version_info()["string"]),
		"library": EvolveNative.library_version(),
		"config": _settings.config,
		"stop":
		{
			"generations": _settings.generations,
			"fitness": goal,
		},
	}


func _conclude() -> void:
	_connection.close(_session.close_code)
	if _session.state == EvolveWorkerSession.State.STOPPED:
		_leave(EXIT_DONE, "")
	elif _session.state == EvolveWorkerSession.State.REFUSED:
		_leave(EXIT_WRONG, "the orchestrator refused this worker: %s" % _session.reason)
	else:
		_leave(EXIT_WRONG, _session.reason)


func _leave(code: int, reason: String) -> void:
	exit_code = code
	sentence = reason
	stop()
