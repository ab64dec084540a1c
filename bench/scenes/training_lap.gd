extends "lap.gd"
## A generation as a run plays it, from asking for work to having bred the next one.

## The run.
var evolution: RefCounted
## The report of the generation, once it is over.
var report: Dictionary = {}
## Why the generation could not be played.
var error := ""

var _runner: EvolveEpisodeRunner
var _batch: RefCounted
var _work: EvolveWork


func _init(settings: EvolveRunSettings, run: RefCounted) -> void:
	evolution = run
	_runner = EvolveEpisodeRunner.new(settings.arenas, settings.slots)


func play() -> bool:
	_runner.collect()
	if _work == null:
		_batch = evolution.call(&"ask", evolution.call(&"units_waiting"))
		_work = _runner.add(hand_over(_batch))
	elif _work.is_complete():
		report = evolution.call(&"tell", _batch)
		agent_steps = report["steps"]
		return false
	_runner.step()
	error = _runner.error
	return error.is_empty()


## What the runner is given to play.
func hand_over(batch: RefCounted) -> RefCounted:
	return batch
