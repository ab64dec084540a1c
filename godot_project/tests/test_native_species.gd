extends EvolveTest
## RustNeatSpecies, as GDScript sees it.


func test_everybody_is_near_their_representative_and_no_earlier_one_is_nearer() -> void:
	if skip_without_native():
		return
	var population := _population(80)
	var species := _species({"speciation": {"threshold": 2.0, "target_species": 0}})
	var places: PackedInt32Array = species.call(&"speciate", population)
	var count: int = species.call(&"count")
	check(count > 1 and count < 80, "%d species" % count)
	for place in places.size():
		var genome: RefCounted = population.call(&"genome", place)
		var own: float = genome.call(&"distance", species.call(&"representative", places[place]))
		check(own < 2.0, "genome %d is %f away" % [place, own])
		for other in places[place]:
			var far: float = genome.call(&"distance", species.call(&"representative", other))
			check(far >= own, "genome %d and species %d: %f < %f" % [place, other, far, own])


func test_an_array_of_genomes_is_sorted_as_their_population_is() -> void:
	if skip_without_native():
		return
	var population := _population(60)
	var genomes: Array[RefCounted] = []
	for place in 60:
		genomes.append(population.call(&"genome", place))
	var of_population: PackedInt32Array = _species({}).call(&"speciate", population)
	check_equal(_species({}).call(&"speciate", genomes), of_population, "places")


func test_far_too_many_species_widen_the_threshold_at_once() -> void:
	if skip_without_native():
		return
	var species := _species({"speciation": {"threshold": 0.01, "target_species": 2}})
	species.call(&"speciate", _population(60))
	check(species.call(&"count") <= 8, "%d species" % species.call(&"count"))
	check(species.call(&"threshold") > 0.01, "threshold %f" % species.call(&"threshold"))


func test_species_nobody_belongs_to_die_out_and_the_others_keep_their_number() -> void:
	if skip_without_native():
		return
	var population := _population(60)
	var species := _species({"speciation": {"threshold": 2.0, "target_species": 0}})
	var places: PackedInt32Array = species.call(&"speciate", population)
	var ids: PackedInt64Array = species.call(&"ids")
	# Everybody moves to the last two species.
	var last: int = ids.size() - 1
	for place in places.size():
		places[place] = last - place % 2
	check_equal(species.call(&"renew", population, places, 4), true, "renewed")
	check_equal(species.call(&"ids"), ids.slice(last - 1), "numbers")
	var representative: RefCounted = species.call(&"representative", 1)
	var digests := PackedStringArray()
	for place in range(0, 60, 2):
		digests.append(population.call(&"genome", place).call(&"digest"))
	check(representative.call(&"digest") in digests, "a member represents its species")


func test_fitness_is_shared_within_a_species() -> void:
	if skip_without_native():
		return
	var species := _species({"speciation": {"threshold": 1.0, "target_species": 0}})
	species.call(&"speciate", _population(60))
	var fitness := PackedFloat64Array([6.0, 3.0, 5.0, 9.0])
	var adjusted: PackedFloat64Array = species.call(
		&"adjusted_fitness", fitness, PackedInt32Array([0, 0, 1, 0])
	)
	check_equal(adjusted, PackedFloat64Array([2.0, 1.0, 5.0, 3.0]), "adjusted fitness")


func test_what_makes_no_sense_is_refused() -> void:
	if skip_without_native():
		return
	var species := _species({})
	var population := _population(4)
	species.call(&"speciate", population)
	expect_error("RustNeatSpecies.create: speciation.threshold is 0, but must be from")
	check_null(_species({"speciation": {"threshold": 0.0}}), "species")
	expect_error("RustNeatSpecies.speciate: genomes is 7, but must be a RustPopulation or an Array")
	check_equal(species.call(&"speciate", 7), PackedInt32Array(), "places")
	expect_error("RustNeatSpecies.adjusted_fitness: fitness has 1 numbers, but must have 2")
	var one := PackedFloat64Array([1.0])
	species.call(&"adjusted_fitness", one, PackedInt32Array([0, 0]))
	expect_error("RustNeatSpecies.adjusted_fitness: places[0] is 99, but there are")
	species.call(&"adjusted_fitness", one, PackedInt32Array([99]))
	expect_error("RustNeatSpecies.renew: places has 1 numbers, but must have 4")
	check_equal(species.call(&"renew", population, PackedInt32Array([0]), 1), false, "renewed")
	expect_error("RustNeatSpecies.representative: place is -1, but there are")
	check_null(species.call(&"representative", -1), "representative")


func _species(settings: Dictionary) -> RefCounted:
	return ClassDB.class_call_static(&"RustNeatSpecies", &"create", settings)


func _population(size: int) -> RefCounted:
	return ClassDB.class_call_static(&"RustPopulation", &"create", size, 3, 2, 5)
