extends Node
## Trains a scene for a while, writes a generation down, and plays that generation again and again:
## as training does, and in two plainer ways, in turn. Every lap of a way has the same ticks, so the
## median of each tick over the laps is taken before ticks are summed: what else the machine does
## hits some ticks of some laps.

const Lap := preload("lap.gd")
const Options := preload("options.gd")
const RecordingLap := preload("recording_lap.gd")
const ReplayLap := preload("replay_lap.gd")
const Tape := preload("tape.gd")
const TrainingLap := preload("training_lap.gd")
const Workload := preload("workload.gd")

## Ways to play the generation: with all there is, without the add-on, without sensing either.
const WAYS: Array[StringName] = [&"training", &"bare", &"physics"]

var _options: Options
var _workload: Workload
var _evolution: RefCounted
var _tape: Tape
var _checkpoint := "user://bench-%d.evolve" % OS.get_process_id()
var _lap: Lap
# The first lap of each way only warms up.
var _laps_begun := 0
var _measured: Dictionary[StringName, Array] = {}


func _init(options: Options) -> void:
	_options = options


func _ready() -> void:
	_workload = Workload.new(_options.scene, _options.agents, self)
	_evolution = _workload.evolution()
	_lap = TrainingLap.new(_workload.settings, _evolution)


func _physics_process(_delta: float) -> void:
	if _lap.tick():
		return
	if _lap is TrainingLap and not (_lap as TrainingLap).error.is_empty():
		_end((_lap as TrainingLap).error)
	elif _tape == null:
		_prepare()
	else:
		_keep()


# Warms up, then records.
func _prepare() -> void:
	if _lap is RecordingLap:
		_tape = (_lap as RecordingLap).tape
		_begin_lap()
	elif int(_evolution.call(&"generation")) < _options.warm_up:
		_lap = TrainingLap.new(_workload.settings, _evolution)
	else:
		EvolveNative.save(_evolution, _checkpoint)
		_lap = RecordingLap.new(_workload.settings, _evolution)


func _begin_lap() -> void:
	var way := _way()
	if way == &"training":
		var evolution := EvolveNative.resume_evolution(_checkpoint)
		_lap = TrainingLap.new(_workload.settings, evolution)
	else:
		_lap = ReplayLap.new(_workload, _tape, way == &"bare")
	_laps_begun += 1


func _way() -> StringName:
	return WAYS[_laps_begun % WAYS.size()]


func _keep() -> void:
	var way := WAYS[(_laps_begun - 1) % WAYS.size()]
	var strayed := (_lap as ReplayLap).strayed if _lap is ReplayLap else 0
	if _laps_begun > WAYS.size():
		_measured.get_or_add(way, []).append(_lap)
	if strayed > 0:
		_end("%d agents of the %s lap came to another fitness" % [strayed, way])
	elif _laps_begun == (_options.laps + 1) * WAYS.size():
		_report()
		_end("")
	else:
		_begin_lap()


func _report() -> void:
	for way in WAYS:
		var laps: Array = _measured[way]
		var result := {
			"way": way,
			"ticks": laps[0].ticks,
			"agent_steps": laps[0].agent_steps,
			"episodes": _tape.seeds.size(),
			"inside":
			_sum_of_medians(laps.map(func(lap: Lap) -> PackedInt64Array: return lap.inside)),
			"total":
			_sum_of_medians(laps.map(func(lap: Lap) -> PackedInt64Array: return lap.total)),
		}
		print(JSON.stringify(result))


func _sum_of_medians(laps: Array) -> int:
	var sum := 0
	for tick: int in laps[0].size():
		var times: Array = laps.map(func(lap: PackedInt64Array) -> int: return lap[tick])
		times.sort()
		sum += times[times.size() >> 1]
	return sum


func _end(problem: String) -> void:
	print("done" if problem.is_empty() else "failed: %s" % problem)
	DirAccess.remove_absolute(_checkpoint)
	set_physics_process(false)
	get_tree().quit(0 if problem.is_empty() else 1)
