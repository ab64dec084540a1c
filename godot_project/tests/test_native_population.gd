extends EvolveTest
## RustPopulation, as GDScript sees it: what it does with all members is what each does by itself.

const POPULATION := &"RustPopulation"


func test_members_think_what_their_genomes_think() -> void:
	if skip_without_native():
		return
	for size: int in [1, 7, 300]:
		var population := _grown(size)
		var chance := RandomNumberGenerator.new()
		chance.seed = size
		var seen := PackedFloat32Array()
		for index in size * 3:
			seen.append(chance.randfn() * 3.0)
		var expected := PackedFloat32Array()
		for place in size:
			var genome: RefCounted = population.call(&"genome", place)
			var thought: PackedFloat32Array = genome.call(
				&"think", seen.slice(place * 3, place * 3 + 3)
			)
			expected.append_array(thought)
		check_equal(population.call(&"think", seen), expected, "%d members" % size)


func test_the_first_member_is_the_genome_of_the_same_seed() -> void:
	if skip_without_native():
		return
	var population := _create(5, 11)
	var genome := EvolveNative.create_genome(3, 2, 11)
	check_equal(_digest(population, 0), genome.call(&"digest"), "first genome")
	check_different(_digest(population, 1), genome.call(&"digest"), "second genome")
	population.call(&"mutate", 4)
	genome.call(&"mutate", 4)
	check_equal(_digest(population, 0), genome.call(&"digest"), "first genome, mutated")


func test_large_populations_change_as_small_ones_do() -> void:
	if skip_without_native():
		return
	# The large one is spread over threads, the small one is not.
	var large := _create(500, 3)
	var small := _create(40, 3)
	for population: RefCounted in [large, small]:
		for step in 5:
			population.call(&"mutate", step)
	for place in 40:
		check_equal(_digest(large, place), _digest(small, place), "member %d" % place)


func test_children_are_those_of_their_parents() -> void:
	if skip_without_native():
		return
	var population := _grown(10)
	var first := PackedInt32Array([3, 0, 9])
	var second := PackedInt32Array([4, 0, 2])
	var children: RefCounted = population.call(&"crossover", first, second, 8)
	check_equal(children.call(&"size"), 3, "children")
	var mother: RefCounted = population.call(&"genome", 3)
	var child: RefCounted = mother.call(&"crossover", population.call(&"genome", 4), 8)
	check_equal(
		_digest(children, 0), child.call(&"digest"), "the first child draws as one by itself"
	)
	for place in 3:
		var parent: RefCounted = population.call(&"genome", first[place])
		var made: RefCounted = children.call(&"genome", place)
		check_equal(made.call(&"connection_ids"), parent.call(&"connection_ids"), "structure")


func test_a_generation_has_its_elites_and_then_a_mutated_child_of_each_pair() -> void:
	if skip_without_native():
		return
	for size: int in [20, 400]:
		var population := _grown(size)
		var before := _grown(size)
		var first := PackedInt32Array(range(size - 2))
		var second := first.duplicate()
		second.reverse()
		for generation in 3:
			population.call(&"breed", PackedInt32Array([size - 1, 0]), first, second, generation)
		check_equal(population.call(&"size"), size, "size")
		var elites := PackedInt32Array([0, size - 1])
		check_equal(before.call(&"breed", elites, first, second, 1), true, "bred")
		check_equal(_digest(before, 0), _digest(_grown(size), 0), "the first elite")
		check_equal(_digest(before, 1), _digest(_grown(size), size - 1), "the second elite")
		check_different(_digest(before, 2), _digest(before, 3), "children")
		check_different(_digest(population, 5), _digest(before, 5), "after more generations")


func test_picked_and_appended_members_are_copies() -> void:
	if skip_without_native():
		return
	var population := _grown(10)
	var picked: RefCounted = population.call(&"pick", PackedInt32Array([9, 9, 1]))
	check_equal(_digest(picked, 1), _digest(population, 9), "a picked member")
	picked.call(&"mutate", 1)
	check_different(_digest(picked, 1), _digest(population, 9), "a picked member, mutated")
	check_equal(population.call(&"append", picked), true, "appended")
	check_equal(population.call(&"size"), 13, "size")
	check_equal(_digest(population, 12), _digest(picked, 2), "the last member")
	check_equal(population.call(&"append", population), true, "appended to itself")
	check_equal(population.call(&"size"), 26, "size of the double")
	check_equal(_digest(population, 25), _digest(picked, 2), "the last member of the double")


func test_a_population_survives_the_way_through_a_file() -> void:
	if skip_without_native():
		return
	var population := _grown(20)
	var path := make_folder().path_join("all.evolve")
	var digest: String = population.call(&"save", path)
	check_equal(digest, population.call(&"digest"), "digest of the file")
	var back: RefCounted = ClassDB.class_call_static(POPULATION, &"load", path)
	if check_not_null(back, "population from a file"):
		check_equal(back.call(&"digest"), digest, "digest of what was read")
	var bytes: PackedByteArray = population.call(&"to_bytes")
	check_equal(FileAccess.get_file_as_bytes(path), bytes, "bytes")


func test_a_population_of_genomes_has_copies_of_them() -> void:
	if skip_without_native():
		return
	var genomes: Array[RefCounted] = []
	for genome_seed in 4:
		genomes.append(EvolveNative.create_genome(3, 2, genome_seed))
	var population: RefCounted = ClassDB.class_call_static(POPULATION, &"of_genomes", genomes)
	for place in 4:
		check_equal(_digest(population, place), genomes[place].call(&"digest"), "genome %d" % place)
	genomes.append(EvolveNative.create_genome(2, 2, 1))
	var strange := "genomes[4] has 2 inputs and 2 outputs, where 3 inputs and 2 outputs are expected"
	expect_error("RustPopulation.of_genomes: " + strange)
	check_null(ClassDB.class_call_static(POPULATION, &"of_genomes", genomes), "a mixed crowd")
	expect_error("RustPopulation.of_genomes: genomes[1] is <null>, but must be a RustNeatGenome")
	check_null(ClassDB.class_call_static(POPULATION, &"of_genomes", [genomes[0], null]), "a hole")
	expect_error("RustPopulation.of_genomes: genomes is empty, but must hold at least one")
	check_null(ClassDB.class_call_static(POPULATION, &"of_genomes", []), "nobody")


func test_what_makes_no_sense_is_refused_with_its_place() -> void:
	if skip_without_native():
		return
	var population := _grown(3)
	expect_error("RustPopulation.genome: place is 3, but must be from 0 to 2")
	check_null(population.call(&"genome", 3), "genome")
	expect_error("RustPopulation.pick: places[1] is -1, but must be from 0 to 2")
	check_null(population.call(&"pick", PackedInt32Array([0, -1])), "picked")
	expect_error("RustPopulation.crossover: second has 1 places, but must have 2, one for each")
	var two := PackedInt32Array([0, 1])
	check_null(population.call(&"crossover", two, PackedInt32Array([0]), 1), "children")
	expect_error("RustPopulation.crossover: first[1] is 9, but must be from 0 to 2")
	check_null(population.call(&"crossover", PackedInt32Array([0, 9]), two, 1), "children")
	expect_error("RustPopulation.breed: elites[0] is 7, but must be from 0 to 2")
	check_equal(population.call(&"breed", PackedInt32Array([7]), two, two, 1), false, "bred")
	expect_error("RustPopulation.think: observations has 2 numbers, but must have 9, 3 for each")
	var thought: PackedFloat32Array = population.call(&"think", PackedFloat32Array([1.0, 2.0]))
	check_equal(thought, PackedFloat32Array(), "thought")
	expect_error("RustPopulation.append: other is null, but must be a RustPopulation")
	check_equal(population.call(&"append", null), false, "appended")
	expect_error("RustPopulation.create: size is 0, but must be from 1 to 1000000")
	check_null(ClassDB.class_call_static(POPULATION, &"create", 0, 3, 2, 1), "nobody")
	expect_error("RustPopulation.from_bytes: data: this is no safetensors buffer")
	check_null(ClassDB.class_call_static(POPULATION, &"from_bytes", PackedByteArray([1])), "bytes")
	expect_error("RustPopulation.load: ")
	check_null(ClassDB.class_call_static(POPULATION, &"load", "/there/is/none"), "file")


func _digest(population: RefCounted, place: int) -> String:
	var genome: RefCounted = population.call(&"genome", place)
	return genome.call(&"digest")


func _grown(size: int) -> RefCounted:
	var population := _create(size, 5)
	for step in 20:
		population.call(&"mutate", step)
	return population


func _create(size: int, population_seed: int) -> RefCounted:
	return ClassDB.class_call_static(POPULATION, &"create", size, 3, 2, population_seed)
