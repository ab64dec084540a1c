@tool
class_name EvolveMonitors
extends RefCounted
## How a run goes, as monitors of the engine: in the editor under Debugger, Monitors, Evolve.
##
## There is no fitness among them: the engine shows no negative numbers, so fitness is plotted by
## [EvolvePlot].

const _IDS: Array[StringName] = [
	&"evolve/generation",
	&"evolve/species",
	&"evolve/agents",
	&"evolve/steps_per_second",
]

var _local: EvolveLocalRun
var _species := 0
var _steps_per_second := 0.0


## Begins to show a run; the first one of a game has the monitors.
func open(local: EvolveLocalRun) -> void:
	if Performance.has_custom_monitor(_IDS[0]):
		return
	_local = local
	var readings: Array[Callable] = [
		_local.generation,
		func() -> int: return _species,
		_local.runner.agent_count,
		func() -> float: return _steps_per_second,
	]
	for place in _IDS.size():
		Performance.add_custom_monitor(_IDS[place], readings[place])


## Shows nothing more.
func close() -> void:
	if _local == null:
		return
	for id in _IDS:
		Performance.remove_custom_monitor(id)
	_local = null


## Takes the figures of a finished generation.
func note(report: Dictionary) -> void:
	_species = (report["species"] as Array).size()
	_steps_per_second = report["steps_per_second"]
