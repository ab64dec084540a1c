extends EvolveTest
## Whole runs of scenes with physics: what comes out may depend on nothing but the seed.

const FIXTURES := "res://tests/fixtures/physics/"
const GlidingAgent := preload("res://tests/fixtures/physics/gliding_agent.gd")
const CountingAgent := preload("res://tests/fixtures/counting_agent.gd")


func test_a_2d_run_finds_the_same_champion_however_many_episodes_play_at_a_time() -> void:
	if skip_without_native():
		return
	await _check_slots("2d")


func test_a_3d_run_finds_the_same_champion_however_many_episodes_play_at_a_time() -> void:
	if skip_without_native():
		return
	await _check_slots("3d")


# As in Play, where a frame has more or less than one physics tick.
func test_a_run_is_the_same_however_frames_and_physics_ticks_mix() -> void:
	if skip_without_native():
		return
	seconds_limit = 120.0
	var known := await _train("2d", 64)
	for rate: String in ["25", "60", "144"]:
		var folder := make_folder()
		var run := EvolveChildGodot.run(
			[
				"--fixed-fps",
				rate,
				FIXTURES + "bouncer_trainer_2d.tscn",
				"--",
				"--evolve-out",
				folder
			]
		)
		check_equal(run.exit_code, 0, run.output)
		var champion := FileAccess.get_file_as_bytes(folder.path_join("champion.evo"))
		check_equal(champion, known["champion"], "champion at %s frames a second" % rate)


# A node has no tick of its own in the frame that it is born in.
func test_an_agents_own_physics_process_begins_with_the_second_tick() -> void:
	if skip_without_native():
		return
	GlidingAgent.processed.clear()
	var trainer := _counting_trainer()
	trainer.agent_scene = load(FIXTURES + "gliding_agent.tscn")
	trainer.episode_ticks = 5
	trainer.parallel_episodes = 3
	var outcome := await _finish(trainer)
	check_equal(outcome["reports"][1]["best"], 5.0, "steps of an episode")
	check_equal(GlidingAgent.processed, {5: 4} as Dictionary[int, int])


func test_hunters_and_prey_evolve_side_by_side() -> void:
	if skip_without_native():
		return
	CountingAgent.reset()
	var trainer := _counting_trainer()
	var prey := EvolvePopulation.new()
	prey.name = "prey"
	prey.agent_scene = load("res://tests/fixtures/meeting_agent.tscn")
	prey.size = 8
	prey.group = 2
	prey.input_names = ["left", "right"]
	prey.output_names = ["jump"]
	trainer.further_populations = [prey]
	check_equal(trainer.problems(), PackedStringArray(), "problems")
	var scored: Array[int] = [0, 0]
	var worlds: Dictionary[int, bool] = {}
	trainer.agent_scored.connect(
		func(agent: EvolveAgent) -> void:
			scored[agent.population] += 1
			worlds[agent.get_viewport().get_instance_id()] = true
	)
	var outcome := await _finish(trainer)
	check_equal(outcome["reports"].size(), 2, "generations")
	# Ten hunters, one at a time, each with two prey, in each of two generations.
	check_equal(scored, [20, 40] as Array[int], "agents of both populations")
	check_equal(worlds.size(), 20, "arenas")


func _check_slots(kind: String) -> void:
	var alone := await _train(kind, 1)
	var reports: Array = alone["reports"]
	check_equal(reports.size(), 3, "generations")
	check_different(reports[2]["best"], reports[0]["mean"], "fitness")
	if kind == "2d":
		_check_metrics(reports[2]["metrics"])
	for slots: int in [7, 64]:
		check_equal(await _train(kind, slots), alone, "%d at a time" % slots)


func _check_metrics(metrics: Array) -> void:
	check_equal(metrics.size(), 2, "metrics")
	var spin: Dictionary = metrics[0]
	var way: Dictionary = metrics[1]
	check_equal([spin["name"], way["name"]], ["spin", "way"], "names")
	check(spin["count"] < way["count"], "episodes that spin: %s of %s" % [spin, way])
	check(way["least"] < way["mean"] and way["mean"] < way["most"], "figures: %s" % way)


func _train(kind: String, slots: int) -> Dictionary:
	var scene: PackedScene = load(FIXTURES + "bouncer_trainer_%s.tscn" % kind)
	var root := scene.instantiate()
	var trainer := root.get_node("Trainer") as EvolveTrainer
	trainer.parallel_episodes = slots
	return await _finish(trainer)


func _finish(trainer: EvolveTrainer) -> Dictionary:
	var reports: Array[Dictionary] = []
	var ends := PackedStringArray()
	trainer.generation_finished.connect(
		func(report: Dictionary) -> void:
			# The clock is the one thing that differs.
			report.erase("seconds")
			report.erase("steps_per_second")
			reports.append(report)
	)
	trainer.training_finished.connect(func(path: String) -> void: ends.append(path))
	trainer.training_failed.connect(func(reason: String) -> void: fail(reason))
	var root := trainer if trainer.owner == null else trainer.owner
	add(root)
	while ends.is_empty() and failures.is_empty():
		await physics_frames(1)
	root.queue_free()
	await frames(1)
	if ends.is_empty():
		return {}
	var champion := FileAccess.get_file_as_bytes(ends[0])
	DirAccess.remove_absolute(ends[0])
	return {"reports": reports, "champion": champion}


func _counting_trainer() -> EvolveTrainer:
	var trainer := EvolveTrainer.new()
	trainer.agent_scene = CountingAgent.make_scene()
	trainer.input_names = ["tick", "chance"]
	trainer.output_names = ["jump"]
	trainer.population_size = 10
	trainer.episode_ticks = 3
	trainer.generations = 2
	return trainer
