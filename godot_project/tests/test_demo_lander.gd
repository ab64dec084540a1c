extends EvolveTest
## The lander's demo: it learns, its front has something to choose from, and its champion lands.

## time limit: 180 s

const SCENE := "res://demos/lander/lander.tscn"
const GENERATIONS := 20


func test_landers_learn_to_land_and_the_front_offers_less_fuel_for_a_harder_landing() -> void:
	if skip_without_native():
		return
	seconds_limit = 150.0
	var folder := make_folder()
	var arguments := "%s -- --evolve-generations %d --evolve-seed 1 --evolve-out %s"
	var run := EvolveChildGodot.run((arguments % [SCENE, GENERATIONS, folder]).split(" "), 140.0)
	check_equal(run.exit_code, 0, run.output.right(500))
	if run.exit_code != 0:
		return
	var newest := folder.path_join("checkpoints/generation-%06d.evolve" % GENERATIONS)
	var front: Array[Dictionary] = EvolveNative.resume_evolution(newest).call(&"gallery", 0)
	var best := Vector2.ZERO
	var thrifty := Vector2.INF
	for exhibit in front:
		var scores: PackedFloat64Array = exhibit["objectives"]
		var point := Vector2(scores[1], scores[0])
		best = point if point.y > best.y else best
		thrifty = point if point.x < thrifty.x else thrifty
	check(best.y >= 75.0, "the best landing has %.1f points, of 75" % best.y)
	check(front.size() >= 10, "%d brains to choose from" % front.size())
	check(thrifty.x <= 0.5 * best.x, "from %.1f to %.1f litres" % [thrifty.x, best.x])
	check(thrifty.y < best.y, "less fuel costs points")


func test_any_brain_of_the_front_can_be_saved_as_a_champion() -> void:
	if skip_without_native():
		return
	var scene := (load(SCENE) as PackedScene).instantiate()
	var trainer := scene.get_node("EvolveTrainer") as EvolveTrainer
	trainer.population_size = 20
	trainer.repeats = 1
	trainer.generations = 2
	trainer.run_folder = make_folder().path_join("run")
	var files := PackedStringArray()
	trainer.training_finished.connect(func(path: String) -> void: files.append(path))
	add(scene)
	while files.is_empty():
		await physics_frames(1)
	var front := trainer.gallery()
	check(front.size() >= 2, "%d brains in the front" % front.size())
	for place: int in [0, front.size() - 1]:
		scene.call(&"choose", place)
		var path: String = scene.call(&"save")
		var saved := ResourceLoader.load(path, "", ResourceLoader.CACHE_MODE_IGNORE) as EvolveBrain
		if check_not_null(saved, "the saved brain"):
			check_equal(saved.fitness, front[place]["fitness"], "its landing")
			check_equal(saved.input_names, trainer.input_names, "its inputs")
		DirAccess.remove_absolute(path)


func test_the_champion_lands_safely_in_a_game_without_a_trainer() -> void:
	var game := (load("res://demos/lander/lander_game.tscn") as PackedScene).instantiate()
	game.set(&"rest_ticks", 0)
	add(game)
	while game.get(&"flights") < 20:
		await physics_frames(1)
	# Of 200 flights, 20 in a row come to 14 to 18 safe landings.
	check(game.get(&"safe_landings") >= 11, "%d of 20 safe" % game.get(&"safe_landings"))
