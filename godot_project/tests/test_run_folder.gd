extends EvolveTest
## The files of a local run.


func test_only_the_newest_checkpoints_are_kept() -> void:
	var folder := _opened()
	for generation in range(1, 9):
		_touch(folder.checkpoint_path(generation))
	_touch(folder.checkpoints_path().path_join("notes.txt"))
	folder.prune()
	var names := PackedStringArray()
	for path in folder.checkpoints():
		names.append(path.get_file())
	check_equal(names.size(), EvolveRunFolder.CHECKPOINTS_KEPT, "kept")
	check_equal(names[0], "generation-000008.evolve", "newest first")
	check_equal(names[4], "generation-000004.evolve", "oldest last")
	check(FileAccess.file_exists(folder.checkpoints_path().path_join("notes.txt")), "a note stays")


func test_metrics_past_a_checkpoint_are_cut_off() -> void:
	var folder := _opened()
	check_equal(folder.begin_metrics(0), "")
	for generation in 4:
		check_equal(folder.add_metrics(_report(generation)), "")
	check_equal(folder.begin_metrics(2), "")
	var lines := FileAccess.get_file_as_string(folder.metrics_path()).split("\n", false)
	check_equal(lines.size(), 3, "lines")
	check_equal(lines[0], "generation,best,mean,best_ever,species,evaluations,steps,seconds")
	check_equal(lines[2], "1,0.1,1.0,0.3,2,150,600,0.250000")


func test_a_row_that_a_crash_tore_is_cut_off() -> void:
	var folder := _opened()
	var file := FileAccess.open(folder.metrics_path(), FileAccess.WRITE)
	file.store_string("a header\n0,1.0,1.0,1.0,2,150,600,0.1\n1,1.0,1")
	file.close()
	check_equal(folder.begin_metrics(2), "")
	check_equal(FileAccess.get_file_as_string(folder.metrics_path()).count("\n"), 2, "lines")


func test_a_run_that_nobody_gave_a_folder_gets_the_next_one() -> void:
	var settings := EvolveRunSettings.new()
	settings.scene_path = "res://levels/canyon.tscn"
	settings.run_seed = 7
	var first := EvolveRunFolder.of("", settings)
	check_equal(first.path.get_file(), "canyon-7-001")
	check_equal(first.open(), "")
	check_equal(EvolveRunFolder.of("", settings).path.get_file(), "canyon-7-002")
	check_equal(EvolveRunFolder.of("/tmp/named", settings).path, "/tmp/named")


func test_each_population_has_a_champion_file_of_its_own() -> void:
	var folder := EvolveRunFolder.new("/tmp/run")
	check_equal(folder.champion_path(), "/tmp/run/champion.evo")
	check_equal(folder.champion_path("prey"), "/tmp/run/champion-prey.evo")
	check_equal(folder.champion_path("a/b"), "/tmp/run/champion-a_b.evo")


func test_a_folder_that_cannot_be_made_is_named() -> void:
	var file := make_folder().path_join("file")
	_touch(file)
	check_contains(EvolveRunFolder.new(file.path_join("run")).open(), "cannot be made")


func _opened() -> EvolveRunFolder:
	var folder := EvolveRunFolder.new(make_folder().path_join("run"))
	check_equal(folder.open(), "", "opening")
	return folder


func _report(generation: int) -> Dictionary:
	return {
		"generation": generation,
		"best": 0.1,
		"mean": float(generation),
		"best_ever": 0.3,
		"species": [{}, {}],
		"evaluations": 150 * generation,
		"steps": 600 * generation,
		"seconds": 0.25,
	}


func _touch(path: String) -> void:
	FileAccess.open(path, FileAccess.WRITE).store_string("x")
