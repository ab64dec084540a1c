extends Node
## The arenas of a demo with a controller of Godot RL Agents for each, and its Sync node, which
## exchanges observations and actions with Python.

const Controller := preload("controller.gd")
const Options := preload("../options.gd")
const Workload := preload("../workload.gd")

var _options: Options


func _init(options: Options) -> void:
	_options = options


func _ready() -> void:
	var arenas := Node.new()
	add_child(arenas)
	var workload := Workload.new(_options.scene, _options.agents, arenas)
	# Before the controllers, so that they act in the tick in which the actions come.
	add_child(Sync.new())
	for place in _options.agents:
		var controller := Controller.new()
		controller.workload = workload
		controller.place = place
		add_child(controller)
