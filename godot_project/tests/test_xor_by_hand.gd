extends EvolveTest
## XOR by hand: loops that a script owns, on both backends.

const NeatLoop := preload("res://demos/xor_by_hand/neat_loop.gd")
const NeatNsga2Loop := preload("res://demos/xor_by_hand/neat_nsga2_loop.gd")
const Task := preload("res://demos/xor_by_hand/xor_task.gd")

## What the page of the demo promises for each of these seeds.
const SEEDS: Array[int] = [1, 2, 3, 4, 5]
const NEAT_GENERATIONS := 60
const NSGA2_GENERATIONS := 120
## Seeds that are solved early: the fallback takes its time.
const EARLY_NEAT_SEED := 4
const EARLY_NSGA2_SEED := 8


func test_neat_by_hand_solves_xor_within_60_generations() -> void:
	if skip_without_native():
		return
	for run_seed in SEEDS:
		var loop := NeatLoop.new(run_seed)
		while loop.generation < NEAT_GENERATIONS and not loop.is_solved():
			loop.step()
		check(loop.is_solved(), "seed %d, error %f" % [run_seed, loop.error])
		check_equal(Task.error_of(loop.champion), loop.error, "the champion's own error")


func test_neat_with_nsga2_by_hand_solves_xor_within_120_generations() -> void:
	if skip_without_native():
		return
	for run_seed in SEEDS:
		var loop := NeatNsga2Loop.new(run_seed)
		while loop.generation < NSGA2_GENERATIONS and not loop.is_solved():
			loop.step()
		check(loop.is_solved(), "seed %d, error %f" % [run_seed, loop.error])
		check_equal(Task.error_of(loop.champion), loop.error, "the champion's own error")


func test_the_front_has_a_smaller_error_for_every_further_connection() -> void:
	if skip_without_native():
		return
	var loop := NeatNsga2Loop.new(EARLY_NSGA2_SEED)
	for generation in 30:
		loop.step()
	var front := loop.front()
	check(front.size() >= 3, "%d points" % front.size())
	for place in range(1, front.size()):
		check(front[place].x > front[place - 1].x, "connections at %d" % place)
		check(front[place].y < front[place - 1].y, "error at %d" % place)


func test_a_champion_of_nsga2_has_no_connection_to_spare() -> void:
	if skip_without_native():
		return
	var loop := NeatNsga2Loop.new(EARLY_NSGA2_SEED)
	while not loop.is_solved():
		loop.step()
	# One hidden node, with a connection from each input to it and past it, is the least there is.
	check_equal(loop.connections, 5, "connections")


func test_neat_on_the_fallback_learns_and_gives_the_same_champion() -> void:
	_check_same_on_both(NeatLoop, EARLY_NEAT_SEED)


func test_neat_with_nsga2_on_the_fallback_learns_and_gives_the_same_champion() -> void:
	_check_same_on_both(NeatNsga2Loop, EARLY_NSGA2_SEED)


func test_the_same_seed_gives_the_same_champion_and_another_one_another() -> void:
	if skip_without_native():
		return
	for loop_script: GDScript in [NeatLoop, NeatNsga2Loop]:
		var first := _champion(loop_script, 1, 5)
		check_equal(_champion(loop_script, 1, 5), first, "champion")
		check_different(_champion(loop_script, 2, 5), first, "champion of another seed")


func test_each_scene_learns_and_stores_a_champion_that_solves_xor() -> void:
	if skip_without_native():
		return
	for title: String in ["neat", "neat_nsga2"]:
		var scene := load("res://demos/xor_by_hand/%s.tscn" % title) as PackedScene
		var view := scene.instantiate()
		var path := make_folder().path_join("champion.evo")
		view.set(&"champion_path", path)
		view.set(&"run_seed", EARLY_NSGA2_SEED)
		# The scene ends a headless run of its own; here others are waiting.
		view.set(&"ends_headless_runs", false)
		add(view)
		var timer := view.get_node("Timer") as Timer
		while not timer.is_stopped():
			await frames(1)
		var brain := ResourceLoader.load(path) as EvolveBrain
		var mind := brain.make_mind()
		var error := 0.0
		for case in Task.CASES.size():
			error += (mind.think(Task.CASES[case])[0] - Task.TARGETS[case]) ** 2
		check(error <= Task.SOLVED_ERROR, "error %f" % error)
		check_near(brain.fitness, -error, 0.000001, "the fitness that the file states")
		check_contains(str(view.get(&"_headline")), "solved")


func _check_same_on_both(loop_script: GDScript, run_seed: int) -> void:
	Evolve.prefers_fallback = true
	var loop: RefCounted = loop_script.new(run_seed)
	while not loop.call(&"is_solved"):
		loop.call(&"step")
	Evolve.prefers_fallback = false
	var generations: int = loop.get(&"generation")
	check(generations <= 25, "%d generations" % generations)
	var champion: RefCounted = loop.get(&"champion")
	check(champion is EvolveFallbackGenome, "the fallback's genome")
	var bytes: PackedByteArray = champion.call(&"to_bytes")
	if not skip_without_native():
		check_equal(_champion(loop_script, run_seed, generations), bytes, "the native champion")


func _champion(loop_script: GDScript, run_seed: int, generations: int) -> PackedByteArray:
	var loop: RefCounted = loop_script.new(run_seed)
	for generation in generations:
		loop.call(&"step")
	var champion: RefCounted = loop.get(&"champion")
	return champion.call(&"to_bytes")
