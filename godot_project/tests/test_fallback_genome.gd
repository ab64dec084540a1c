extends EvolveTest
## The fallback's genomes: creation and distance against the native ones, crossover by its promises.

const GETTERS: Array[StringName] = [
	&"node_count",
	&"connection_count",
	&"node_ids",
	&"node_biases",
	&"node_activations",
	&"node_aggregations",
	&"connection_ids",
	&"connection_sources",
	&"connection_targets",
	&"connection_weights",
	&"connections_enabled",
]


func test_a_created_genome_has_the_bits_of_the_native_one() -> void:
	if skip_without_native():
		return
	for case in 600:
		var genome_seed := (case - 300) * 987_654_321_987
		var native := EvolveNative.create_genome(1 + case % 7, 1 + case % 5, genome_seed)
		var fallback := EvolveFallbackGenome.create(1 + case % 7, 1 + case % 5, genome_seed)
		for getter in GETTERS:
			check_equal(fallback.call(getter), native.call(getter), "%s of %d" % [getter, case])


func test_both_have_the_same_functions() -> void:
	if skip_without_native():
		return
	var native := EvolveNative.create_genome(2, 1, 1)
	var fallback := EvolveFallbackGenome.create(2, 1, 1)
	for getter: StringName in GETTERS + [&"think", &"distance"]:
		check(native.has_method(getter), "RustNeatGenome.%s" % getter)
		check(fallback.has_method(getter), "EvolveFallbackGenome.%s" % getter)


func test_distances_have_the_bits_of_the_native_ones() -> void:
	if skip_without_native():
		return
	var natives: Array[RefCounted] = []
	var fallbacks: Array[EvolveFallbackGenome] = []
	for case in 60:
		natives.append(_mutated(3 + case % 2, 2, case % 12, case * 3))
		fallbacks.append(_copy_of(natives[case]))
	for first in 60:
		for second in 60:
			var expected: float = natives[first].call(&"distance", natives[second])
			var actual := fallbacks[first].distance(fallbacks[second])
			check_equal(actual, expected, "distance of %d and %d" % [first, second])


func test_a_child_has_the_structure_of_the_first_parent_and_numbers_of_both() -> void:
	if skip_without_native():
		return
	for case in 300:
		var first := _copy_of(_mutated(3, 2, case % 5, 40))
		var second := _copy_of(_mutated(3, 2, case % 7, 25))
		var child := first.crossover(second, case)
		check_equal(child.node_ids(), first.node_ids(), "nodes")
		check_equal(child.connection_ids(), first.connection_ids(), "connections")
		check_equal(EvolveFallbackGenomeCheck.problem_of(child.genes, false), "", "problem")
		for place in child.connection_count():
			var weight := child.connection_weights()[place]
			var other := second.genes.connection_ids.find(child.connection_ids()[place])
			var weights := [first.connection_weights()[place]]
			if other >= 0:
				weights.append(second.connection_weights()[other])
			check(weight in weights, "weight %d comes from a parent" % place)


func test_children_have_the_bits_of_the_native_ones() -> void:
	if skip_without_native():
		return
	for case in 300:
		var first := _mutated(3, 2, case % 5, 40)
		var second := _mutated(3, 2, case % 7, 25)
		var native: RefCounted = first.call(&"crossover", second, case)
		var child := _copy_of(first).crossover(_copy_of(second), case)
		for getter: StringName in [&"node_biases", &"connection_weights", &"connections_enabled"]:
			check_equal(child.call(getter), native.call(getter), "%s of %d" % [getter, case])


func test_a_native_genome_mates_with_itself() -> void:
	if skip_without_native():
		return
	var parent := _mutated(3, 2, 1, 40)
	var child: RefCounted = parent.call(&"crossover", parent, 9)
	check_equal(child.call(&"connection_weights"), parent.call(&"connection_weights"), "weights")


func test_a_parent_crossed_with_itself_keeps_its_numbers() -> void:
	var parent := EvolveFallbackGenome.create(4, 3, 9)
	var child := parent.crossover(parent, 5)
	for getter in GETTERS:
		check_equal(child.call(getter), parent.call(getter), getter)


func test_a_gene_disabled_in_one_parent_is_disabled_in_three_of_four_children() -> void:
	var first := EvolveFallbackGenome.create(2, 1, 1)
	var second := EvolveFallbackGenome.create(2, 1, 2)
	second.genes.connections_enabled[0] = 0
	var disabled := 0
	for crossover_seed in 4_000:
		var child := first.crossover(second, crossover_seed)
		disabled += 1 - child.connections_enabled()[0]
		if child.connections_enabled()[1] == 0:
			fail("a gene enabled in both parents is disabled in child %d" % crossover_seed)
	check(disabled > 2_880 and disabled < 3_120, "%d of 4000 are disabled" % disabled)


func test_a_child_leaves_its_parents_as_they_were() -> void:
	var first := EvolveFallbackGenome.create(3, 2, 1)
	var before := first.connection_weights()
	var child := first.crossover(EvolveFallbackGenome.create(3, 2, 2), 1)
	check_different(child.connection_weights(), before, "weights of the child")
	check_equal(first.connection_weights(), before, "weights of the parent")


func test_counts_out_of_range_give_null() -> void:
	expect_error("EvolveFallbackGenome.create: input_count is 0, but must be from 1 to 32768")
	check_null(EvolveFallbackGenome.create(0, 1, 1), "no input")
	expect_error("EvolveFallbackGenome.create: output_count is 32769, but must be from 1 to 32768")
	check_null(EvolveFallbackGenome.create(1, 32_769, 1), "too many outputs")


func test_arrays_that_make_no_genome_are_refused_with_the_reason() -> void:
	_check_refused(
		"node_ids", PackedInt64Array([0, 0, 32768]), "node gene 1 does not have a larger"
	)
	_check_refused("node_ids", PackedInt64Array([0, 2, 32768]), "node gene 1 has the id 2")
	_check_refused("node_ids", PackedInt64Array([0, 1, 2]), "it has 3 inputs and 0 outputs")
	_check_refused("node_biases", PackedFloat32Array([0.0, 0.0, NAN]), "number that is not finite")
	_check_refused("node_biases", PackedFloat32Array([0.0, 1.0, 1.0]), "input 1 has a bias")
	_check_refused("node_biases", PackedFloat32Array(), "arrays of its node genes differ in length")
	_check_refused("node_activations", PackedByteArray([0, 0, 13]), "an unknown activation, 13")
	_check_refused("node_aggregations", PackedByteArray([0, 0, 4]), "an unknown aggregation, 4")
	_check_refused("node_aggregations", PackedByteArray([0, 1, 0]), "input 1 has an activation or")
	var weights := PackedFloat32Array([1.0])
	_check_refused("connection_weights", weights, "connection genes differ in length")
	weights.append(INF)
	_check_refused("connection_weights", weights, "connection gene 1 has a number")
	_check_refused(
		"connections_enabled", PackedByteArray([1, 2]), "neither enabled, 1, nor disabled"
	)
	_check_refused("connection_sources", PackedInt64Array([0, 0]), "does not have a larger id")
	_check_refused("connection_sources", PackedInt64Array([7, 7]), "does not have a larger id")


func test_connections_that_lead_nowhere_into_inputs_or_in_a_circle_are_refused() -> void:
	var ends: Dictionary[String, PackedInt64Array] = {
		"connection gene 0 leads from or to a node that is not there": PackedInt64Array([0, 9]),
		"connection gene 0 leads to an input": PackedInt64Array([32768, 1]),
		"its connections form a cycle": PackedInt64Array([32768, 32768]),
	}
	for problem in ends:
		var genes := EvolveFallbackGenome.create(2, 1, 1).genes
		genes.connection_sources = PackedInt64Array([ends[problem][0]])
		genes.connection_targets = PackedInt64Array([ends[problem][1]])
		genes.connection_weights = PackedFloat32Array([1.0])
		genes.connections_enabled = PackedByteArray([1])
		_check_problem(genes, problem)


func _check_refused(array: String, value: Variant, problem: String) -> void:
	var genes := EvolveFallbackGenome.create(2, 1, 1).genes
	genes.set(array, value)
	_check_problem(genes, problem)


func _check_problem(genes: EvolveFallbackGenes, problem: String) -> void:
	expect_error(problem)
	check_null(_of_arrays(genes), problem)


func _of_arrays(genes: EvolveFallbackGenes) -> EvolveFallbackGenome:
	return EvolveFallbackGenome.of_arrays(
		genes.node_ids,
		genes.node_biases,
		genes.node_activations,
		genes.node_aggregations,
		genes.connection_sources,
		genes.connection_targets,
		genes.connection_weights,
		genes.connections_enabled
	)


func _mutated(inputs: int, outputs: int, genome_seed: int, rounds: int) -> RefCounted:
	var genome := EvolveNative.create_genome(inputs, outputs, genome_seed)
	for step in rounds:
		genome.call(&"mutate", genome_seed * 1_000 + step)
	return genome


func _copy_of(native: RefCounted) -> EvolveFallbackGenome:
	var genes := EvolveFallbackGenes.new()
	for getter in GETTERS:
		genes.set(getter, native.call(getter))
	return _of_arrays(genes)
