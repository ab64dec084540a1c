extends EvolveTest
## The configuration that a trainer asks for.


func test_the_configuration_has_whole_numbers_and_sorted_keys() -> void:
	var settings := EvolveRunSettings.new()
	settings.config = _config({})
	check_equal(
		settings.config_json(),
		(
			'{"evaluation":{"episode_ticks":4,"repeats":1},'
			+ '"populations":[{"inputs":["a","b"],"name":"main","outputs":["xor"],"size":150}]}'
		)
	)


func test_populations_meet_where_there_are_several_or_several_of_one() -> void:
	check_equal(_config({})["evaluation"].has("together"), false, "one agent alone")
	var pair := _population("main")
	pair.group = 2
	var paired := EvolveRunSettings.build_config([pair], {}, {})
	check_equal(paired["evaluation"]["together"], true, "two of one population")
	check_equal(paired["populations"][0]["group"], 2)
	var both := EvolveRunSettings.build_config([_population("a"), _population("b")], {}, {})
	check_equal(both["evaluation"]["together"], true, "two populations")
	check_equal(both["populations"][1]["name"], "b")
	var apart := {"evaluation": {"together": false}}
	var overridden := EvolveRunSettings.build_config(
		[_population("a"), _population("b")], {}, apart
	)
	check_equal(overridden["evaluation"]["together"], false, "advanced settings come last")


func test_overrides_reach_deep_and_leave_the_rest() -> void:
	var overrides := {
		"populations": [{"recurrent": true}], "evaluation": {"repeats": 3.0}, "rate": 0.1
	}
	var config := _config(overrides)
	check_equal(config["populations"][0]["recurrent"], true)
	check_equal(config["populations"][0]["size"], 150)
	check_equal(config["evaluation"], {"repeats": 3, "episode_ticks": 4})
	check_equal(config["rate"], 0.1)


func test_lists_of_plain_values_are_replaced() -> void:
	var config := _config({"populations": [{"inputs": ["c"]}, {"name": "prey"}]})
	check_equal(config["populations"][0]["inputs"], ["c"])
	check_equal(config["populations"][1], {"name": "prey"})


func test_a_run_stops_at_its_last_generation_or_its_goal() -> void:
	var settings := EvolveRunSettings.new()
	settings.generations = 10
	settings.goal_fitness = 3.9
	check_equal(settings.is_reached(FakeEvolution.new(9, 4.0)), false, "no goal")
	check_equal(settings.is_reached(FakeEvolution.new(10, NAN)), true, "last generation")
	settings.has_goal = true
	check_equal(settings.is_reached(FakeEvolution.new(9, 3.9)), true, "goal")
	check_equal(settings.is_reached(FakeEvolution.new(0, NAN)), false, "before the first")


func _config(overrides: Dictionary) -> Dictionary:
	var evaluation := {"repeats": 1, "episode_ticks": 4}
	return EvolveRunSettings.build_config([_population("main")], evaluation, overrides)


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
