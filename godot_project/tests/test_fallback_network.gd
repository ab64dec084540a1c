extends EvolveTest
## The fallback's networks against the native ones, bit for bit.

const ActivationTest := preload("res://tests/test_fallback_activation.gd")


func test_a_thousand_mutated_genomes_think_the_same_bits_as_natively() -> void:
	if skip_without_native():
		return
	seconds_limit = 120.0
	var random := EvolveFallbackStream.of_user(11)
	for case in 1_200:
		var native := _mutated(1 + case % 4, 1 + case % 3, case)
		var fallback := _copy_of(native)
		var network: RefCounted = ClassDB.class_call_static(&"RustNetwork", &"of_genome", native)
		for tick in 3:
			var seen := _observations(1 + case % 4, random)
			var expected: PackedFloat32Array = network.call(&"think", seen)
			_check_same(fallback.think(seen), expected, "case %d, tick %d" % [case, tick])


func test_every_function_and_aggregation_gives_the_native_bits_in_recurrent_networks_too() -> void:
	if skip_without_native():
		return
	seconds_limit = 120.0
	var random := EvolveFallbackStream.of_user(12)
	for case in 600:
		var recurrent := case % 2 == 1
		var genome := _any_genome(random, recurrent)
		var native := ActivationTest.NativeBytes.network_of(genome, recurrent)
		if not check_not_null(native, "native network of case %d" % case):
			return
		var fallback := EvolveFallbackNetwork.of_genome(genome)
		for tick in 6:
			if tick == 4:
				native.call(&"reset")
				fallback.reset()
			var seen := _observations(3, random)
			var expected: PackedFloat32Array = native.call(&"think", seen)
			_check_same(fallback.think(seen), expected, "case %d, tick %d" % [case, tick])


func test_a_batch_of_agents_gives_the_native_bits_and_keeps_a_state_for_each() -> void:
	if skip_without_native():
		return
	var random := EvolveFallbackStream.of_user(13)
	for case in 40:
		var recurrent := case % 2 == 1
		var genome := _any_genome(random, recurrent)
		var native := ActivationTest.NativeBytes.network_of(genome, recurrent)
		var fallback := EvolveFallbackNetwork.of_genome(genome)
		for agents: int in [5, 5, 0, 5, 5, 2, 5]:
			# An agent by itself has a state of its own, which the batch leaves alone.
			var alone := _observations(3, random)
			var lonely: PackedFloat32Array = native.call(&"think", alone)
			_check_same(fallback.think(alone), lonely, "case %d, alone" % case)
			if agents == 0:
				native.call(&"reset")
				fallback.reset()
				continue
			var seen := PackedFloat32Array()
			for agent in agents:
				seen.append_array(_observations(3, random))
			var expected: PackedFloat32Array = native.call(&"think_batch", agents, seen)
			_check_same(fallback.think_batch(agents, seen), expected, "case %d" % case)


func test_observations_that_make_no_sense_are_refused_with_their_place() -> void:
	var network := EvolveFallbackNetwork.of_genome(EvolveFallbackGenome.create(3, 2, 1))
	check_equal(network.inputs(), 3, "inputs")
	check_equal(network.outputs(), 2, "outputs")
	var nothing := PackedFloat32Array()
	expect_error("EvolveFallbackNetwork.think: observations has 4 numbers, but must have 3, 3 for")
	check_equal(network.think(PackedFloat32Array([1.0, 1.0, 1.0, 1.0])), nothing, "thought")
	expect_error("EvolveFallbackNetwork.think_batch: observations[4] is nan, but must be finite")
	var holed := PackedFloat32Array([1.0, 1.0, 1.0, 1.0, NAN, 1.0])
	check_equal(network.think_batch(2, holed), nothing, "thoughts")
	expect_error("EvolveFallbackNetwork.think_batch: agents is -1, but observations has 6 numbers")
	check_equal(network.think_batch(-1, holed), nothing, "no agents")


func _mutated(inputs: int, outputs: int, genome_seed: int) -> RefCounted:
	var genome := EvolveNative.create_genome(inputs, outputs, genome_seed)
	for step in genome_seed % 90:
		genome.call(&"mutate", genome_seed * 1_000 + step)
	return genome


func _copy_of(native: RefCounted) -> EvolveFallbackGenome:
	var node_ids: PackedInt64Array = native.call(&"node_ids")
	var biases: PackedFloat32Array = native.call(&"node_biases")
	var activations: PackedByteArray = native.call(&"node_activations")
	var aggregations: PackedByteArray = native.call(&"node_aggregations")
	var sources: PackedInt64Array = native.call(&"connection_sources")
	var targets: PackedInt64Array = native.call(&"connection_targets")
	var weights: PackedFloat32Array = native.call(&"connection_weights")
	var enabled: PackedByteArray = native.call(&"connections_enabled")
	return EvolveFallbackGenome.of_arrays(
		node_ids, biases, activations, aggregations, sources, targets, weights, enabled
	)


# Three inputs, two outputs, hidden nodes and connections anywhere, every function and aggregation.
func _any_genome(random: EvolveFallbackStream, recurrent: bool) -> EvolveFallbackGenome:
	var first := EvolveFallbackGeneId.MAXIMUM_TERMINALS
	var ids := PackedInt64Array([0, 1, 2, first, first + 1])
	for hidden in random.below(12):
		ids.append(EvolveFallbackGeneId.split(hidden, 0))
	ids.sort()
	var biases := PackedFloat32Array()
	var activations := PackedByteArray()
	var aggregations := PackedByteArray()
	for place in ids.size():
		biases.append(random.normal() if place >= 3 else 0.0)
		activations.append(random.below(13) if place >= 3 else 0)
		aggregations.append(random.below(4) if place >= 3 else 0)
	var ends := _any_ends(ids, random, recurrent)
	var sources := PackedInt64Array()
	var targets := PackedInt64Array()
	var weights := PackedFloat32Array()
	var enabled := PackedByteArray()
	for id: int in ends:
		sources.append(ends[id][0])
		targets.append(ends[id][1])
		weights.append(random.normal() * pow(10.0, random.below(4)))
		enabled.append(1 if random.chance(0.9) else 0)
	return EvolveFallbackGenome.of_arrays(
		ids, biases, activations, aggregations, sources, targets, weights, enabled, recurrent
	)


# By connection id. Without cycles when every connection leads from an input or a hidden node to a
# later hidden node, or to an output.
func _any_ends(
	ids: PackedInt64Array, random: EvolveFallbackStream, recurrent: bool
) -> Dictionary[int, PackedInt64Array]:
	var ends: Dictionary[int, PackedInt64Array] = {}
	for attempt in 5 + random.below(50):
		var source := random.below(ids.size())
		var target := 3 + random.below(ids.size() - 3)
		var forward := target < 5 or target > source
		if recurrent or (forward and (source < 3 or source >= 5)):
			var id := EvolveFallbackGeneId.connection(ids[source], ids[target])
			ends[id] = PackedInt64Array([ids[source], ids[target]])
	ends.sort()
	return ends


func _observations(count: int, random: EvolveFallbackStream) -> PackedFloat32Array:
	var seen := PackedFloat32Array()
	for index in count:
		var is_extreme := random.chance(0.02)
		seen.append(random.normal() * (3e37 if is_extreme else 3.0))
	return seen


func _check_same(actual: PackedFloat32Array, expected: PackedFloat32Array, what: String) -> void:
	if actual.to_byte_array() == expected.to_byte_array():
		check(true, what)
	else:
		fail("%s: %s instead of %s" % [what, actual, expected])


func test_the_activity_has_the_native_values_in_the_order_of_the_nodes() -> void:
	if skip_without_native():
		return
	for is_recurrent: bool in [false, true]:
		var genome := Evolve.create_genome(3, 2, 5, {"genome": {"recurrent": is_recurrent}})
		for mutation_seed in 40:
			genome.call(&"mutate", mutation_seed, {"mutation": {"add_node_rate": 0.5}})
		var native := Evolve.network_of(genome)
		var fallback := EvolveFallbackNetwork.of_genome(
			EvolveFallbackGenome.from_bytes(genome.call(&"to_bytes"))
		)
		var sensed := PackedFloat32Array([0.5, -1.0, 0.25])
		var thought := PackedFloat32Array()
		for tick in 3:
			thought = native.call(&"think", sensed)
			fallback.think(sensed)
		var activity: PackedFloat32Array = native.call(&"activity")
		check_equal(fallback.activity(), activity, "recurrent: %s" % is_recurrent)
		check_equal(activity.slice(0, 3), sensed, "inputs come first")
		check_equal(activity.slice(3, 5), thought, "then outputs")
		check(activity.size() > 5, "%d nodes" % activity.size())
