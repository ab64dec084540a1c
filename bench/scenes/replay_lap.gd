extends "lap.gd"
## A generation played again from its tape by the plainest loop there can be: the same arenas and
## bodies are built, moved and freed in the same ticks, but nobody thinks, scores or breeds. With
## sensing it is what a scene costs without the add-on; without, what its physics costs alone.

const Tape := preload("tape.gd")
const Workload := preload("workload.gd")

## Agents that came to another fitness than in training.
var strayed := 0

var _workload: Workload
var _tape: Tape
var _senses: bool
var _clock := EvolveTickCount.new()
var _agents: Dictionary[int, EvolveAgent] = {}
var _bodies: Array[Node] = []


func _init(workload: Workload, tape: Tape, senses: bool) -> void:
	_workload = workload
	_tape = tape
	_senses = senses


func play() -> bool:
	if ticks == _tape.alive.size():
		for unit: int in _agents.keys():
			_end(unit)
		return false
	_come_and_go()
	_clock.ticks += 1
	var bodies := _bodies
	if _senses:
		for body in bodies:
			body.call(&"sense")
	var outputs: Array[PackedFloat32Array] = _tape.outputs[ticks]
	for place in bodies.size():
		bodies[place].call(&"act", outputs[place])
	agent_steps += bodies.size()
	return true


func _come_and_go() -> void:
	for unit in _tape.ended[ticks]:
		_end(unit)
	for unit in _tape.begun[ticks]:
		_agents[unit] = _workload.build(_tape.seeds[unit], _clock)
	if ticks > 0 and _tape.alive[ticks] == _tape.alive[ticks - 1]:
		return
	_bodies.clear()
	for unit in _tape.alive[ticks]:
		_bodies.append(_agents[unit].body)


func _end(unit: int) -> void:
	var agent := _agents[unit]
	agent.end_episode()
	strayed += int(agent.fitness != _tape.fitness[unit])
	_workload.leave(agent)
	_agents.erase(unit)
