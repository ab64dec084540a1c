extends "../race.gd"
## Populations written and read: ours beside JSON.

const Files := preload("../yardstick/files.gd")
const SIZE := 1_000


## Runs every race of this file.
func run() -> void:
	_files()


func _files() -> void:
	var population := _grown(SIZE, 10, 4, 10)
	var plain := Twins.new().of_population(population)
	var folder := DirAccess.create_temp("evolve-bench")
	var ours := folder.get_current_dir().path_join("population.evolve")
	var theirs := folder.get_current_dir().path_join("population.json")
	_check(not population.save(ours).is_empty(), "saving")
	Files.save(theirs, plain)
	_check_restored(RustPopulation.load(ours), population, Files.load_all(theirs), plain)
	var save_json := func(_calls: int) -> void: Files.save(theirs, plain)
	# JSON's way does not wait for the disk, so the first row does not either.
	var write := func(_calls: int) -> void: _write(ours, population.to_bytes())
	var save := func(_calls: int) -> void: population.save(ours)
	time("saving a population of 1000", "us", write, save_json, 1, 1)
	time("saving it durably, JSON not so", "us", save, save_json, 1, 1)
	var read := func(_calls: int) -> void: RustPopulation.load(ours)
	var read_json := func(_calls: int) -> void: Files.load_all(theirs)
	time("loading a population of 1000", "us", read, read_json, 1, 1)


func _write(path: String, bytes: PackedByteArray) -> void:
	var file := FileAccess.open(path, FileAccess.WRITE)
	file.store_buffer(bytes)
	file.close()


func _check_restored(
	ours: RustPopulation, saved: RustPopulation, theirs: Array[Genome], plain: Array[Genome]
) -> void:
	_check(ours.digest() == saved.digest(), "what the file gives back")
	for place in plain.size():
		var weights := plain[place].weights
		_check(theirs[place].connection_ids == plain[place].connection_ids, "genes of JSON")
		for gene in weights.size():
			_check(absf(theirs[place].weights[gene] - weights[gene]) < 1e-6, "weights of JSON")
