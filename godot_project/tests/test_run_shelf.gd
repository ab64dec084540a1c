extends EvolveTest
## Runs on the disk: found, read, and deleted without taking anything else along.

const TABLE := "generation,best,mean,best_ever,species,evaluations,steps,seconds\n"


func test_a_run_tells_how_far_it_came_and_its_seed_from_its_champion() -> void:
	var folder := _make_run("cars-7-001", 40)
	var record := EvolveRunRecord.of(folder)
	check_equal(record.title(), "cars-7-001", "title")
	check_equal(record.generations, 40, "generations")
	check_equal(record.best, 39.5, "best")
	check_equal(record.history().size(), 40, "rows")
	DirAccess.copy_absolute(_vector("valid/champion.evo"), folder.path_join("champion.evo"))
	var again := EvolveRunRecord.of(folder)
	check_equal(again.run_seed, EvolveBrain.from_bytes(_champion()).run_seed, "seed")
	check_equal(again.champion_path(), folder.path_join("champion.evo"), "champion")


func test_a_record_beside_the_table_names_scene_and_seed_and_a_broken_one_nothing() -> void:
	var folder := _make_run("run", 1)
	_write(
		folder.path_join("run.json"), '{"source": "res://cars.tscn", "seed": "9007199254740993"}'
	)
	var record := EvolveRunRecord.of(folder)
	check_equal(record.scene, "res://cars.tscn", "scene")
	check_equal(record.run_seed, "9007199254740993", "seed")
	_write(folder.path_join("run.json"), "{nonsense")
	check_equal(EvolveRunRecord.of(folder).scene, "", "scene of a broken record")


func test_a_table_of_thousands_and_one_without_a_row_are_read() -> void:
	check_equal(EvolveRunRecord.of(_make_run("long", 5000)).generations, 5000, "generations")
	var empty := EvolveRunRecord.of(_make_run("empty", 0))
	check_equal(empty.generations, 0, "generations without a row")
	check(is_nan(empty.best), "no best without a row")
	check_null(EvolveRunRecord.of(make_folder()), "a folder without a table")


func test_runs_are_found_below_added_folders_newest_first() -> void:
	var shelf := EvolveRunShelf.new()
	var parent := make_folder()
	for name: String in ["a", "b"]:
		DirAccess.make_dir_absolute(parent.path_join(name))
		_write(parent.path_join(name).path_join("metrics.csv"), TABLE)
	DirAccess.make_dir_absolute(parent.path_join("no-run"))
	check_equal(shelf.add_folder(parent), "", "refusal")
	var titles := PackedStringArray()
	for record in shelf.find_runs():
		if record.path.begins_with(parent):
			titles.append(record.title())
	titles.sort()
	check_equal(titles, PackedStringArray(["a", "b"]), "runs")
	check_contains(shelf.add_folder(parent), "are shown already.", "the same folder")
	check_contains(shelf.add_folder("/no/such/folder"), "is no folder.", "a missing folder")


func test_deleting_a_run_leaves_what_it_did_not_write() -> void:
	var folder := _make_run("mine", 3)
	DirAccess.make_dir_absolute(folder.path_join("checkpoints"))
	_write(folder.path_join("checkpoints/generation-000001.evolve"), "x")
	for name: String in ["champion-prey.evo", "verdicts.json", "history.sqlite-wal", "lock"]:
		_write(folder.path_join(name), "x")
	_write(folder.path_join("thesis.txt"), "years of work")
	var said := EvolveRunRecord.of(folder).delete()
	check_contains(said, "there is more in it", "sentence")
	check_equal(DirAccess.get_files_at(folder), PackedStringArray(["thesis.txt"]), "files")
	check_equal(DirAccess.get_directories_at(folder), PackedStringArray(), "folders")
	var other := _make_run("other", 3)
	check_equal(EvolveRunRecord.of(other).delete(), "", "sentence of a plain run")
	check(not DirAccess.dir_exists_absolute(other), "the folder is gone")


func test_runs_are_looked_for_where_the_project_keeps_them() -> void:
	var folder := make_folder()
	var before: Variant = ProjectSettings.get_setting(EvolveSettings.RUNS_FOLDER, null)
	ProjectSettings.set_setting(EvolveSettings.RUNS_FOLDER, folder)
	DirAccess.make_dir_absolute(folder.path_join("a"))
	_write(folder.path_join("a/metrics.csv"), TABLE)
	var shelf := EvolveRunShelf.new()
	var runs := shelf.find_runs()
	check_equal(runs.size(), 1, "runs")
	check_equal(runs[0].path, folder.path_join("a"), "path")
	check_contains(shelf.add_folder(folder), "are shown already.", "the same folder")
	ProjectSettings.set_setting(EvolveSettings.RUNS_FOLDER, before)


func _make_run(name: String, rows: int) -> String:
	var folder := make_folder().path_join(name)
	DirAccess.make_dir_absolute(folder)
	var lines := PackedStringArray()
	for row in rows:
		lines.append("%d,%.1f,1.0,%.1f,3,150,600,0.1\n" % [row, row + 0.5, row + 0.5])
	_write(folder.path_join("metrics.csv"), TABLE + "".join(lines))
	return folder


func _write(path: String, text: String) -> void:
	var file := FileAccess.open(path, FileAccess.WRITE)
	file.store_string(text)
	file.close()


func _champion() -> PackedByteArray:
	return FileAccess.get_file_as_bytes(_vector("valid/champion.evo"))


func _vector(name: String) -> String:
	return ProjectSettings.globalize_path("res://").path_join("../spec/vectors").path_join(name)
