extends EvolveTest
## The configuration that a trainer asks for.


func test_the_configuration_has_whole_numbers_and_sorted_keys() -> void:
	var settings := EvolveRunSettings.new()
	settings.config = _config(null)
	check_equal(
		settings.config_json(),
		(
			'{"evaluation":{"episode_ticks":4,"repeats":1},'
			+ '"populations":[{"inputs":["a","b"],"name":"main","outputs":["xor"],"size":150}]}'
		)
	)


func test_populations_meet_where_there_are_several_or_several_of_one() -> void:
	check_equal(_config(null)["evaluation"].has("together"), false, "one agent alone")
	var pair := _population("main")
	pair.group = 2
	var paired := EvolveRunSettings.build_config([pair], {}, null)
	check_equal(paired["evaluation"]["together"], true, "two of one population")
	check_equal(paired["populations"][0]["group"], 2)
	var both := EvolveRunSettings.build_config([_population("a"), _population("b")], {}, null)
	check_equal(both["evaluation"]["together"], true, "two populations")
	check_equal(both["populations"][1]["name"], "b")


func test_a_config_stands_beside_what_the_trainer_says() -> void:
	var choices := EvolveConfig.new()
	choices.mutation_weight_rate = 0.25
	choices.selection_strategy = EvolveConfig.SelectionStrategy.MAP_ELITES
	var config := _config(choices)
	check_equal(config["mutation"]["weight_rate"], 0.25)
	check_equal(config["selection"]["strategy"], "map_elites")
	check_equal(config["populations"][0]["size"], 150)
	check_equal(config["evaluation"], {"repeats": 1, "episode_ticks": 4})


func test_objectives_behaviour_and_seeds_come_from_the_trainer() -> void:
	var trainer := EvolveTrainer.new()
	var fuel := EvolveObjective.new()
	fuel.name = "fuel"
	fuel.minimise = true
	trainer.objectives = [EvolveObjective.new(), fuel]
	var descriptor := EvolveDescriptor.new()
	descriptor.name = "height"
	descriptor.high = 50.0
	trainer.behaviour = [descriptor]
	trainer.same_seeds = true
	var evaluation: Dictionary = trainer.make_settings().config["evaluation"]
	trainer.free()
	check_equal(evaluation["fixed_seeds"], true)
	check_equal(evaluation["objectives"][0], {"name": "fitness", "direction": "maximise"})
	check_equal(evaluation["objectives"][1], {"name": "fuel", "direction": "minimise"})
	check_equal(evaluation["behaviour"], [{"name": "height", "low": 0.0, "high": 50.0, "bins": 10}])


func test_a_run_stops_at_its_last_generation_or_its_goal() -> void:
	var settings := EvolveRunSettings.new()
	settings.generations = 10
	settings.goal_fitness = 3.9
	check_equal(settings.is_reached(FakeEvolution.new(9, 4.0)), false, "no goal")
	check_equal(settings.is_reached(FakeEvolution.new(10, NAN)), true, "last generation")
	settings.has_goal = true
	check_equal(settings.is_reached(FakeEvolution.new(9, 3.9)), true, "goal")
	check_equal(settings.is_reached(FakeEvolution.new(0, NAN)), false, "before the first")


func _config(choices: EvolveConfig) -> Dictionary:
	var evaluation := {"repeats": 1, "episode_ticks": 4}
	return EvolveRunSettings.build_config([_population("main")], evaluation, choices)


func _population(name: String) -> EvolvePopulation:
	var population := EvolvePopulation.new()
	population.name = name
	population.input_names = ["a", "b"]
	population.output_names = ["xor"]
	return population


class FakeEvolution:
	extends RefCounted
	## A run that has come so far.

	var _generation: int
	var _best: float

	func _init(at_generation: int, best: float) -> void:
		_generation = at_generation
		_best = best

	## Like the native method.
	func generation() -> int:
		return _generation

	## Like the native method.
	func reaches(fitness: float) -> bool:
		return _best >= fitness
