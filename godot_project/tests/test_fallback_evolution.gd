extends EvolveTest
## Whole runs without the native library, beside the same runs with it: same champions, reports and
## checkpoints, to the bit.

const _NAMES := '"inputs":["a","b"],"outputs":["out"]'
const _ONE := '"populations":[{"size":40,%s}]' % _NAMES
const _GROWTH := (
	'"mutation":{"add_node_rate":0.2,"add_connection_rate":0.4,"delete_connection_rate":0.1,'
	+ '"delete_node_rate":0.05,"toggle_rate":0.1,"activation_rate":0.1,"aggregation_rate":0.1},'
	+ '"genome":{"activations":["steep_sigmoid","tanh","sine"],"aggregations":["sum","max"]}'
)

const _RECURRENT := (
	'"genome":{"recurrent":true,"initial_connections":"none","activations":["tanh","relu"],'
	+ '"hidden_activation":"tanh"},"mutation":{"add_node_rate":0.3,"add_connection_rate":0.8}'
)


func test_champions_reports_and_checkpoints_are_those_of_the_library() -> void:
	if skip_without_native():
		return
	for run_seed: int in [1, 7, 4611686018427387905]:
		_compare("{%s}" % _ONE, run_seed, 15)


func test_growing_structure_gives_the_same_bits() -> void:
	if skip_without_native():
		return
	_compare("{%s,%s}" % [_ONE, _GROWTH], 3, 20)


func test_repeats_fixed_seeds_and_a_minimised_fitness_give_the_same_bits() -> void:
	if skip_without_native():
		return
	var minimised := '"objectives":[{"name":"cost","direction":"minimise"}]'
	_compare('{%s,"evaluation":{"repeats":3,%s}}' % [_ONE, minimised], 2, 15)
	_compare('{%s,"evaluation":{"fixed_seeds":true},%s}' % [_ONE, _RECURRENT], 5, 15)


func test_species_that_stagnate_and_too_many_of_them_give_the_same_bits() -> void:
	if skip_without_native():
		return
	var breeding := '"reproduction":{"stagnation_limit":2,"minimum_species_size":2,"elitism":3}'
	var species := '"speciation":{"target_species":2,"threshold":0.3}'
	var complexity := '"complexity":{"allowance":1.5,"patience":2,"deletion_rate":0.6}'
	_compare("{%s,%s,%s,%s,%s}" % [_ONE, _GROWTH, breeding, species, complexity], 4, 20)


func test_populations_that_meet_in_groups_give_the_same_bits() -> void:
	if skip_without_native():
		return
	var apart := '"populations":[{"size":30,%s},{"name":"prey","size":17,%s}]' % [_NAMES, _NAMES]
	_compare("{%s}" % apart, 8, 15)
	var meeting := apart.replace('"size":17', '"size":17,"group":3')
	_compare('{%s,"evaluation":{"together":true,"repeats":2}}' % meeting, 9, 15)


func test_several_objectives_with_nsga2_give_the_same_bits() -> void:
	if skip_without_native():
		return
	var objectives := '"objectives":[{"name":"fitness"},{"name":"fuel","direction":"minimise"}]'
	var nsga2 := '"selection":{"strategy":"nsga2"}'
	_compare('{%s,%s,"evaluation":{%s}}' % [_ONE, nsga2, objectives], 1, 15)
	var fixed := '"evaluation":{"fixed_seeds":true,"behaviour":[{"name":"place"}],%s}' % objectives
	var counted := nsga2.replace("}", ',"complexity":true}')
	_compare("{%s,%s,%s,%s}" % [_ONE, counted, fixed, _GROWTH], 2, 15)


func _compare(config: String, run_seed: int, generations: int) -> void:
	var native := EvolveNative.create_evolution(config, run_seed)
	var ours := EvolveFallbackEvolution.create(config, run_seed)
	if not check_not_null(native, EvolveNative.last_error()) or not check_not_null(ours):
		return
	check_equal(ours.config_json(), str(native.call(&"config_json")), "configuration")
	var folder := make_folder()
	for generation in generations:
		# Also from what the library wrote.
		if generation == 5:
			ours = EvolveFallbackEvolution.resume(folder.path_join("native"))
			if not check_not_null(ours, EvolveFallbackRefusal.last):
				return
		var expected := _play(native, 1000)
		var report := _play(ours, 17)
		var title := "generation %d of seed %d" % [generation, run_seed]
		check_equal(report, expected, "report of %s" % title)
		var digest: String = native.call(&"save", folder.path_join("native"))
		check_equal(ours.save(folder.path_join("ours")), digest, "checkpoint after %s" % title)
		for place: int in (report["populations"] as Array).size():
			var champion: PackedByteArray = native.call(&"champion_bytes", place)
			check(ours.champion_bytes(place) == champion, "champion %d after %s" % [place, title])
		if not failures.is_empty():
			return


func test_any_float_is_written_and_read_as_the_library_does() -> void:
	if skip_without_native():
		return
	var random := RandomNumberGenerator.new()
	random.seed = 3
	var values: Array[float] = [1e-6, 1e5, 4.0, 0.1 + 0.2, 1.0 / 3.0, 1e-5, 123.456]
	for place in 60:
		values.append(pow(10.0, random.randf_range(-6.0, 5.9)))
	for value in values:
		var config := {"mutation": {"weight_power": value}}
		config["populations"] = [{"inputs": ["a"], "outputs": ["b"], "size": 2}]
		var text := EvolveFallbackCanonicalJson.of(config)
		var native := EvolveNative.create_evolution(text, 1)
		var expected: String = native.call(&"config_json")
		var ours := EvolveFallbackRunConfig.parse(expected)
		check_equal(EvolveFallbackCanonicalJson.of(ours.to_dictionary()), expected, str(value))
		check_equal(ours.settings.numbers["mutation.weight_power"], value, "read again")


# Scores depend on what brains answer, and on the episode's seed.
func _play(evolution: RefCounted, batch_size: int) -> Dictionary:
	var report := {}
	while report.is_empty():
		var batch: RefCounted = evolution.call(&"ask", batch_size)
		for unit: int in batch.call(&"unit_count"):
			_play_unit(batch, unit)
		report = evolution.call(&"tell", batch)
	return report


func _play_unit(batch: RefCounted, unit: int) -> void:
	var members: PackedInt32Array = batch.call(&"unit_members", unit)
	var luck := float(int(batch.call(&"unit_seed", unit)) % 100) / 1000.0
	var sums := PackedFloat64Array()
	sums.resize(members.size())
	for case in 4:
		var seen := PackedFloat32Array()
		for member in members:
			seen.append_array([float(case >> 1) + luck, float(case & 1)])
		var answers: PackedFloat32Array = batch.call(&"think", members, seen)
		var target := float((case >> 1) ^ (case & 1))
		for place in members.size():
			sums[place] += 1.0 - (target - answers[place]) * (target - answers[place])
	var scores := PackedFloat64Array()
	var width: int = (batch.call(&"objectives") as PackedStringArray).size()
	for sum in sums:
		for objective in width:
			scores.append(sum if objective == 0 else absf(sum - luck * 9.0 * objective))
	var described := PackedFloat64Array()
	described.resize(members.size() * (batch.call(&"behaviour") as PackedStringArray).size())
	described.fill(luck)
	# A metric of everybody, and one of most. The sum of thirds shows in which order they are added.
	for place in members.size():
		var names := PackedStringArray(["Übermut", "third"] if sums[place] > 2.0 else ["third"])
		var values := PackedFloat64Array([sums[place] * 1e300, sums[place] / 3.0])
		batch.call(&"note", unit, place, names, values.slice(2 - names.size()))
	batch.call(&"score", unit, scores, described, 4 * members.size())
