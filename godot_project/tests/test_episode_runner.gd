extends EvolveTest
## Stepping agents, with a stand-in for the native batch.

const CountingAgent := preload("res://tests/fixtures/counting_agent.gd")

var _runner: EvolveEpisodeRunner


func test_an_episode_of_n_ticks_is_n_times_sense_think_act() -> void:
	var batch := EvolveStubBatch.make(1, 3)
	await _play(batch, 1)
	check_equal(_runner.error, "")
	var round_of_one := PackedStringArray(["sense 1000", "act 1000"])
	var expected := PackedStringArray(["begin 1000"])
	expected.append_array(round_of_one + round_of_one + round_of_one)
	check_equal(CountingAgent.calls, expected)
	check_equal(batch.think_sizes, PackedInt32Array([1, 1, 1]))


func test_all_agents_think_in_one_call_a_tick() -> void:
	var batch := EvolveStubBatch.make(10, 4)
	await _play(batch, 10)
	check_equal(batch.think_sizes, PackedInt32Array([10, 10, 10, 10]))


func test_a_score_does_not_depend_on_the_neighbours() -> void:
	var alone := EvolveStubBatch.make(9, 5)
	await _play(alone, 1)
	for slots: int in [2, 4, 64]:
		var together := EvolveStubBatch.make(9, 5)
		await _play(together, slots)
		check_equal(together.scores, alone.scores, "%d at a time" % slots)


func test_a_free_slot_takes_the_next_unit_in_the_next_tick() -> void:
	var batch := EvolveStubBatch.make(5, 2)
	batch.ticks = PackedInt64Array([1, 3, 1, 1, 2])
	await _play(batch, 2)
	check_equal(batch.think_sizes, PackedInt32Array([2, 2, 2, 1, 1]))
	check_equal(batch.scores.size(), 5, "units scored")


func test_an_agent_that_finishes_is_scored_at_once() -> void:
	var batch := EvolveStubBatch.make(1, 100)
	await _play(batch, 1, "early")
	check_equal(batch.think_sizes.size(), 2, "ticks")
	check_equal(batch.steps, {0: 2} as Dictionary[int, int], "steps")


func test_members_of_one_unit_are_scored_together() -> void:
	var batch := EvolveStubBatch.make(2, 3)
	batch.members_each = 2
	await _play(batch, 1)
	check_equal(batch.think_sizes, PackedInt32Array([2, 2, 2, 2, 2, 2]))
	check_equal(batch.scores[1].size(), 2, "scores of a unit")
	check_equal(batch.steps[1], 6, "steps of a unit")
	check_different(batch.scores[0][0], batch.scores[0][1], "chance of the two members")


func test_two_batches_play_side_by_side() -> void:
	var first := EvolveStubBatch.make(3, 4)
	var second := EvolveStubBatch.make(3, 4)
	_prepare(4)
	_runner.add(first)
	_runner.add(second)
	await _until_idle()
	check_equal(first.scores.size() + second.scores.size(), 6, "units scored")
	check_equal(first.scores, second.scores, "scores")


func test_agents_are_freed_after_their_episode() -> void:
	await _play(EvolveStubBatch.make(20, 2), 6)
	await frames(2)
	check_equal(stage.get_child_count(), 0, "children")


func test_a_wrong_observation_names_node_and_lengths() -> void:
	await _play(EvolveStubBatch.make(1, 3), 1, "short")
	check_contains(_runner.error, "/root/Stage/Counter: sense() returned 1 numbers")
	check_contains(_runner.error, "2 inputs")


func test_an_observation_of_the_wrong_type_is_named() -> void:
	await _play(EvolveStubBatch.make(1, 3), 1, "array")
	check_contains(_runner.error, "/root/Stage/Counter: sense() returned a value of the type Array")


func test_an_observation_that_is_not_finite_is_named() -> void:
	await _play(EvolveStubBatch.make(1, 3), 1, "nan")
	check_contains(_runner.error, "/root/Stage/Counter: sense() returned nan for input 1")


func test_a_fitness_that_is_not_finite_is_refused() -> void:
	await _play(EvolveStubBatch.make(1, 3), 1, "infinite")
	check_contains(_runner.error, "/root/Stage/Counter: the fitness is inf after 3 ticks")


func test_objectives_and_behaviour_come_in_the_order_of_their_names() -> void:
	var batch := _of_two_objectives()
	await _play(batch, 1, "two objectives")
	check_equal(_runner.error, "")
	check_equal(batch.scores[0].size(), 4, "scores of two members")
	check_equal(batch.scores[0][1], 1.5, "three times 0.5")
	check_equal(batch.behaviours[0].size(), 4, "behaviours of two members")
	check_equal(batch.behaviours[0][3], 2.0)
	var again := _of_two_objectives()
	await _play(again, 1, "two objectives")
	check_equal(again.behaviours, batch.behaviours, "an episode begins anew")


func test_scores_that_are_missing_or_unknown_are_named() -> void:
	await _play(_of_two_objectives(), 1)
	check_contains(_runner.error, ": the objective cost was never scored; call")
	await _play(EvolveStubBatch.make(1, 3), 1, "two objectives")
	check_contains(
		_runner.error, "the objective cost was scored, but the evolution's objectives beside"
	)
	var plain := EvolveStubBatch.make(1, 3)
	plain.descriptor_names = PackedStringArray(["x"])
	await _play(plain, 1)
	check_contains(_runner.error, "behaviour has 0 numbers, but the evolution asks for 1 (x)")
	await _play(_of_two_objectives(), 1, "two objectives nan")
	check_contains(_runner.error, "behaviour has nan for y")


func test_each_member_notes_metrics_of_its_own_and_begins_anew() -> void:
	var batch := EvolveStubBatch.make(2, 3)
	batch.members_each = 2
	await _play(batch, 1, "metrics")
	check_equal(_runner.error, "")
	for unit in 2:
		check_equal(batch.noted[unit].size(), 2, "members that noted something")
		check_equal(batch.noted[unit][1]["acts"], 3.0, "acts of an episode")
		check_different(batch.noted[unit][0], batch.noted[unit][1], "metrics of the two members")
	var plain := EvolveStubBatch.make(1, 3)
	await _play(plain, 1)
	check_equal(plain.noted, {} as Dictionary[int, Dictionary], "who notes nothing")


func test_metrics_that_break_a_rule_name_the_agent() -> void:
	await _play(EvolveStubBatch.make(1, 3), 1, "infinite metric")
	check_contains(_runner.error, "/root/Stage/Counter: the metric laps is inf; it has to be")
	await _play(EvolveStubBatch.make(1, 3), 1, "broken metric")
	check_contains(_runner.error, "/root/Stage/Counter: a metric is called 'two\\nlines'; its name")
	await _play(EvolveStubBatch.make(1, 3), 1, "many metrics")
	check_contains(_runner.error, "/root/Stage/Counter: the metric m64 is one too many; a run has")


func test_an_agent_freed_in_its_episode_is_refused() -> void:
	await _play(EvolveStubBatch.make(1, 9), 1, "freed")
	check_contains(_runner.error, "call finish()")


func test_a_scene_without_agent_is_refused() -> void:
	_runner = _runner_of(_scene_of(Node.new()), 1)
	_runner.add(EvolveStubBatch.make(1, 3))
	await _until_idle()
	check_contains(_runner.error, "has no EvolveAgent node")


func test_an_agent_without_its_functions_is_refused() -> void:
	var root := Node.new()
	root.name = "Mute"
	root.set_script(load("res://tests/fixtures/mute_agent.gd"))
	root.add_child(EvolveAgent.new())
	_runner = _runner_of(_scene_of(root), 1)
	_runner.add(EvolveStubBatch.make(1, 3))
	await _until_idle()
	check_contains(_runner.error, "/root/Stage/Mute: Mute has no function act(")


func _of_two_objectives() -> EvolveStubBatch:
	var batch := EvolveStubBatch.make(1, 3)
	batch.members_each = 2
	batch.objective_names = PackedStringArray(["fitness", "cost"])
	batch.descriptor_names = PackedStringArray(["x", "y"])
	return batch


func _play(batch: EvolveStubBatch, slots: int, manner: String = "") -> void:
	_prepare(slots, manner)
	_runner.add(batch)
	await _until_idle()


func _prepare(slots: int, manner: String = "") -> void:
	CountingAgent.reset(manner)
	_runner = _runner_of(CountingAgent.make_scene(), slots)


func _until_idle() -> void:
	while not _runner.is_idle() and _runner.error.is_empty():
		await tree.physics_frame
		_runner.collect()
		_runner.step()
	_runner.clear()


func _runner_of(scene: PackedScene, slots: int) -> EvolveEpisodeRunner:
	return EvolveEpisodeRunner.new(EvolveArenas.new(stage, [scene], null, false), slots)


func _scene_of(root: Node) -> PackedScene:
	for child in root.get_children():
		child.owner = root
	var scene := PackedScene.new()
	scene.pack(root)
	root.free()
	return scene
