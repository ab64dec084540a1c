extends EvolveTest
## The fallback's species: near to their representatives, far from those before.


func test_everybody_is_near_their_representative_and_no_earlier_one_is_nearer() -> void:
	var genomes := _genomes(60)
	var species := _species(2.0)
	var places := species.speciate(genomes)
	var count := species.count()
	check(count > 1 and count < 60, "%d species" % count)
	for index in genomes.size():
		var own := genomes[index].distance(species.representative(places[index]))
		check(own < 2.0, "genome %d is %f away" % [index, own])
		for place in places[index]:
			var other := genomes[index].distance(species.representative(place))
			check(other >= own, "genome %d and species %d: %f < %f" % [index, place, other, own])


func test_species_live_on_from_one_call_to_the_next() -> void:
	var genomes := _genomes(60)
	var species := _species(2.0)
	species.speciate(genomes)
	var before := species.ids()
	var places := species.speciate(genomes)
	check_equal(species.speciate(genomes), places, "places")
	check_equal(species.ids(), before, "numbers")


func test_a_wide_threshold_keeps_all_in_the_first_species() -> void:
	var species := _species(1e6)
	var expected := PackedInt32Array()
	expected.resize(20)
	check_equal(species.speciate(_genomes(20)), expected, "places")
	check_equal(species.count(), 1, "species")


func test_species_that_come_near_an_older_one_become_part_of_it() -> void:
	var genomes := _genomes(60)
	var settings := {"threshold": 2.0, "threshold_step": 2.0, "target_species": 20}
	var species := EvolveFallbackSpecies.create({"speciation": settings})
	species.speciate(genomes)
	var many := species.count()
	species.adapt_threshold(1_000)
	check_equal(species.threshold(), 4.0, "threshold")
	species.speciate(genomes)
	check(species.count() < many, "fewer than %d species" % many)


func test_the_threshold_moves_toward_the_target_and_never_to_zero() -> void:
	# The threshold, how many species there are, and the threshold after that.
	for case: Array in [
		[3.0, 10, 3.5], [3.0, 99, 3.5], [3.0, 0, 2.5], [3.0, 5, 3.0], [0.3, 0, 0.1], [0.05, 0, 0.05]
	]:
		var settings := {"threshold": case[0], "threshold_step": 0.5, "target_species": 5}
		var species := EvolveFallbackSpecies.create({"speciation": settings})
		species.adapt_threshold(case[1])
		check_equal(species.threshold(), case[2], "threshold after %s" % [case])
	var free := _species(3.0)
	free.adapt_threshold(9)
	check_equal(free.threshold(), 3.0, "threshold without a target")


func test_fitness_is_shared_within_a_species() -> void:
	var species := _species(1.0)
	species.speciate(_genomes(60))
	var fitness := PackedFloat64Array([6.0, 3.0, 5.0, 9.0])
	var adjusted := species.adjusted_fitness(fitness, PackedInt32Array([0, 0, 1, 0]))
	check_equal(adjusted, PackedFloat64Array([2.0, 1.0, 5.0, 3.0]), "adjusted fitness")
	expect_error("EvolveFallbackSpecies.adjusted_fitness: fitness has 4 numbers, but must have 1")
	var refused := species.adjusted_fitness(fitness, PackedInt32Array([0]))
	check_equal(refused, PackedFloat64Array(), "too few places")
	expect_error("EvolveFallbackSpecies.adjusted_fitness: places[0] is 99, but there are")
	species.adjusted_fitness(PackedFloat64Array([1.0]), PackedInt32Array([99]))
	expect_error("EvolveFallbackSpecies.speciate: genomes[1] is <null>, but must be an")
	check_equal(species.speciate([_genomes(1)[0], null]), PackedInt32Array(), "a hole")


func test_what_the_fallback_does_is_supported_everywhere() -> void:
	for feature in Evolve.FALLBACK_FEATURES:
		check(Evolve.supports(feature), feature)


func _genomes(count: int) -> Array[EvolveFallbackGenome]:
	var genomes: Array[EvolveFallbackGenome] = []
	for genome_seed in count:
		genomes.append(EvolveFallbackGenome.create(3, 2, genome_seed))
	return genomes


# Any number of species may form.
func _species(threshold: float) -> EvolveFallbackSpecies:
	return EvolveFallbackSpecies.create(
		{"speciation": {"threshold": threshold, "target_species": 0}}
	)
