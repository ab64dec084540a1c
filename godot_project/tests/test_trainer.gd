extends EvolveTest
## The two nodes: what they warn of and what they hand on.

const CountingAgent := preload("res://tests/fixtures/counting_agent.gd")


func test_an_empty_trainer_says_what_it_needs() -> void:
	var trainer := EvolveTrainer.new()
	var problems := trainer.problems()
	trainer.free()
	check_equal(problems.size(), 3, "problems")
	check_contains(problems[0], "Agent Scene is empty")
	check_contains(problems[1], "Input Names is empty")
	check_contains(problems[2], "Output Names is empty")


func test_a_name_that_stands_twice_is_a_problem() -> void:
	var trainer := EvolveTrainer.new()
	trainer.agent_scene = CountingAgent.make_scene()
	trainer.input_names = ["left", "right", "left"]
	trainer.output_names = ["", "jump"]
	var problems := trainer.problems()
	trainer.free()
	check_equal(problems.size(), 2, "problems")
	check_contains(problems[0], "'left' stands there twice")
	check_contains(problems[1], "1 to 64 characters")


func test_problems_of_further_populations_say_which_it_is() -> void:
	var trainer := EvolveTrainer.new()
	trainer.agent_scene = CountingAgent.make_scene()
	trainer.input_names = ["left"]
	trainer.output_names = ["jump"]
	var other := EvolvePopulation.new()
	other.name = "main"
	trainer.further_populations = [other, null]
	var problems := trainer.problems()
	trainer.free()
	check_equal(problems.size(), 5, "problems")
	check_contains(problems[0], "Further Populations, 1: the name 'main' is taken")
	check_contains(problems[1], "Further Populations, 1: Agent Scene is empty")
	check_contains(problems[2], "Further Populations, 1: Input Names is empty")
	check_contains(problems[4], "Further Populations has an empty place")


func test_the_settings_follow_the_exports() -> void:
	var trainer := EvolveTrainer.new()
	trainer.input_names = ["a"]
	trainer.output_names = ["b"]
	trainer.population_size = 20
	trainer.repeats = 2
	trainer.run_seed = 5
	trainer.stop_at_goal = true
	trainer.goal_fitness = 1.5
	var settings := trainer.make_settings()
	trainer.free()
	check_equal(settings.config["evaluation"], {"repeats": 2, "episode_ticks": 600})
	check_equal(settings.config["populations"][0]["size"], 20)
	check_equal(settings.run_seed, 5)
	check_equal(settings.goal_fitness, 1.5)
	check_equal(settings.has_goal, true)


func test_a_trainer_with_a_problem_fails_with_its_node_path() -> void:
	expect_error("Agent Scene is empty")
	var trainer := EvolveTrainer.new()
	trainer.name = "Trainer"
	var reasons := PackedStringArray()
	trainer.training_failed.connect(func(reason: String) -> void: reasons.append(reason))
	add(trainer)
	check_equal(reasons.size(), 1, "failures")
	check_contains("; ".join(reasons), "/root/Stage/Trainer: Agent Scene is empty")


func test_an_agent_finds_its_body_and_what_it_lacks() -> void:
	var body := add(Node.new())
	body.name = "Body"
	var agent := EvolveAgent.new()
	body.add_child(agent)
	check_equal(agent.body, body, "body")
	check_contains(agent.missing_functions(), "Body has no function sense() -> PackedFloat32Array")
	check_contains(agent.missing_functions(), "and no act(")
	check_equal(agent._get_configuration_warnings().size(), 1, "warnings")


func test_an_agent_draws_the_same_chance_for_the_same_seed_and_place() -> void:
	var agent := EvolveAgent.new()
	var drawn: Array[float] = []
	for place: int in [0, 0, 1]:
		agent.prepare(77, place, EvolveTickCount.new())
		drawn.append(agent.random.randf())
	agent.free()
	check_equal(drawn[0], drawn[1], "same place")
	check_different(drawn[0], drawn[2], "other place")


func test_a_trainer_in_a_scene_trains_and_hands_over_its_champion() -> void:
	if skip_without_native():
		return
	var scene := (load("res://demos/xor/xor.tscn") as PackedScene).instantiate()
	var trainer := scene.get_node("EvolveTrainer") as EvolveTrainer
	trainer.generations = 2
	var heard: Dictionary[String, int] = {"agents": 0, "generations": 0}
	var champions := PackedStringArray()
	trainer.agent_scored.connect(func(_agent: EvolveAgent) -> void: heard["agents"] += 1)
	trainer.generation_finished.connect(
		func(_report: Dictionary) -> void: heard["generations"] += 1
	)
	trainer.training_finished.connect(func(path: String) -> void: champions.append(path))
	add(scene)
	while champions.is_empty():
		await physics_frames(1)
	check_equal(heard, {"agents": 300, "generations": 2} as Dictionary[String, int])
	check(FileAccess.file_exists(champions[0]), "the champion's file")
	DirAccess.remove_absolute(champions[0])


func test_two_trainers_in_one_scene_are_refused() -> void:
	if skip_without_native():
		return
	expect_error("a scene trains with one EvolveTrainer")
	var reasons := PackedStringArray()
	for name: String in ["First", "Second"]:
		var trainer := EvolveTrainer.new()
		trainer.name = name
		trainer.agent_scene = CountingAgent.make_scene()
		trainer.input_names = ["tick", "chance"]
		trainer.output_names = ["jump"]
		trainer.training_failed.connect(func(reason: String) -> void: reasons.append(reason))
		add(trainer)
	check_equal(reasons.size(), 1, "failures")
	check_contains("; ".join(reasons), "/root/Stage/Second: a scene trains with one EvolveTrainer")
