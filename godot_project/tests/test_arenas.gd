extends EvolveTest
## Arenas: the same bits whoever else is there, what they are made of, and who meets in them.

const FIXTURES := "res://tests/fixtures/physics/"
const MeetingAgent := preload("res://tests/fixtures/meeting_agent.gd")
const RandomArena := preload("res://tests/fixtures/random_arena.gd")

var _runner: EvolveEpisodeRunner


func test_a_path_in_2d_has_the_same_bits_with_any_number_of_neighbours() -> void:
	await _check_paths("2d")


func test_a_path_in_3d_has_the_same_bits_with_any_number_of_neighbours() -> void:
	await _check_paths("3d")


func test_a_path_changes_with_the_neighbours_in_a_shared_world() -> void:
	var alone := await _paths("2d", 6, 1, false)
	var together := await _paths("2d", 6, 6, false)
	check_different(together, alone, "paths")


func test_an_episode_of_n_ticks_has_n_physics_steps() -> void:
	for slots: int in [1, 3]:
		var batch := EvolveStubBatch.make(4, 0)
		batch.ticks = PackedInt64Array([1, 2, 7, 30])
		await _play(EvolveArenas.new(stage, [load(FIXTURES + "gliding_agent.tscn")]), batch, slots)
		for unit in 4:
			check_equal(batch.scores[unit][0], float(batch.ticks[unit]), "steps of unit %d" % unit)


func test_an_isolated_arena_has_worlds_of_its_own_at_the_windows_size() -> void:
	var arenas := EvolveArenas.new(stage, [])
	var first := arenas.enter(1)
	var second := arenas.enter(2)
	check_different(first.viewport.find_world_2d(), second.viewport.find_world_2d(), "2D worlds")
	check_different(first.viewport.find_world_3d(), second.viewport.find_world_3d(), "3D worlds")
	check_different(first.viewport.find_world_3d(), stage.get_viewport().find_world_3d(), "3D")
	var drawing := first.viewport.render_target_update_mode
	check_equal(drawing, SubViewport.UPDATE_DISABLED, "nothing is drawn")
	var size := first.viewport.get_visible_rect().size
	check_equal(Vector2i(size), EvolveArenas.window_size(), "coordinates")
	first.viewport.size = Vector2i(333, 222)
	check_equal(first.viewport.get_visible_rect().size, size, "coordinates when it is shown")
	arenas.leave(first)
	arenas.leave(second)
	await frames(1)
	check_equal(stage.get_child_count(), 0, "arenas left")


func test_an_arena_draws_its_own_chance_from_the_units_seed() -> void:
	RandomArena.drawn.clear()
	var arenas := EvolveArenas.new(stage, [], _scene_of(Node.new(), RandomArena))
	for unit_seed: int in [7, 7, 8]:
		arenas.leave(arenas.enter(unit_seed))
	var drawn := RandomArena.drawn
	check_equal(drawn[0], drawn[1], "the same seed")
	check_different(drawn[0], drawn[2], "another seed")
	var agent := EvolveAgent.new()
	agent.prepare(7, 0, EvolveTickCount.new())
	check_different(agent.random.randf(), drawn[0], "the first agent's chance")
	agent.free()


func test_a_shared_arena_lasts_from_the_first_episode_to_the_last() -> void:
	RandomArena.drawn.clear()
	var arenas := EvolveArenas.new(stage, [], _scene_of(Node.new(), RandomArena), false)
	var first := arenas.enter(1)
	var second := arenas.enter(2)
	check_equal(first.place, second.place, "the place of two episodes")
	arenas.leave(first)
	check(not second.place.is_queued_for_deletion(), "the arena outlives its first episode")
	arenas.leave(second)
	await frames(1)
	check_equal(stage.get_child_count(), 0, "arenas left")
	check_equal(RandomArena.drawn.size(), 1, "arenas built")


func test_the_members_of_a_unit_meet_in_its_arena_each_in_its_populations_scene() -> void:
	MeetingAgent.meetings.clear()
	var hunter := Node.new()
	hunter.name = "Hunter"
	var prey := Node2D.new()
	prey.name = "Prey"
	var scenes: Array[PackedScene] = [
		_scene_of(hunter, MeetingAgent), _scene_of(prey, MeetingAgent)
	]
	var batch := EvolveStubBatch.make(2, 2)
	batch.members_each = 3
	batch.unit_populations = PackedInt32Array([0, 1, 1])
	await _play(EvolveArenas.new(stage, scenes, _scene_of(Node.new(), RandomArena)), batch, 2)
	var found := MeetingAgent.meetings
	check_equal(found.size(), 6, "agents")
	for place in found.size():
		var expected: int = batch.unit_populations[place % 3]
		check_equal(found[place]["population"], expected, "population of agent %d" % place)
		check_equal(found[place]["name"], ["Hunter", "Prey"][expected], "its scene")
		check_equal(found[place]["populations"], batch.unit_populations, "its companions")
		check_equal(found[place]["world"], found[place - place % 3]["world"], "its world")
	check_different(found[0]["world"], found[3]["world"], "worlds of the two units")


func test_a_view_shows_the_arenas_that_are_alive() -> void:
	var view := add(EvolveArenaView.new(2)) as EvolveArenaView
	var arenas := EvolveArenas.new(stage, [])
	arenas.built.connect(view.show_arena)
	var all: Array[EvolveArena] = []
	for unit_seed in 3:
		all.append(arenas.enter(unit_seed))
	check_equal(_are_shown(all), [true, true, false], "two cells for three arenas")
	arenas.leave(all[0])
	all.append(arenas.enter(3))
	await frames(2)
	all.pop_front()
	check_equal(_are_shown(all), [true, false, true], "the next that is built takes the cell")
	arenas.leave(all[0])
	await frames(1)
	check_equal(_are_shown([all[2]]), [true], "the other cell goes on")


func _are_shown(arenas: Array[EvolveArena]) -> Array[bool]:
	var shown: Array[bool] = []
	for arena in arenas:
		var mode := arena.viewport.render_target_update_mode
		shown.append(mode != SubViewport.UPDATE_DISABLED)
	return shown


func _check_paths(kind: String) -> void:
	var alone := await _paths(kind, 64, 1, true)
	check_equal(alone.size(), 64, "paths")
	for slots: int in [7, 64]:
		check_equal(await _paths(kind, 64, slots, true), alone, "%d at a time" % slots)


# Units end at different times, so that arenas begin while others are in the midst of theirs.
func _paths(kind: String, units: int, slots: int, isolated: bool) -> Dictionary[String, int]:
	var agent: PackedScene = load(FIXTURES + "bouncer_%s.tscn" % kind)
	var around: PackedScene = load(FIXTURES + "bouncer_arena_%s.tscn" % kind)
	var batch := EvolveStubBatch.make(units, 0)
	for unit in units:
		batch.ticks[unit] = 60 + unit % 7
	var script: GDScript = load(FIXTURES + "bouncer_%s.gd" % kind)
	var paths: Dictionary[String, int] = script.get(&"paths")
	paths.clear()
	await _play(EvolveArenas.new(stage, [agent], around, isolated), batch, slots)
	await frames(1)
	return paths.duplicate()


func _play(arenas: EvolveArenas, batch: EvolveStubBatch, slots: int) -> void:
	_runner = EvolveEpisodeRunner.new(arenas, slots)
	_runner.add(batch)
	while not _runner.is_idle() and _runner.error.is_empty():
		await tree.physics_frame
		_runner.collect()
		_runner.step()
	check_equal(_runner.error, "")
	_runner.clear()


func _scene_of(root: Node, script: GDScript) -> PackedScene:
	root.set_script(script)
	if script != RandomArena:
		var agent := EvolveAgent.new()
		agent.name = "EvolveAgent"
		root.add_child(agent)
		agent.owner = root
	var scene := PackedScene.new()
	scene.pack(root)
	root.free()
	return scene
