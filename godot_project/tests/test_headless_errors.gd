extends EvolveTest
## A headless run of a scene that is wrong: one sentence that names the node, exit code 1.

const SCENE := "res://tests/fixtures/counting_trainer.tscn"


func test_a_scene_without_fault_exits_with_0() -> void:
	if skip_without_native():
		return
	var run := _train("")
	check_equal(run.exit_code, 0, run.output)
	check_equal(run.lines_after("digest").size(), 1, "digests")


func test_every_fault_exits_with_1_and_names_the_node() -> void:
	if skip_without_native():
		return
	seconds_limit = 120.0
	var faults: Dictionary[String, String] = {
		"short": "/root/World/Trainer/Arena1/Counter: sense() returned 1 numbers",
		"array": "/root/World/Trainer/Arena1/Counter: sense() returned a value of the type Array",
		"nan": "/root/World/Trainer/Arena1/Counter: sense() returned nan for input 1",
		"infinite": "/root/World/Trainer/Arena1/Counter: the fitness is inf after 5 ticks",
		"freed": "res://tests/fixtures/counting_agent.tscn: an agent was freed",
		"script error":
		"/root/World/Trainer/Arena1/Counter: sense() returned a value of the type Nil",
	}
	for manner in faults:
		var run := _train(manner)
		check_equal(run.exit_code, 1, manner)
		var sentences := run.lines_after("evolve:")
		check_equal(sentences.size(), 1, "sentences for %s" % manner)
		check_contains("; ".join(sentences), faults[manner], manner)
		check_equal(run.lines_after("digest").size(), 0, "digests for %s" % manner)


func test_a_script_error_that_changes_no_value_ends_the_run_too() -> void:
	if skip_without_native():
		return
	if not ClassDB.class_exists(&"Logger"):
		skip("this engine has no Logger to notice it")
		return
	var run := _train("script error in act")
	check_equal(run.exit_code, 1, run.output)
	check_contains("; ".join(run.lines_after("evolve:")), "script error at res://tests/fixtures/")


func test_a_configuration_that_the_engine_refuses_is_told() -> void:
	if skip_without_native():
		return
	expect_error("the evolution's settings are wrong")
	var trainer := EvolveTrainer.new()
	trainer.agent_scene = load("res://tests/fixtures/counting_agent.tscn")
	trainer.input_names = ["a"]
	trainer.output_names = ["b"]
	trainer.config = EvolveConfig.new()
	trainer.config.selection_neighbours = 0
	var reasons := PackedStringArray()
	trainer.training_failed.connect(func(reason: String) -> void: reasons.append(reason))
	add(trainer)
	check_contains("; ".join(reasons), "selection.neighbours is 0, but must be from 1 to 65536")


func test_a_scene_without_a_trainer_is_told_and_does_not_run_for_ever() -> void:
	var switches := PackedStringArray(["--", "--evolve-generations", "2", "--evolve-out", "x"])
	var run := EvolveChildGodot.run(
		PackedStringArray(["res://tests/fixtures/no_trainer.tscn"]) + switches
	)
	check_equal(run.exit_code, 2, run.output)
	check_equal(
		run.lines_after("evolve:"),
		PackedStringArray(
			[
				(
					"res://tests/fixtures/no_trainer.tscn has no EvolveTrainer, so nothing is trained;"
					+ " add one, or name another scene."
				)
			]
		)
	)


func test_a_switch_that_is_misspelt_ends_a_scene_without_a_trainer_too() -> void:
	var run := EvolveChildGodot.run(
		["res://tests/fixtures/no_trainer.tscn", "--", "--evolve-gen", "2"]
	)
	check_equal(run.exit_code, 2, run.output)
	check_contains("; ".join(run.lines_after("evolve:")), "--evolve-gen is no option of Evolve")


func _train(manner: String) -> EvolveChildGodot:
	OS.set_environment("EVOLVE_TEST_MANNER", manner)
	var run := EvolveChildGodot.run(
		[SCENE, "--", "--evolve-generations", "2", "--evolve-out", make_folder()]
	)
	OS.unset_environment("EVOLVE_TEST_MANNER")
	return run
