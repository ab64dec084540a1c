extends EvolveTest
## RustEvolution and RustWorkBatch, driven by a loop in GDScript that knows no scene.

const CONFIG := (
	'{"populations":[{"name":"main","size":150,"inputs":["a","b"],"outputs":["xor"]}],'
	+ '"evaluation":{"repeats":1,"episode_ticks":4}}'
)

const PARETO := (
	'{"populations":[{"name":"main","size":20,"inputs":["a","b"],"outputs":["xor"]}],'
	+ '"selection":{"strategy":"nsga2"},"evaluation":{"behaviour":[{"name":"place"}],"objectives":'
	+ '[{"name":"fitness","direction":"maximise"},{"name":"cost","direction":"minimise"}]}}'
)


func test_evolution_solves_xor() -> void:
	var evolution := _create(CONFIG, 1)
	if evolution == null:
		return
	check(is_nan(evolution.call(&"best_fitness")), "no best fitness before the first generation")
	while evolution.call(&"generation") < 150 and not evolution.call(&"best_fitness") >= 3.9:
		_play_generation(evolution, 150)
	var best: float = evolution.call(&"best_fitness")
	check(
		best >= 3.9, "best fitness %s after %s generations" % [best, evolution.call(&"generation")]
	)


func test_the_size_of_batches_changes_nothing() -> void:
	var whole := _create(CONFIG, 4)
	var parts := _create(CONFIG, 4)
	if whole == null or parts == null:
		return
	for generation in 5:
		_play_generation(whole, 150)
		_play_generation(parts, 7)
	var folder := make_folder()
	var whole_digest: String = whole.call(&"save", folder.path_join("whole.evolve"))
	check_equal(whole_digest.length(), 64, "digest")
	check_equal(parts.call(&"save", folder.path_join("parts.evolve")), whole_digest, "digest")


func test_a_report_tells_of_the_generation() -> void:
	var evolution := _create(CONFIG, 2)
	if evolution == null:
		return
	check_equal(evolution.call(&"units"), 150, "units")
	var report := _play_generation(evolution, 150)
	check_equal(report.get("evaluations"), 150, "evaluations")
	check_equal(report.get("steps"), 600, "steps")
	check(report["best"] >= report["mean"], "best is at least the mean")
	check((report["species"] as Array).size() > 0, "species")
	check_equal(evolution.call(&"generation"), 1, "generation")


func test_nothing_is_handed_out_while_every_unit_is_out() -> void:
	var evolution := _create(CONFIG, 2)
	if evolution == null:
		return
	check_not_null(evolution.call(&"ask", 150), "first batch")
	check_equal(evolution.call(&"units_waiting"), 0, "waiting")
	check_null(evolution.call(&"ask", 1), "second batch")


func test_a_checkpoint_resumes_to_the_same_bytes() -> void:
	var straight := _create(CONFIG, 7)
	if straight == null:
		return
	var folder := make_folder()
	for generation in 3:
		_play_generation(straight, 150)
	straight.call(&"save", folder.path_join("three.evolve"))
	var resumed := EvolveNative.resume_evolution(folder.path_join("three.evolve"))
	if not check_not_null(resumed, "resumed evolution"):
		return
	check_equal(resumed.call(&"generation"), 3, "generation")
	check_equal(resumed.call(&"seed"), 7, "seed")
	for generation in 3:
		_play_generation(straight, 150)
		_play_generation(resumed, 64)
	var expected: String = straight.call(&"save", folder.path_join("straight.evolve"))
	check_equal(resumed.call(&"save", folder.path_join("resumed.evolve")), expected, "digest")
	var bytes := FileAccess.get_file_as_bytes(folder.path_join("straight.evolve"))
	check(bytes == FileAccess.get_file_as_bytes(folder.path_join("resumed.evolve")), "same bytes")


func test_a_bad_configuration_gives_null_and_names_the_key() -> void:
	if skip_without_native():
		return
	check_null(EvolveNative.create_evolution('{"populations": [], "speling": 1}', 1))
	check_contains(EvolveNative.last_error(), "speling")
	check_null(EvolveNative.create_evolution("no json", 1))
	check_null(EvolveNative.create_evolution(CONFIG, -1))
	check_contains(EvolveNative.last_error(), "seed")


func test_a_missing_or_torn_checkpoint_gives_null() -> void:
	var evolution := _create(CONFIG, 7)
	if evolution == null:
		return
	check_null(EvolveNative.resume_evolution("user://there/is/none.evolve"))
	var path := make_folder().path_join("torn.evolve")
	evolution.call(&"save", path)
	var bytes := FileAccess.get_file_as_bytes(path)
	FileAccess.open(path, FileAccess.WRITE).store_buffer(bytes.slice(0, bytes.size() - 9))
	check_null(EvolveNative.resume_evolution(path))
	check_different(EvolveNative.last_error(), "", "error")


func test_a_batch_says_which_population_a_member_belongs_to() -> void:
	var hunters := EvolvePopulation.new()
	hunters.name = "hunters"
	hunters.size = 20
	hunters.input_names = ["a"]
	hunters.output_names = ["b"]
	var prey: EvolvePopulation = hunters.duplicate()
	prey.name = "prey"
	prey.group = 2
	var config := EvolveRunSettings.build_config([hunters, prey], {}, null)
	var evolution := _create(JSON.stringify(config), 7)
	if evolution == null:
		return
	var batch: RefCounted = evolution.call(&"ask", 2)
	var populations := PackedInt32Array()
	for member: int in batch.call(&"member_count"):
		populations.append(int(batch.call(&"population", member)))
	check_equal(populations, PackedInt32Array([0, 1, 1, 0, 1, 1]))
	Engine.print_error_messages = false
	check_equal(batch.call(&"population", 6), 0, "a member that is not there")
	Engine.print_error_messages = true
	check_contains(EvolveNative.last_error(), "member is 6, but this batch has 6")


func test_observations_of_the_wrong_length_give_nothing() -> void:
	var evolution := _create(CONFIG, 7)
	if evolution == null:
		return
	var batch: RefCounted = evolution.call(&"ask", 2)
	Engine.print_error_messages = false
	var members: PackedInt32Array = batch.call(&"unit_members", 0)
	var thoughts: Array[PackedFloat32Array] = [
		batch.call(&"think", members, PackedFloat32Array([1.0])),
		batch.call(&"think", members, PackedFloat32Array([1.0, NAN])),
		batch.call(&"think", PackedInt32Array([99]), PackedFloat32Array([1.0, 1.0])),
	]
	var told: bool = _score(batch, 0, [1.0, 2.0])
	var told_nan: bool = _score(batch, 0, [NAN])
	Engine.print_error_messages = true
	for thought in thoughts:
		check_equal(thought.size(), 0, "actions")
	check_equal(told, false, "score of the wrong length")
	check_equal(told_nan, false, "score that is no number")
	check_different(EvolveNative.last_error(), "", "error")


func test_several_objectives_give_a_gallery_and_its_brains_can_be_saved() -> void:
	var evolution := _create(PARETO, 7)
	if evolution == null:
		return
	check_equal(evolution.call(&"gallery", 0), [], "nothing is scored yet")
	var report := {}
	for generation in 3:
		var batch: RefCounted = evolution.call(&"ask", 1000)
		check_equal(batch.call(&"objectives"), PackedStringArray(["fitness", "cost"]))
		check_equal(batch.call(&"behaviour"), PackedStringArray(["place"]))
		for unit: int in batch.call(&"unit_count"):
			var value := float((unit * 7 + generation) % 20)
			check_equal(_score(batch, unit, [value, absf(value - 12.0)], [value]), true)
		report = evolution.call(&"tell", batch)
	var gallery: Array[Dictionary] = evolution.call(&"gallery", 0)
	check_equal(gallery.size(), int(report["front"]), "those whom nobody dominates")
	check_equal(float(gallery[0]["objectives"][1]), absf(float(gallery[0]["fitness"]) - 12.0))
	check_equal(str(report["objectives"][1]["name"]), "cost")
	check_equal(float(report["objectives"][1]["best"]), 0.0)
	var bytes: PackedByteArray = evolution.call(&"exhibit_bytes", 0, 0)
	check_not_null(
		ClassDB.class_call_static(&"RustNetwork", &"of_champion", bytes), "a brain that loads"
	)
	Engine.print_error_messages = false
	var none: PackedByteArray = evolution.call(&"exhibit_bytes", 0, 99)
	Engine.print_error_messages = true
	check_equal(none.size(), 0)
	check_contains(EvolveNative.last_error(), "place is 99, but the gallery has")


func test_every_population_has_a_champion_of_its_own() -> void:
	var config := PARETO.replace(
		'"populations":[',
		'"populations":[{"name":"prey","size":20,"inputs":["x"],"outputs":["y"]},'
	)
	var evolution := _create(config, 7)
	if evolution == null:
		return
	check_equal(evolution.call(&"champion_bytes", 1), PackedByteArray(), "before the first score")
	var report := {}
	while report.is_empty():
		var batch: RefCounted = evolution.call(&"ask", 1000)
		for unit: int in batch.call(&"unit_count"):
			var members: int = (batch.call(&"unit_members", unit) as PackedInt32Array).size()
			var scores := PackedFloat64Array()
			for member in members:
				scores.append_array([float(unit), 1.0])
			var places := PackedFloat64Array()
			places.resize(members)
			batch.call(&"score", unit, scores, places, 1)
		report = evolution.call(&"tell", batch)
	var names := PackedStringArray()
	for population: Dictionary in report["populations"]:
		names.append(population["name"])
	check_equal(names[0], "prey")
	check_equal(names.size(), 2)
	for place in names.size():
		var brain := EvolveBrain.from_bytes(evolution.call(&"champion_bytes", place))
		check_equal(brain.fitness, float(report["populations"][place]["best_ever"]), names[place])
	Engine.print_error_messages = false
	check_equal(evolution.call(&"champion_bytes", 2), PackedByteArray())
	Engine.print_error_messages = true
	check_contains(EvolveNative.last_error(), "population is 2, but the run has 2")


func test_a_file_is_written_whole_or_refused_with_its_reason() -> void:
	if skip_without_native():
		return
	var path := make_folder().path_join("some.bytes")
	check_equal(EvolveNative.write_file(path, PackedByteArray([1, 2, 3])), true)
	check_equal(FileAccess.get_file_as_bytes(path), PackedByteArray([1, 2, 3]))
	check_equal(EvolveNative.write_file(path.path_join("no.folder"), PackedByteArray()), false)
	check_contains(EvolveNative.last_error(), "some.bytes")


func test_a_minimised_fitness_is_reached_from_above() -> void:
	var evolution := _create(PARETO.replace("maximise", "minimise"), 7)
	if evolution == null:
		return
	check_equal(evolution.call(&"reaches", 1e9), false, "nothing is scored yet")
	_score_all(evolution)
	check_equal(evolution.call(&"best_fitness"), 5.0)
	check_equal(evolution.call(&"reaches", 5.0), true)
	check_equal(evolution.call(&"reaches", 4.9), false)


func test_a_run_says_how_it_stands_and_shows_its_members() -> void:
	var evolution := _create(PARETO, 7)
	if evolution == null:
		return
	check_null(evolution.call(&"champion", 0), "champion of nothing")
	_score_all(evolution)
	var standing: Dictionary = evolution.call(&"statistics")
	check_equal(standing["generation"], 1)
	check_equal(standing["evaluations"], 20)
	check_equal(standing["best_fitness"], evolution.call(&"best_fitness"))
	var population: Dictionary = standing["populations"][0]
	check_equal(population["name"], "main")
	check_equal(population["members"], 40, "parents and offspring")
	check(population["species"] > 0 and population["front"] > 0, "species and a front")
	check(population["mean_connections"] >= 2.0, "connections")
	var member: RefCounted = evolution.call(&"member", 0, 39)
	check_equal(int(member.call(&"node_count")) >= 3, true, "nodes of a member")
	check_not_null(evolution.call(&"champion", 0), "champion")
	Engine.print_error_messages = false
	check_null(evolution.call(&"member", 1, 0))
	check_equal(EvolveNative.last_error(), "population is 1, but the run has 1")
	check_null(evolution.call(&"member", 0, 40))
	Engine.print_error_messages = true
	check_equal(EvolveNative.last_error(), "index is 40, but the population has 40 members")


func test_bytes_that_are_no_frame_give_null() -> void:
	if skip_without_native():
		return
	check_null(EvolveNative.batch_from_bytes(PackedByteArray([1, 2, 3])))
	check_different(EvolveNative.last_error(), "", "error")


func _create(config: String, run_seed: int) -> RefCounted:
	if skip_without_native():
		return null
	var evolution := EvolveNative.create_evolution(config, run_seed)
	check_not_null(evolution, EvolveNative.last_error())
	return evolution


func _play_generation(evolution: RefCounted, batch_size: int) -> Dictionary:
	var report := {}
	while report.is_empty():
		var batch: RefCounted = evolution.call(&"ask", batch_size)
		for unit: int in batch.call(&"unit_count"):
			_play_unit(batch, unit)
		report = evolution.call(&"tell", batch)
	return report


func _play_unit(batch: RefCounted, unit: int) -> void:
	var fitness := 0.0
	for case in 4:
		var left := float(case >> 1)
		var right := float(case & 1)
		var members: PackedInt32Array = batch.call(&"unit_members", unit)
		var seen := PackedFloat32Array([left, right])
		var answer: PackedFloat32Array = batch.call(&"think", members, seen)
		var target := 1.0 if left != right else 0.0
		fitness += 1.0 - (target - answer[0]) * (target - answer[0])
	_score(batch, unit, [fitness])


func _score_all(evolution: RefCounted) -> void:
	var batch: RefCounted = evolution.call(&"ask", 1000)
	for unit: int in batch.call(&"unit_count"):
		_score(batch, unit, [5.0 + unit, 1.0 + unit], [0.5])
	evolution.call(&"tell", batch)


func _score(
	batch: RefCounted, unit: int, scores: Array[float], behaviour: Array[float] = []
) -> bool:
	return batch.call(&"score", unit, PackedFloat64Array(scores), PackedFloat64Array(behaviour), 4)
