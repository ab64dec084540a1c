extends EvolveTest
## The cart-pole demo learns, and its champion carries its pole in a game.
## time limit: 300 s

const SCENE := "res://demos/cartpole/cartpole.tscn"
const GAME := "res://demos/cartpole/cartpole_game.tscn"


func test_a_pole_stays_up_and_earns_4_of_10_seconds_within_10_generations() -> void:
	if skip_without_native():
		return
	seconds_limit = 200.0
	var arguments := "-- --evolve-generations 10 --evolve-seed 7 --evolve-out " + make_folder()
	var all := PackedStringArray([SCENE])
	all.append_array(arguments.split(" "))
	var run := EvolveChildGodot.run(all, 190.0)
	check_equal(run.exit_code, 0, run.output)
	var best := 0.0
	for line in run.lines_after("generation"):
		best = maxf(best, line.get_slice("best ", 1).to_float())
	check(best >= 4.0, "the best of 10 generations: %s" % best)


func test_the_champion_carries_its_pole_to_one_flag_after_another() -> void:
	var game := add((load(GAME) as PackedScene).instantiate())
	var agent := game.get_node("CartpoleTrack/CartpoleAgent/EvolveAgent") as EvolveAgent
	var cart := game.get_node("CartpoleTrack/CartpoleAgent/Cart") as RigidBody2D
	for flag_x: float in [330.0, 630.0, 480.0]:
		game.call(&"move_flag", flag_x)
		await physics_frames(420)
		check_near(cart.position.x, flag_x, 80.0, "seven seconds after the flag moved")
		check(not agent.is_finished(), "the pole stands")


func test_a_cart_and_its_pole_move_alike_in_every_arena() -> void:
	var alone := await _scores(1)
	check(alone.size() == 12 and alone[0] > 0.0, "scores: %s" % [alone])
	check_equal(await _scores(12), alone, "scores with twelve at a time")


func _scores(slots: int) -> Dictionary[int, float]:
	var batch := EvolveStubBatch.make(12, 60)
	batch.input_count = 4
	var scenes: Array[PackedScene] = [load("res://demos/cartpole/cartpole_agent.tscn")]
	var track: PackedScene = load("res://demos/cartpole/cartpole_track.tscn")
	var runner := EvolveEpisodeRunner.new(EvolveArenas.new(stage, scenes, track), slots)
	runner.add(batch)
	while not runner.is_idle() and runner.error.is_empty():
		await tree.physics_frame
		runner.collect()
		runner.step()
	check_equal(runner.error, "")
	var scores: Dictionary[int, float] = {}
	for unit in batch.scores:
		scores[unit] = batch.scores[unit][0]
	await frames(2)
	return scores
