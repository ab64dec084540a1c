extends EvolveTest
## The promise: a champion moves in a game exactly as it moved in training.

const FOLDER := "res://tests/fixtures/replay/"


func test_a_champion_that_physics_moves_takes_the_path_it_took_in_training() -> void:
	await _check_replays("rolling_agent")


func test_a_champion_that_moves_itself_takes_the_path_it_took_in_training() -> void:
	await _check_replays("walking_agent")


func test_the_path_is_the_same_at_any_frame_rate() -> void:
	for agent: String in ["rolling_agent", "walking_agent"]:
		var trained := await _train(agent)
		if trained == null:
			return
		for rate: String in ["30", "60", "144"]:
			var scene := FOLDER + "replay_game.tscn"
			var game := EvolveChildGodot.run(
				[
					"--fixed-fps",
					rate,
					scene,
					"--",
					FOLDER + agent + ".tscn",
					trained.file,
					trained.replayed
				]
			)
			check_equal(game.exit_code, 0, game.output.right(500))
			check_equal(game.lines_after("path"), PackedStringArray([trained.path]), "at " + rate)


func _check_replays(agent: String) -> void:
	var trained := await _train(agent)
	if trained == null:
		return
	var begin := [
		["between two frames", tree.process_frame],
		["before a tick", tree.physics_frame],
		["in a tick", (add(Ticker.new()) as Ticker).ticked],
	]
	for way: Array in begin:
		for prefers_fallback: bool in [false, true]:
			Evolve.prefers_fallback = prefers_fallback
			var path := await _replay(trained, way[1] as Signal)
			Evolve.prefers_fallback = false
			var what := "path of one built %s, on the fallback: %s" % [way[0], prefers_fallback]
			check_equal(path, trained.path, what)


func _replay(trained: Trained, moment: Signal) -> String:
	var root := (load(trained.scene) as PackedScene).instantiate()
	var agent := EvolveAgent.find_in(root)
	agent.brain = EvolveBrain.from_bytes(FileAccess.get_file_as_bytes(trained.file))
	agent.replay_seed = trained.replayed.to_int()
	trained.episodes.clear()
	await moment
	stage.add_child(root)
	while trained.episodes.is_empty():
		await physics_frames(1)
	root.queue_free()
	await frames(1)
	return trained.episodes[0]["path"]


func _train(agent: String) -> Trained:
	if skip_without_native():
		return null
	var trained := Trained.new()
	trained.scene = FOLDER + agent + ".tscn"
	trained.episodes = (load(FOLDER + agent + ".gd") as Script).get(&"episodes")
	trained.episodes.clear()
	var trainer := EvolveTrainer.new()
	trainer.agent_scene = load(trained.scene)
	trainer.input_names = ["x", "speed", "third"]
	trainer.output_names = ["push", "lift"]
	trainer.population_size = 8
	trainer.generations = 3
	# Neighbours would meet each other's floor.
	trainer.parallel_episodes = 1
	var files := PackedStringArray()
	trainer.training_finished.connect(func(path: String) -> void: files.append(path))
	add(trainer)
	while files.is_empty():
		await physics_frames(1)
	trainer.free()
	trained.take_best(files[0], make_folder().path_join(agent + ".evo"))
	return trained


class Ticker:
	extends Node
	## Tells of the middle of a tick.
	signal ticked

	func _physics_process(_delta: float) -> void:
		ticked.emit()


class Trained:
	extends RefCounted
	## A champion, and the episode that made it one.
	var scene: String
	var file: String
	var replayed: String
	var path: String
	var episodes: Array[Dictionary]

	## Keeps the best episode, and the champion in a file of this name.
	func take_best(champion: String, target: String) -> void:
		file = target
		DirAccess.rename_absolute(champion, file)
		var best := episodes[0]
		for episode in episodes:
			if episode["fitness"] > best["fitness"]:
				best = episode
		replayed = str(best["seed"])
		path = best["path"]
