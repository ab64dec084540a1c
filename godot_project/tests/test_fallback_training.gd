extends EvolveTest
## Scenes that train without the native library: the same files as with it, and one sentence that
## says so.

const SCENE := "res://demos/xor/xor.tscn"
const _PROJECT := 'config_version=5\n[application]\nconfig/name="Without the library"\n'
const _SWITCHES := "--evolve-generations 5 --evolve-seed 7 --evolve-out "


func test_the_xor_demo_comes_to_the_same_files_without_the_library() -> void:
	if skip_without_native():
		return
	var native := await _train_here(make_folder(), 8)
	Evolve.prefers_fallback = true
	var ours := await _train_here(make_folder(), 8)
	Evolve.prefers_fallback = false
	for name: String in ["champion.evo", "checkpoints/generation-000008.evolve"]:
		var expected := FileAccess.get_sha256(native.path_join(name))
		check_equal(FileAccess.get_sha256(ours.path_join(name)), expected, name)
	check_equal(_figures(ours), _figures(native), "rows of the metrics")


func test_a_run_that_the_library_began_is_finished_without_it_and_back() -> void:
	if skip_without_native():
		return
	var straight := await _train_here(make_folder(), 8)
	var folder := make_folder()
	await _train_here(folder, 2)
	Evolve.prefers_fallback = true
	await _train_here(folder, 5)
	Evolve.prefers_fallback = false
	await _train_here(folder, 8)
	var last := "checkpoints/generation-000008.evolve"
	var expected := FileAccess.get_sha256(straight.path_join(last))
	check_equal(FileAccess.get_sha256(folder.path_join(last)), expected, "last checkpoint")
	check_equal(_figures(folder), _figures(straight), "rows of the metrics")


func test_a_project_without_the_library_trains_and_says_so_once() -> void:
	if OS.get_name() != "Linux":
		skip("the add-on is copied with links and all")
		return
	seconds_limit = 120.0
	var project := _make_project()
	var folder := make_folder().path_join("run")
	EvolveChildGodot.run(["--path", project, "--import"])
	var run := _train_in(project, _SWITCHES + folder)
	check_equal(run.exit_code, 0, run.output.right(1000))
	check_equal(run.output.count("training runs in GDScript"), 1, "times it says so")
	check(not run.output.contains("ERROR"), run.output.right(2000))
	if not skip_without_native():
		var native := _train_in(ProjectSettings.globalize_path("res://"), _SWITCHES + make_folder())
		check_equal(run.lines_after("digest"), native.lines_after("digest"), "digest")
	OS.set_environment("EVOLVE_SERVER", "ws://127.0.0.1:9/worker")
	OS.set_environment("EVOLVE_TOKEN", "token")
	var worker := _train_in(project, "--evolve-worker")
	OS.unset_environment("EVOLVE_SERVER")
	OS.unset_environment("EVOLVE_TOKEN")
	check_equal(worker.exit_code, 1, worker.output)
	check_contains(worker.output, "Evolve's native library is not loaded")


func test_a_strategy_that_needs_the_library_ends_the_run_in_a_sentence() -> void:
	Evolve.prefers_fallback = true
	expect_error("selection.strategy is novelty, which needs Evolve's native library")
	var trainer := EvolveTrainer.new()
	trainer.agent_scene = load("res://tests/fixtures/counting_agent.tscn")
	trainer.input_names = ["a", "b"]
	trainer.output_names = ["c"]
	trainer.behaviour = [EvolveDescriptor.new()]
	trainer.config = EvolveConfig.new()
	trainer.config.selection_strategy = EvolveConfig.SelectionStrategy.NOVELTY
	var reasons := PackedStringArray()
	trainer.training_failed.connect(func(reason: String) -> void: reasons.append(reason))
	add(trainer)
	await physics_frames(2)
	Evolve.prefers_fallback = false
	check_contains("; ".join(reasons), "without it runs select by fitness or nsga2")


# Trains in this process, on from what the folder holds; gives the folder.
func _train_here(folder: String, generations: int) -> String:
	var scene := (load(SCENE) as PackedScene).instantiate()
	var trainer := scene.get_node("EvolveTrainer") as EvolveTrainer
	trainer.run_folder = folder
	trainer.resume = true
	trainer.run_seed = 7
	trainer.generations = generations
	add(scene)
	await trainer.training_finished
	scene.queue_free()
	await frames(2)
	return folder


# All but the seconds, which depend on the machine.
func _figures(folder: String) -> PackedStringArray:
	var rows := PackedStringArray()
	for line in FileAccess.get_file_as_string(folder.path_join("metrics.csv")).split("\n", false):
		rows.append(line.left(line.rfind(",")))
	return rows


func _train_in(project: String, arguments: String) -> EvolveChildGodot:
	var all := PackedStringArray(["--path", project, SCENE, "--"])
	return EvolveChildGodot.run(all + arguments.split(" "))


# As on a platform that has no library.
func _make_project() -> String:
	var project := make_folder()
	var file := FileAccess.open(project.path_join("project.godot"), FileAccess.WRITE)
	file.store_string(_PROJECT)
	file.close()
	for folder: String in ["addons/evolve", "demos/xor"]:
		_copy("res://".path_join(folder), project.path_join(folder))
	return project


func _copy(from: String, to: String) -> void:
	DirAccess.make_dir_recursive_absolute(to)
	for folder in DirAccess.get_directories_at(from):
		_copy(from.path_join(folder), to.path_join(folder))
	for file in DirAccess.get_files_at(from):
		if file.get_extension() in ["gd", "uid", "svg", "tscn"]:
			DirAccess.copy_absolute(from.path_join(file), to.path_join(file))
