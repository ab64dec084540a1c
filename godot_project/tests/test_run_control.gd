extends EvolveTest
## Pausing, stepping, saving and ending a run, and where Play keeps it.

const SCENE := "res://demos/xor/xor.tscn"


func test_a_run_that_is_paused_and_stepped_comes_to_the_same_champion() -> void:
	if skip_without_native():
		return
	var straight := await _train(func(_trainer: EvolveTrainer) -> void: pass)
	var paused: Dictionary[String, int] = {"times": 0}
	var stepped := await _train(
		func(trainer: EvolveTrainer) -> void:
			trainer.run_one_generation()
			while not trainer.is_paused:
				await frames(1)
			paused["times"] += 1
			await frames(5)
			check_equal(trainer.champion().generation, 0, "nothing goes on meanwhile")
			trainer.is_paused = false
	)
	check_equal(paused["times"], 1, "pauses")
	check_equal(stepped["champion"], straight["champion"], "champion")


func test_a_run_is_ended_early_with_what_it_has() -> void:
	if skip_without_native():
		return
	var ended := await _train(
		func(trainer: EvolveTrainer) -> void:
			await trainer.generation_finished
			trainer.stop()
	)
	check_equal(ended["generations"], 1, "generations")
	check_equal(EvolveBrain.from_bytes(ended["champion"]).generation, 0, "generation")
	var record: Dictionary = JSON.parse_string(ended["record"])
	check_equal(str(record["status"]), "finished")
	check_equal(str(record["seed"]), "1")


func test_champions_are_announced_and_saved_when_they_are_better() -> void:
	if skip_without_native():
		return
	var found: Array[EvolveBrain] = []
	var saved := PackedStringArray()
	var outcome := await _train(
		func(trainer: EvolveTrainer) -> void:
			check_null(trainer.champion(), "champion of nothing")
			check_equal(trainer.save_now(), "", "saved before there is one")
			trainer.champion_found.connect(func(brain: EvolveBrain) -> void: found.append(brain))
			await trainer.generation_finished
			saved.append(trainer.save_now())
			check_equal(FileAccess.get_file_as_bytes(saved[0]), trainer.champion().data, "file")
			check_equal(trainer.gallery().size(), 1, "gallery")
			check_equal(trainer.exhibit(0).data, trainer.champion().data, "exhibit")
	)
	check(found.size() >= 1, "%d champions" % found.size())
	for place in range(1, found.size()):
		check(found[place].fitness > found[place - 1].fitness, "champion %d" % place)
	check_equal(found[found.size() - 1].data, outcome["champion"], "the last one")


func test_play_keeps_each_run_in_a_folder_of_its_own_and_goes_on_with_a_named_one() -> void:
	if skip_without_native():
		return
	var first := await _train(func(_trainer: EvolveTrainer) -> void: pass)
	var second := await _train(func(_trainer: EvolveTrainer) -> void: pass)
	check_different(first["path"], second["path"], "folders")
	check_equal(first["champion"], second["champion"], "champion")
	var folder := make_folder().path_join("kept")
	var run := func(generations: int, goes_on: bool) -> Dictionary:
		return await _train(
			func(_trainer: EvolveTrainer) -> void: pass,
			{"run_folder": folder, "resume": goes_on, "generations": generations}
		)
	var half: Dictionary = await run.call(1, false)
	check_equal(half["path"], folder.path_join("champion.evo"))
	var whole: Dictionary = await run.call(3, true)
	check_equal(whole["champion"], first["champion"], "champion of a run that went on")


func test_a_folder_that_holds_a_run_is_not_overwritten_by_play() -> void:
	if skip_without_native():
		return
	expect_error("already holds a run; go on with it")
	var folder := make_folder().path_join("kept")
	await _train(func(_trainer: EvolveTrainer) -> void: pass, {"run_folder": folder})
	var refused := await _train(func(_trainer: EvolveTrainer) -> void: pass, {"run_folder": folder})
	check_contains(refused["reason"], "already holds a run; go on with it")


# Trains the demo for three generations while [param accompany] has its way with the trainer.
func _train(accompany: Callable, changes: Dictionary = {}) -> Dictionary:
	var scene := (load(SCENE) as PackedScene).instantiate()
	var trainer := scene.get_node("EvolveTrainer") as EvolveTrainer
	trainer.generations = 3
	trainer.population_size = 40
	for change: String in changes:
		trainer.set(change, changes[change])
	var ends: Array[Dictionary] = []
	var heard: Dictionary[String, int] = {"generations": 0}
	trainer.generation_finished.connect(
		func(_report: Dictionary) -> void: heard["generations"] += 1
	)
	trainer.training_finished.connect(func(path: String) -> void: ends.append({"path": path}))
	trainer.training_failed.connect(func(reason: String) -> void: ends.append({"reason": reason}))
	add(scene)
	await accompany.call(trainer)
	while ends.is_empty():
		await frames(1)
	scene.queue_free()
	await frames(2)
	var outcome := ends[0]
	if outcome.has("path"):
		outcome["champion"] = FileAccess.get_file_as_bytes(outcome["path"])
		var folder := str(outcome["path"]).get_base_dir()
		outcome["record"] = FileAccess.get_file_as_string(folder.path_join("run.json"))
	outcome["generations"] = heard["generations"]
	return outcome
