@tool
class_name EvolveHeadlessTraining
extends RefCounted
## Trains a scene headless in a process of its own, with the very command that a person would type.
##
## The process ends with the editor. Only an editor that is killed leaves it behind: it trains to
## its last generation then, and its run is found in the list of runs.

# From these, lines say nothing about the training.
const _NOISE: PackedStringArray = ["Godot Engine v", "Initialize godot-rust"]

## Where the run goes.
var folder := ""
## The process.
var process := EvolveChildProcess.new()


## What keeps a training from being started, one sentence; empty when nothing does.
static func problem_of(scene: String, run_seed: int, generations: int, into: String) -> String:
	if scene.is_empty():
		return "Open a scene with an EvolveTrainer, and save it: there is nothing to train yet."
	if not ResourceLoader.exists(scene, "PackedScene"):
		return "The scene %s is not there; choose one of this project." % scene
	if run_seed < 0:
		return "The seed is %d, but has to be 0 or more." % run_seed
	if generations < 1:
		return "The generations are %d, but have to be 1 or more." % generations
	if into.strip_edges().is_empty():
		return "Name a folder: checkpoints and champion go there."
	return ""


## What the engine is called with.
static func arguments(
	scene: String, run_seed: int, generations: int, into: String, resume: bool
) -> PackedStringArray:
	var line := PackedStringArray(
		["--headless", "--fixed-fps", "60", "--path", ProjectSettings.globalize_path("res://")]
	)
	line.append_array([scene, "--", "--evolve-generations", str(generations)])
	line.append_array(["--evolve-seed", str(run_seed)])
	line.append_array(["--evolve-out", ProjectSettings.globalize_path(into)])
	if resume:
		line.append("--evolve-resume")
	return line


## A folder below another one that is not there yet, named by scene and seed.
static func free_folder(below: String, scene: String, run_seed: int) -> String:
	var number := 1
	while true:
		var name := "%s-%d-%03d" % [scene.get_file().get_basename(), run_seed, number]
		if not DirAccess.dir_exists_absolute(below.path_join(name)):
			return below.path_join(name)
		number += 1
	return ""


## Starts it; false, with the reason in the [method sentence], when that fails.
func start(
	scene: String, run_seed: int, generations: int, into: String, resume: bool = false
) -> bool:
	folder = ProjectSettings.globalize_path(into)
	return process.start(
		OS.get_executable_path(), arguments(scene, run_seed, generations, into, resume)
	)


## What it printed, without the engine's own greetings.
func output() -> PackedStringArray:
	var shown := PackedStringArray()
	for line in process.lines:
		var is_noise := line.strip_edges().is_empty()
		for beginning in _NOISE:
			is_noise = is_noise or line.begins_with(beginning)
		if not is_noise:
			shown.append(line)
	return shown


## How it stands, one sentence.
func sentence() -> String:
	if process.is_running():
		return "Training into %s." % folder
	if process.was_stopped:
		return "Stopped. Start again, with Resume, to go on with %s." % folder
	if process.exit_code == 0:
		return "Done: exit code 0. The champion is %s." % folder.path_join("champion.evo")
	if process.exit_code > 0:
		return "It ended with exit code %d; the last lines say why." % process.exit_code
	return "The engine cannot be started."
