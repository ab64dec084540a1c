extends EvolveTest
## The cart-pole demo learns, and its champion carries its pole in a game.
## time limit: 300 s

const SCENE := "res://demos/cartpole/cartpole.tscn"
const GAME := "res://demos/cartpole/cartpole_game.tscn"
const AGENT := "CartpoleTrack/CartpoleAgent/"


func test_a_pole_stays_up_and_earns_3_of_10_seconds_within_6_generations() -> void:
	if skip_without_native():
		return
	seconds_limit = 200.0
	var arguments := "-- --evolve-generations 6 --evolve-seed 7 --evolve-out " + make_folder()
	var all := PackedStringArray([SCENE])
	all.append_array(arguments.split(" "))
	var run := EvolveChildGodot.run(all, 190.0)
	check_equal(run.exit_code, 0, run.output)
	var best := 0.0
	for line in run.lines_after("generation"):
		best = maxf(best, line.get_slice("best ", 1).to_float())
	check(best >= 3.0, "the best of 6 generations: %s" % best)


func test_the_champion_carries_its_pole_to_one_flag_after_another_from_eight_beginnings() -> void:
	var games: Array[Node] = []
	for beginning in 8:
		games.append(_game(beginning))
	for flag_x: float in [330.0, 630.0, 480.0]:
		for game in games:
			game.call(&"move_flag", flag_x)
		await physics_frames(420)
		for beginning in games.size():
			var where := "from beginning %d, seven seconds after the flag moved" % beginning
			var cart := games[beginning].get_node(AGENT + "Cart") as RigidBody2D
			var agent := games[beginning].get_node(AGENT + "EvolveAgent") as EvolveAgent
			check_near(cart.position.x, flag_x, 80.0, where)
			check(not agent.is_finished(), "the pole stands " + where)


func test_a_cart_and_its_pole_move_alike_in_every_arena() -> void:
	var alone := await _scores(1)
	check(alone.size() == 12 and alone[0] > 0.0, "scores: %s" % [alone])
	check_equal(await _scores(12), alone, "scores with twelve at a time")


# The game in a world of its own, always from the same beginning.
func _game(beginning: int) -> Node:
	var game := (load(GAME) as PackedScene).instantiate()
	(game.get_node(AGENT + "EvolveAgent") as EvolveAgent).replay_seed = beginning
	var viewport := SubViewport.new()
	viewport.size = Vector2i(2, 2)
	viewport.add_child(game)
	add(viewport)
	return game


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
