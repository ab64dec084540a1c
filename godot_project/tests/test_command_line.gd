extends EvolveTest
## Reading the --evolve-* arguments.


func test_no_arguments_mean_play() -> void:
	var line := EvolveCommandLine.parse([])
	check_equal(line.mode, EvolveCommandLine.Mode.PLAY)
	check_equal(line.error, "")


func test_arguments_of_others_are_left_alone() -> void:
	var line := EvolveCommandLine.parse(["--level", "3", "-v", "evolve", "--test-file", "x"])
	check_equal(line.mode, EvolveCommandLine.Mode.PLAY)
	check_equal(line.error, "")


func test_a_headless_run_takes_its_values() -> void:
	var line := _parse("--evolve-generations 50 --evolve-seed 7 --evolve-out folder")
	check_equal(line.error, "")
	check_equal(line.mode, EvolveCommandLine.Mode.HEADLESS)
	check_equal(line.generations, 50)
	check_equal(line.run_seed, 7)
	check_equal(line.folder, "folder")
	check_equal(line.resume, false)


func test_values_may_stand_behind_an_equals_sign() -> void:
	var line := _parse("--evolve-generations=5 --evolve-out=a=b --evolve-resume")
	check_equal(line.error, "")
	check_equal(line.generations, 5)
	check_equal(line.folder, "a=b")
	check_equal(line.resume, true)


func test_a_worker_is_recognised() -> void:
	check_equal(_parse("--evolve-worker").mode, EvolveCommandLine.Mode.WORKER)
	check_equal(_parse("--evolve-worker").error, "")


func test_the_biggest_seed_keeps_every_bit() -> void:
	var line := _parse("--evolve-seed 9223372036854775807 --evolve-out x")
	check_equal(line.error, "")
	check_equal(line.run_seed, 9223372036854775807)


func test_bad_options_are_refused_by_name() -> void:
	var bad: Dictionary[String, String] = {
		"--evolve-generation 5 --evolve-out x": "--evolve-generation is no option of Evolve",
		"--evolve-generations": "--evolve-generations needs a value",
		"--evolve-generations --evolve-resume": "--evolve-generations needs a value",
		"--evolve-generations 0 --evolve-out x": "from 1 to",
		"--evolve-generations five --evolve-out x": "got 'five'",
		"--evolve-generations 1.5 --evolve-out x": "got '1.5'",
		"--evolve-seed -1 --evolve-out x": "got '-1'",
		"--evolve-seed= --evolve-out x": "got ''",
		"--evolve-seed 9223372036854775808 --evolve-out x": "got '9223372036854775808'",
		"--evolve-seed 99999999999999999999999 --evolve-out x": "needs a whole number",
		"--evolve-generations 5": "--evolve-out FOLDER is missing",
		"--evolve-out=": "needs the name of a folder",
		"--evolve-resume=yes --evolve-out x": "takes no value",
		"--evolve-seed 1 --evolve-seed 2 --evolve-out x": "stands there twice",
		"--evolve-worker --evolve-seed 3": "goes with no other option",
	}
	for arguments in bad:
		check_contains(_parse(arguments).error, bad[arguments], arguments)
		check_different(_parse(arguments).mode, EvolveCommandLine.Mode.PLAY, arguments)


func _parse(arguments: String) -> EvolveCommandLine:
	return EvolveCommandLine.parse(arguments.split(" "))
