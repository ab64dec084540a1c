@tool
class_name EvolveLiveLink
extends RefCounted
## Tells the editor's Evolve panel about the running game, and takes its orders: Play is another
## process, and the debugger's connection lies between.
##
## Reports are sent at most ten times a second, however quick generations are, and nothing at all
## where no editor listens.

## Milliseconds between two messages with reports.
const INTERVAL := 100

const _CAPTURE := &"evolve"
const _ORDERS: PackedStringArray = ["pause", "step", "save", "stop"]

var _trainer: EvolveTrainer
var _reports: Array[Dictionary] = []
var _sent_at := -INTERVAL
# The best brain that was not sent yet.
var _champion := PackedByteArray()
var _champion_fitness := 0.0
var _has_front := false


## Says what is trained, if an editor listens.
func open(trainer: EvolveTrainer, settings: EvolveRunSettings, folder: EvolveRunFolder) -> void:
	if _listen(trainer):
		_has_front = trainer.objectives.size() > 1
		EngineDebugger.send_message("evolve:began", [_info(settings, folder)])


## Says which orchestrator the game plays for, if an editor listens.
func join(trainer: EvolveTrainer, scene: String, server: String) -> void:
	if _listen(trainer):
		EngineDebugger.send_message("evolve:joined", [scene, server])


## Stops listening.
func close() -> void:
	if _trainer == null:
		return
	_flush()
	_trainer.get_tree().process_frame.disconnect(_flush_in_time)
	EngineDebugger.unregister_message_capture(_CAPTURE)
	_trainer = null


## Tells a finished generation, soon.
func tell_generation(report: Dictionary) -> void:
	if _trainer == null:
		return
	if _has_front:
		var front: Array[PackedFloat64Array] = []
		for exhibit in _trainer.gallery():
			front.append(exhibit["objectives"])
		report = report.merged({"front": front}, true)
	_reports.append(report)


## Shows a better champion, soon.
func tell_champion(bytes: PackedByteArray, fitness: float) -> void:
	if _trainer != null:
		_champion = bytes
		_champion_fitness = fitness


## Tells whether the game stands still.
func tell_paused(is_paused: bool) -> void:
	if _trainer != null:
		EngineDebugger.send_message("evolve:paused", [is_paused])


## Tells that the run is over, well or not.
func tell_ended(is_well: bool, sentence: String, champion_path: String) -> void:
	if _trainer != null:
		_flush()
		EngineDebugger.send_message("evolve:ended", [is_well, sentence, champion_path])


func _listen(trainer: EvolveTrainer) -> bool:
	# A second scene of the game that trains would register a second time.
	if not EngineDebugger.is_active() or EngineDebugger.has_capture(_CAPTURE):
		return false
	_trainer = trainer
	EngineDebugger.register_message_capture(_CAPTURE, _on_message)
	trainer.get_tree().process_frame.connect(_flush_in_time)
	return true


func _info(settings: EvolveRunSettings, folder: EvolveRunFolder) -> Dictionary:
	var objectives := PackedStringArray(["fitness"])
	var minimised: Array[bool] = [false]
	if not _trainer.objectives.is_empty():
		objectives.clear()
		minimised.clear()
	for objective in _trainer.objectives:
		objectives.append(objective.name)
		minimised.append(objective.minimise)
	return {
		"scene": settings.scene_path,
		"seed": settings.run_seed,
		"population_size": _trainer.population_size,
		"populations": settings.population_names(),
		"generations": settings.generations,
		"folder": folder.path,
		"objectives": objectives,
		"minimised": minimised,
		"input_names": _trainer.input_names,
		"output_names": _trainer.output_names,
	}


func _flush_in_time() -> void:
	if Time.get_ticks_msec() - _sent_at >= INTERVAL:
		_flush()


func _flush() -> void:
	if not _reports.is_empty():
		_sent_at = Time.get_ticks_msec()
		EngineDebugger.send_message("evolve:generations", [_reports])
		_reports = []
	if not _champion.is_empty():
		EngineDebugger.send_message("evolve:champion", [_champion, _champion_fitness])
		_champion = PackedByteArray()


# What the panel asks for; false for what is no order of ours. The engine calls this in the middle
# of whatever script runs, every 2,048 lines: an order that is obeyed at once may end a run in the
# middle of a tick.
func _on_message(message: String, data: Array) -> bool:
	if not message in _ORDERS:
		return false
	_obey.call_deferred(message, data)
	return true


func _obey(order: String, data: Array) -> void:
	# The run may have ended meanwhile.
	if _trainer == null:
		return
	match order:
		"pause":
			_trainer.is_paused = data[0]
		"step":
			_trainer.run_one_generation()
		"save":
			var path := _trainer.save_now()
			var sentence := "saved." if path else "there is no champion yet."
			EngineDebugger.send_message("evolve:saved", [path, sentence])
		"stop":
			_trainer.is_paused = false
			_trainer.stop()
