extends AIController2D
## Lets Godot RL Agents sense and act for the agent of a demo. An episode that is over is followed
## by another in an arena built anew, as in our own training. Takes the shortest way wherever there
## is one: packed arrays instead of arrays of numbers.

const Workload := preload("../workload.gd")

## Builds arenas.
var workload: Workload
## The number of this controller, from 0.
var place := 0

var _agent: EvolveAgent = null
var _clock := EvolveTickCount.new()
var _outputs := PackedFloat32Array()
# The present agent's fitness that Python knows of, and what those before it earned unseen.
var _rewarded := 0.0
var _earned := 0.0
var _episode := 0


func _ready() -> void:
	super()
	reset_after = workload.episode_ticks
	_outputs.resize(workload.widths.y)
	_build()


func _physics_process(delta: float) -> void:
	super(delta)
	_renew_if_over()
	_clock.ticks += 1
	_agent.body.call(&"act", _outputs)


func get_obs() -> Dictionary:
	_renew_if_over()
	return {"obs": _agent.body.call(&"sense")}


# Asked for behind what the agent sees.
func get_reward() -> float:
	var gained := _earned + _agent.fitness - _rewarded
	_earned = 0.0
	_rewarded = _agent.fitness
	return gained


func get_action_space() -> Dictionary:
	return {"outputs": {"size": workload.widths.y, "action_type": "continuous"}}


func set_action(action: Variant) -> void:
	_outputs = PackedFloat32Array(action["outputs"] as Array)


# An agent whose episode is over neither senses nor acts.
func _renew_if_over() -> void:
	if not needs_reset and not _agent.is_finished():
		return
	done = true
	_earned += _agent.fitness - _rewarded
	workload.leave(_agent)
	_build()


func _build() -> void:
	reset()
	_rewarded = 0.0
	_episode += 1
	_agent = workload.build(hash([place, _episode]), _clock)
