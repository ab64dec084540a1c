extends EvolveTest
## The fallback's mutation, settings and files: the native library's bits, step by step.

const GETTERS: Array[StringName] = [
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
const ALL_FUNCTIONS: PackedStringArray = [
	"identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gaussian", "sine", "abs", "step"
]


func test_every_mutation_has_the_bits_of_the_native_one() -> void:
	if skip_without_native():
		return
	var random := EvolveFallbackStream.of_user(21)
	for case in 60:
		var settings := _settings(random, case)
		var native := _native(1 + case % 4, 1 + case % 3, case, settings)
		var fallback := EvolveFallbackGenome.create(1 + case % 4, 1 + case % 3, case, settings)
		for step in 50:
			native.call(&"mutate", case * 100 + step, settings)
			fallback.mutate(case * 100 + step, settings)
			if not _are_equal(fallback, native):
				fail("case %d differs after step %d" % [case, step])
				return
		check_equal(fallback.is_recurrent(), native.call(&"is_recurrent"), "recurrent")
		var seen := PackedFloat32Array([0.5, -0.25, 1.5, 0.125]).slice(0, 1 + case % 4)
		check_equal(fallback.think(seen), native.call(&"think", seen), "thought of %d" % case)


func test_children_and_distances_follow_the_settings_as_the_native_ones_do() -> void:
	if skip_without_native():
		return
	var random := EvolveFallbackStream.of_user(22)
	for case in 200:
		var grow := {"mutation": {"add_node_rate": 0.4, "toggle_rate": 0.3}}
		var pair: Array[EvolveFallbackGenome] = []
		var natives: Array[RefCounted] = []
		for parent in 2:
			pair.append(EvolveFallbackGenome.create(3, 2, case + parent))
			natives.append(_native(3, 2, case + parent, {}))
			for step in 12:
				pair[parent].mutate(step, grow)
				natives[parent].call(&"mutate", step, grow)
		var settings := {
			"reproduction": {"disable_rate": random.unit()},
			"speciation":
			{"disjoint_coefficient": random.unit() * 3.0, "weight_coefficient": random.unit()},
		}
		var child := pair[0].crossover(pair[1], case, settings)
		var native_child: RefCounted = natives[0].call(&"crossover", natives[1], case, settings)
		check(_are_equal(child, native_child), "child %d" % case)
		var far: float = natives[0].call(&"distance", natives[1], settings)
		check_equal(pair[0].distance(pair[1], settings), far, "distance %d" % case)


func test_bytes_are_the_native_ones_and_are_read_on_both_sides() -> void:
	if skip_without_native():
		return
	for case in 60:
		var settings := {"genome": {"recurrent": case % 2 == 1}, "mutation": {"toggle_rate": 0.5}}
		var native := _native(2, 1, case, settings)
		var fallback := EvolveFallbackGenome.create(2, 1, case, settings)
		for step in case:
			native.call(&"mutate", step, settings)
			fallback.mutate(step, settings)
		var bytes := fallback.to_bytes()
		check(bytes == native.call(&"to_bytes"), "bytes of %d" % case)
		check_equal(fallback.digest(), native.call(&"digest"), "digest of %d" % case)
		var back := EvolveFallbackGenome.from_bytes(bytes)
		if check_not_null(back, "genome of bytes"):
			check_equal(back.digest(), fallback.digest(), "digest of what was read")
			check_equal(back.is_recurrent(), fallback.is_recurrent(), "recurrent")


func test_every_published_population_file_is_read_or_refused_as_published() -> void:
	var folder := ProjectSettings.globalize_path("res://").path_join("../spec/vectors")
	var index: Dictionary = JSON.parse_string(
		FileAccess.get_file_as_string(folder.path_join("index.json"))
	)
	var count := 0
	for name: String in index:
		var data := FileAccess.get_file_as_bytes(folder.path_join(name))
		if index[name]["decoder"] == "population":
			var file := EvolveFallbackPopulationFile.decode(data)
			check_equal(file.problem.is_empty(), name.begins_with("valid/"), name)
			count += 1
		elif index[name]["decoder"] == "champion":
			var file := EvolveFallbackPopulationFile.decode_champion(data)
			check_equal(file.problem.is_empty(), name.begins_with("valid/"), name)
			count += 1
	check(count > 2, "%d files were tried" % count)


func test_damaged_bytes_are_refused_and_never_stop_a_script() -> void:
	var whole := EvolveFallbackGenome.create(2, 1, 1).to_bytes()
	var random := EvolveFallbackStream.of_user(23)
	for case in 300:
		var damaged := whole.duplicate()
		if case % 3 == 0:
			damaged.resize(random.below(whole.size()))
		else:
			var place := random.below(whole.size())
			damaged[place] = damaged[place] ^ (1 << random.below(8))
		var problem := EvolveFallbackPopulationFile.decode(damaged).problem
		check(not problem.is_empty(), "damage %d is noticed" % case)


func test_settings_that_make_no_sense_are_refused_by_name_value_and_range() -> void:
	var genome := EvolveFallbackGenome.create(2, 1, 1)
	var before := genome.digest()
	for case: Array in [
		[
			{"mutation": {"weight_rate": 1.5}},
			"mutation.weight_rate is 1.5, but must be from 0 to 1"
		],
		[{"mutation": {"weight_rate": NAN}}, "mutation.weight_rate is NaN, but must be finite"],
		[{"mutation": {"weight_rate": "often"}}, "mutation.weight_rate is often, but must be a"],
		[{"mutation": {"wieght_rate": 0.5}}, "configuration key mutation.wieght_rate: unknown"],
		[{"genome": {"weight_limit": 0}}, "genome.weight_limit is 0, but must be from 0.001 to"],
		[{"genome": {"recurrent": 1}}, "genome.recurrent is 1, but must be true or false"],
		[{"genome": {"activations": []}}, "genome.activations is an empty list, but must be"],
		[
			{"genome": {"activations": ["tan"]}},
			"configuration key genome.activations: unknown variant `tan`"
		],
		[{"speciation": {"strategy": "kmeans"}}, "speciation.strategy is kmeans, but must be"],
		[
			{"speciation": {"target_species": 1.5}},
			"speciation.target_species is 1.5, but must be a"
		],
		[{"mutation": 7}, "mutation is 7, but must be a dictionary"],
	]:
		expect_error("EvolveFallbackGenome.mutate: " + case[1])
		check_equal(genome.mutate(1, case[0]), false, case[1])
	check_equal(genome.digest(), before, "digest after refused mutations")


func test_the_defaults_are_those_of_the_native_library() -> void:
	if skip_without_native():
		return
	var config := {"populations": [{"inputs": ["a"], "outputs": ["b"], "size": 2}]}
	var evolution := EvolveNative.create_evolution(JSON.stringify(config), 1)
	var text: String = evolution.call(&"config_json")
	var known: Dictionary = JSON.parse_string(text)
	var settings := EvolveFallbackSettings.read({}, "test")
	for key in settings.numbers:
		var path := key.split(".")
		check_equal(settings.numbers[key], known[path[0]][path[1]], key)
	check_equal(known["genome"]["hidden_activation"], "steep_sigmoid", "hidden_activation")
	check_equal(known["genome"]["activations"], ["steep_sigmoid"], "activations")
	check_equal(known["genome"]["aggregations"], ["sum"], "aggregations")


func _settings(random: EvolveFallbackStream, case: int) -> Dictionary:
	var mutation := {"weight_power": random.unit() * 3.0}
	for rate: String in [
		"weight_rate",
		"bias_rate",
		"replace_rate",
		"add_connection_rate",
		"add_node_rate",
		"delete_connection_rate",
		"delete_node_rate",
		"toggle_rate",
		"activation_rate",
		"aggregation_rate"
	]:
		mutation[rate] = random.unit()
	# Half of the genomes grow large, the others lose genes as often as they gain them.
	if case % 2 == 0:
		mutation["delete_connection_rate"] = 0.05
		mutation["delete_node_rate"] = 0.02
	var genome := {
		"recurrent": case % 3 == 2,
		"initial_connections": "none" if case % 5 == 4 else "all",
		"initial_deviation": random.unit() * 4.0,
		"weight_limit": 1.0 + 7.0 * random.unit(),
		"hidden_activation": "tanh",
		"activations": Array(ALL_FUNCTIONS),
		"aggregations": ["sum", "product", "max", "mean"],
	}
	return {"genome": genome, "mutation": mutation}


func _native(inputs: int, outputs: int, genome_seed: int, settings: Dictionary) -> RefCounted:
	return ClassDB.class_call_static(
		&"RustNeatGenome", &"create", inputs, outputs, genome_seed, settings
	)


func _are_equal(fallback: EvolveFallbackGenome, native: RefCounted) -> bool:
	for getter in GETTERS:
		var expected: Variant = native.call(getter)
		if fallback.call(getter) != expected:
			return false
	return true
