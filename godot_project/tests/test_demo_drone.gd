extends EvolveTest
## The drone demo: it learns, its champion flies where it has never been, and a swarm in one course
## is as good as a course for everybody.

const Game := preload("res://demos/drone/drone_game.gd")
const Drone := preload("res://demos/drone/drone_agent.gd")
const TRAINING := "res://demos/drone/drone.tscn"
const GAME := "res://demos/drone/drone_game.tscn"


func test_drones_reach_four_markers_within_20_generations() -> void:
	if skip_without_native():
		return
	seconds_limit = 120.0
	var trainer := _trainer()
	trainer.run_seed = 7
	trainer.generations = 20
	trainer.stop_at_goal = true
	trainer.goal_fitness = 4.0
	var champion := await _train(trainer)
	check(champion.fitness >= 4.0, "fitness of the champion: %s" % champion.fitness)


func test_the_saved_champion_reaches_three_markers_on_courses_it_has_not_seen() -> void:
	var games: Array[Game] = []
	for course_seed in 8:
		var game := (load(GAME) as PackedScene).instantiate() as Game
		game.course_seed = course_seed
		games.append(game)
		add(game)
	await physics_frames(601)
	for game in games:
		var drone := game.get_node("Course/Drone") as Drone
		check(drone.reached >= 3, "course %d: %d markers" % [game.course_seed, drone.reached])


func test_a_swarm_finds_the_very_champion_that_isolated_arenas_find() -> void:
	if skip_without_native():
		return
	var swarm := await _train(_small_trainer(false, 30))
	for way: Array in [[false, 7], [true, 16]]:
		var other := await _train(_small_trainer(way[0] as bool, way[1] as int))
		check_equal(other.data, swarm.data, "champion of isolated %s, %d at a time" % way)


func _small_trainer(isolated: bool, slots: int) -> EvolveTrainer:
	var trainer := _trainer()
	trainer.isolated = isolated
	trainer.parallel_episodes = slots
	trainer.population_size = 30
	trainer.episode_ticks = 200
	trainer.generations = 3
	return trainer


func _trainer() -> EvolveTrainer:
	var root := (load(TRAINING) as PackedScene).instantiate()
	var trainer := root.get_node("EvolveTrainer") as EvolveTrainer
	trainer.run_folder = make_folder()
	return trainer


func _train(trainer: EvolveTrainer) -> EvolveBrain:
	var ends := PackedStringArray()
	trainer.training_finished.connect(func(path: String) -> void: ends.append(path))
	trainer.training_failed.connect(func(reason: String) -> void: fail(reason))
	var root := add(trainer.owner)
	while ends.is_empty() and failures.is_empty():
		await physics_frames(1)
	var champion := trainer.champion()
	root.queue_free()
	await frames(1)
	return champion
