extends EvolveTest
## The XOR demo, headless, as a person would start it.

const SCENE := "res://demos/xor/xor.tscn"


func test_the_same_seed_gives_the_same_digest_and_files() -> void:
	if skip_without_native():
		return
	var folders := PackedStringArray([make_folder(), make_folder()])
	var digests := PackedStringArray()
	for folder in folders:
		var run := _train("--evolve-generations 6 --evolve-seed 7 --evolve-out " + folder)
		check_equal(run.exit_code, 0, run.output)
		check_contains(run.output, "generation 6  best ")
		digests.append_array(run.lines_after("digest"))
		check_equal(FileAccess.file_exists(folder.path_join("champion.evo")), true, "champion")
		var kept := DirAccess.get_files_at(folder.path_join("checkpoints"))
		check_equal(kept.size(), 5, "checkpoints kept")
		check_equal(kept[0], "generation-000002.evolve", "oldest checkpoint kept")
		var metrics := FileAccess.get_file_as_string(folder.path_join("metrics.csv"))
		check_equal(metrics.count("\n"), 7, "lines of the metrics")
	check_equal(digests.size(), 2, "digests")
	if digests.size() == 2:
		check_equal(digests[0], digests[1], "digest")
		check_equal(digests[0].length(), 64, "digits of the digest")


func test_a_resumed_run_ends_with_the_same_digest() -> void:
	if skip_without_native():
		return
	var straight := _train("--evolve-generations 5 --evolve-seed 3 --evolve-out " + make_folder())
	var folder := make_folder()
	_train("--evolve-generations 2 --evolve-seed 3 --evolve-out " + folder)
	var resumed := _train("--evolve-generations 5 --evolve-resume --evolve-out " + folder)
	check_equal(resumed.exit_code, 0, resumed.output)
	check_contains(resumed.output, "resumed from generation-000002.evolve")
	check_equal(resumed.lines_after("digest"), straight.lines_after("digest"), "digest")
	var metrics := FileAccess.get_file_as_string(folder.path_join("metrics.csv"))
	check_equal(metrics.count("\n"), 6, "lines of the metrics")


func test_a_spoilt_checkpoint_falls_back_to_the_one_before() -> void:
	if skip_without_native():
		return
	var folder := make_folder()
	var straight := _train("--evolve-generations 3 --evolve-seed 3 --evolve-out " + folder)
	var newest := folder.path_join("checkpoints/generation-000003.evolve")
	FileAccess.open(newest, FileAccess.WRITE).store_string("spoilt")
	var resumed := _train("--evolve-generations 3 --evolve-resume --evolve-out " + folder)
	check_equal(resumed.exit_code, 0, resumed.output)
	check_contains(resumed.output, "generation-000003.evolve cannot be used")
	check_contains(resumed.output, "resumed from generation-000002.evolve")
	check_equal(resumed.lines_after("digest"), straight.lines_after("digest"), "digest")


func test_xor_is_solved_within_its_generations() -> void:
	if skip_without_native():
		return
	seconds_limit = 120.0
	var run := _train("--evolve-seed 1 --evolve-out " + make_folder())
	check_equal(run.exit_code, 0, run.output)
	var progress := run.lines_after("generation")
	var best := progress[progress.size() - 1].get_slice("best ", 1).to_float()
	check(best >= 3.9, "best fitness at the end: %s" % best)


func test_a_folder_that_holds_a_run_is_not_overwritten() -> void:
	if skip_without_native():
		return
	var folder := make_folder()
	_train("--evolve-generations 1 --evolve-seed 3 --evolve-out " + folder)
	var again := _train("--evolve-generations 1 --evolve-seed 3 --evolve-out " + folder)
	check_equal(again.exit_code, 1, "exit code")
	check_contains(again.output, "already holds a run; go on with it (--evolve-resume,")


func test_a_resumed_run_refuses_another_seed() -> void:
	if skip_without_native():
		return
	var folder := make_folder()
	_train("--evolve-generations 1 --evolve-seed 3 --evolve-out " + folder)
	var again := _train("--evolve-seed 4 --evolve-resume --evolve-out " + folder)
	check_equal(again.exit_code, 1, "exit code")
	check_contains(again.output, "begun with seed 3, not 4")


func test_bad_options_exit_with_2_and_one_sentence() -> void:
	for arguments: String in ["--evolve-wat", "--evolve-generations 0", "--evolve-seed 5"]:
		var run := _train(arguments)
		check_equal(run.exit_code, 2, arguments)
		check_equal(run.lines_after("evolve:").size(), 1, "sentences for " + arguments)


func test_a_worker_without_address_exits_with_2() -> void:
	var run := _train("--evolve-worker")
	check_equal(run.exit_code, 2, run.output)
	check_contains(run.output, "EVOLVE_SERVER")


func test_a_worker_without_orchestrator_exits_with_3() -> void:
	if skip_without_native():
		return
	OS.set_environment("EVOLVE_SERVER", "ws://127.0.0.1:9/worker")
	OS.set_environment("EVOLVE_TOKEN", "token")
	var run := _train("--evolve-worker")
	OS.unset_environment("EVOLVE_SERVER")
	OS.unset_environment("EVOLVE_TOKEN")
	check_equal(run.exit_code, 3, run.output)
	check_contains(run.output, "cannot be reached")


func _train(arguments: String) -> EvolveChildGodot:
	var all := PackedStringArray([SCENE, "--"])
	all.append_array(arguments.split(" "))
	return EvolveChildGodot.run(all)
