extends Node
## Trains a scene through its trainer, with a link to the panel that has a clock.

const Options := preload("options.gd")
const TimedLink := preload("timed_link.gd")
const Workload := preload("workload.gd")

var _options: Options
var _link := TimedLink.new()
var _generations := 0
var _ticks := 0
var _began := 0
var _folder := DirAccess.create_temp("evolve-bench")


func _init(options: Options) -> void:
	_options = options


func _ready() -> void:
	if not EngineDebugger.is_active():
		_end("nothing listens at the address of --remote-debug")
		return
	var scene: Node = (load(_options.scene) as PackedScene).instantiate()
	var trainer := Workload.find_trainer(scene)
	trainer.population_size = _options.agents
	trainer.parallel_episodes = _options.agents
	trainer.repeats = 1
	trainer.generations = _options.warm_up + _options.laps
	trainer.stop_at_goal = false
	trainer.run_folder = _folder.get_current_dir()
	trainer._conductor.set(&"_link", _link)
	trainer.generation_finished.connect(_count.unbind(1))
	trainer.training_finished.connect(_report.unbind(1))
	trainer.training_failed.connect(_end)
	add_child(scene)


func _physics_process(_delta: float) -> void:
	_ticks += 1


func _count() -> void:
	_generations += 1
	if _generations == _options.warm_up:
		_began = Time.get_ticks_usec()
		_link.spent = 0
		_ticks = 0


func _report() -> void:
	var total := Time.get_ticks_usec() - _began
	print(JSON.stringify({"ticks": _ticks, "inside": _link.spent, "total": total}))
	_end("")


func _end(problem: String) -> void:
	print("done" if problem.is_empty() else "failed: %s" % problem)
	get_tree().quit(0 if problem.is_empty() else 1)
