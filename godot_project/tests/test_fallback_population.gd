extends EvolveTest
## A population bred by the fallback and the same one bred by the native library: call by call the
## same bits.


func test_a_run_of_generations_has_the_native_bits() -> void:
	if skip_without_native():
		return
	seconds_limit = 120.0
	for case in 3:
		var settings := {
			"genome": {"recurrent": case == 1},
			"mutation": {"add_node_rate": 0.2, "toggle_rate": 0.1},
			"speciation": {"threshold": 0.5, "target_species": 3 + 4 * case},
		}
		var native: Array[RefCounted] = [
			ClassDB.class_call_static(&"RustPopulation", &"create", 40, 3, 2, case, settings),
			ClassDB.class_call_static(&"RustNeatSpecies", &"create", settings),
		]
		var fallback: Array[RefCounted] = [
			EvolveFallbackPopulation.create(40, 3, 2, case, settings),
			EvolveFallbackSpecies.create(settings),
		]
		for generation in 12:
			var expected := _breed(native, generation)
			var actual := _breed(fallback, generation)
			check_equal(actual, expected, "generation %d of case %d" % [generation, case])
			if not failures.is_empty():
				return


func test_both_have_the_same_functions() -> void:
	if skip_without_native():
		return
	var twins: Dictionary[StringName, GDScript] = {
		&"RustPopulation": EvolveFallbackPopulation,
		&"RustNeatSpecies": EvolveFallbackSpecies,
		&"RustNeatGenome": EvolveFallbackGenome,
		&"RustNetwork": EvolveFallbackNetwork,
		&"RustNsga2": EvolveFallbackNsga2,
		&"RustGeneticOps": EvolveFallbackGeneticOps,
	}
	for native in twins:
		var names := PackedStringArray()
		var script: Script = twins[native]
		while script != null:
			for method in script.get_script_method_list():
				names.append(method["name"])
			script = script.get_base_script()
		for method in ClassDB.class_get_method_list(native, true):
			check(method["name"] in names, "%s.%s in the fallback" % [native, method["name"]])


func test_files_are_read_on_both_sides() -> void:
	if skip_without_native():
		return
	var folder := make_folder()
	var fallback := EvolveFallbackPopulation.create(7, 2, 1, 3)
	fallback.mutate(1)
	var digest := fallback.save(folder.path_join("fallback.evolve"))
	check_equal(digest, fallback.digest(), "digest of the file")
	var path := folder.path_join("fallback.evolve")
	var native: RefCounted = ClassDB.class_call_static(&"RustPopulation", &"load", path)
	if check_not_null(native, "the native population"):
		check_equal(native.call(&"digest"), digest, "digest of the native population")
		native.call(&"save", folder.path_join("native.evolve"))
	var back := EvolveFallbackPopulation.load(folder.path_join("native.evolve"))
	if check_not_null(back, "the fallback's population"):
		check_equal(back.digest(), digest, "digest of what was read")


func test_what_makes_no_sense_is_refused_with_its_place() -> void:
	var population := EvolveFallbackPopulation.create(3, 3, 2, 1)
	expect_error("EvolveFallbackPopulation.genome: place is 3, but must be from 0 to 2")
	check_null(population.genome(3), "genome")
	expect_error("EvolveFallbackPopulation.pick: places[1] is -1, but must be from 0 to 2")
	check_null(population.pick(PackedInt32Array([0, -1])), "picked")
	expect_error("EvolveFallbackPopulation.pick: places has 0 places, but must have 1 to 1000000")
	check_null(population.pick(PackedInt32Array()), "nobody")
	expect_error("EvolveFallbackPopulation.crossover: second has 1 places, but must have 2")
	var two := PackedInt32Array([0, 1])
	check_null(population.crossover(two, PackedInt32Array([0]), 1), "children")
	expect_error(
		"EvolveFallbackPopulation.think: observations has 2 numbers, but must have 9, 3 for"
	)
	check_equal(population.think(PackedFloat32Array([1.0, 2.0])), PackedFloat32Array(), "thought")
	expect_error("EvolveFallbackPopulation.append: other is null, but must be an")
	check_equal(population.append(null), false, "appended")
	expect_error(
		"EvolveFallbackPopulation.append: other has 2 inputs and 2 outputs, where 3 inputs"
	)
	check_equal(population.append(EvolveFallbackPopulation.create(1, 2, 2, 1)), false, "appended")
	expect_error("EvolveFallbackPopulation.create: size is 0, but must be from 1 to 1000000")
	check_null(EvolveFallbackPopulation.create(0, 3, 2, 1), "nobody")
	expect_error(
		"EvolveFallbackPopulation.of_genomes: genomes is empty, but must hold at least one"
	)
	check_null(EvolveFallbackPopulation.of_genomes([]), "nobody")
	expect_error("EvolveFallbackPopulation.load: cannot read /there/is/none")
	check_null(EvolveFallbackPopulation.load("/there/is/none"), "file")
	expect_error("EvolveFallbackPopulation.from_bytes: data: this is no safetensors buffer")
	check_null(EvolveFallbackPopulation.from_bytes(PackedByteArray([1])), "bytes")


# One generation; what it came to as text, for both to be compared.
func _breed(both: Array[RefCounted], generation: int) -> Array:
	var population := both[0]
	var species := both[1]
	var seen := PackedFloat32Array()
	var random := EvolveFallbackStream.of_user(generation)
	for index in 40 * 3:
		seen.append(random.signed())
	var thought: PackedFloat32Array = population.call(&"think", seen)
	var places: PackedInt32Array = species.call(&"speciate", population)
	var fitness := PackedFloat64Array()
	for place in 40:
		fitness.append(thought[2 * place])
	var adjusted: PackedFloat64Array = species.call(&"adjusted_fitness", fitness, places)
	var first := PackedInt32Array()
	var second := PackedInt32Array()
	for child in 37:
		first.append(random.below(40))
		second.append(random.below(40))
	var children: RefCounted = population.call(&"crossover", first, second, generation)
	children.call(&"mutate", generation)
	var next: RefCounted = population.call(&"pick", PackedInt32Array([5, 0, 39]))
	next.call(&"append", children)
	species.call(&"renew", population, places, generation)
	species.call(&"adapt_threshold", species.call(&"count"))
	# Every other generation comes by the shorter way, which draws from other streams.
	if generation % 2 == 0:
		population.call(&"breed", PackedInt32Array([5, 0, 39]), first, second, generation)
		next = population
	both[0] = next
	return [
		thought,
		places,
		adjusted,
		species.call(&"ids"),
		species.call(&"threshold"),
		next.call(&"digest"),
		next.call(&"connection_counts"),
		next.call(&"hidden_counts"),
	]
