extends EvolveTest
## RustNeatGenome, as GDScript sees it.


func test_a_genome_begins_with_its_inputs_and_outputs() -> void:
	var genome := _genome(1)
	if genome == null:
		return
	check_equal(genome.call(&"node_count"), 5, "nodes")


func test_a_genome_mutates_the_same_way_for_the_same_seed() -> void:
	var first := _genome(1)
	var second := _genome(1)
	if first == null or second == null:
		return
	var before: String = first.call(&"digest")
	for step in 20:
		first.call(&"mutate", step)
		second.call(&"mutate", step)
	check_different(first.call(&"digest"), before, "digest after mutations")
	check_equal(first.call(&"digest"), second.call(&"digest"), "digest of the twin")
	check_equal(first.call(&"distance", second), 0.0, "distance of the twin")


func test_a_genome_survives_the_way_through_bytes() -> void:
	var genome := _genome(3)
	if genome == null:
		return
	for step in 20:
		genome.call(&"mutate", step)
	var bytes: PackedByteArray = genome.call(&"to_bytes")
	var back: RefCounted = ClassDB.class_call_static(&"RustNeatGenome", &"from_bytes", bytes)
	if check_not_null(back, "genome from bytes"):
		check_equal(back.call(&"digest"), genome.call(&"digest"), "digest")
		var seen := PackedFloat32Array([0.25, -1.0, 3.0])
		check_equal(back.call(&"think", seen), genome.call(&"think", seen), "thought")


func test_a_genome_thinks_as_many_outputs_as_it_has() -> void:
	var genome := _genome(1)
	if genome == null:
		return
	var thought: PackedFloat32Array = genome.call(&"think", PackedFloat32Array([1.0, 2.0, 3.0]))
	check_equal(thought.size(), 2, "outputs")


func test_bad_counts_and_bytes_give_null() -> void:
	if skip_without_native():
		return
	check_null(EvolveNative.create_genome(0, 1, 1), "no input")
	check_different(EvolveNative.last_error(), "", "error")
	check_null(EvolveNative.create_genome(3, -1, 1), "negative outputs")


func test_settings_decide_how_much_changes() -> void:
	var genome := _genome(1)
	if genome == null:
		return
	var never := {"mutation": {"weight_rate": 0.0, "bias_rate": 0, "add_connection_rate": 0.0}}
	never["mutation"]["add_node_rate"] = 0.0
	var before: String = genome.call(&"digest")
	for step in 20:
		check_equal(genome.call(&"mutate", step, never), true, "mutation with rates of zero")
	check_equal(genome.call(&"digest"), before, "digest after mutations with rates of zero")
	var always := {"mutation": {"add_node_rate": 1.0}}
	genome.call(&"mutate", 1, always)
	check_equal(genome.call(&"node_count"), 6, "nodes after one that always comes")
	var plain: RefCounted = genome.call(&"copy")
	genome.call(&"mutate", 7, {})
	plain.call(&"mutate", 7)
	check_equal(plain.call(&"digest"), genome.call(&"digest"), "no settings and empty ones")


func test_a_setting_that_makes_no_sense_is_refused_with_its_name_value_and_range() -> void:
	var genome := _genome(1)
	if genome == null:
		return
	var before: String = genome.call(&"digest")
	var wrong := "mutation.weight_rate is 1.5, but must be from 0 to 1"
	expect_error("RustNeatGenome.mutate: " + wrong)
	var refused: bool = genome.call(&"mutate", 1, {"mutation": {"weight_rate": 1.5}})
	check_equal(refused, false, "mutation with a wrong rate")
	check_equal(EvolveNative.last_error(), wrong, "error")
	expect_error("mutation.weight_rate is NaN, but must be finite")
	genome.call(&"mutate", 1, {"mutation": {"weight_rate": NAN}})
	expect_error("configuration key mutation.wieght_rate: unknown field")
	genome.call(&"mutate", 1, {"mutation": {"wieght_rate": 0.5}})
	check_equal(genome.call(&"digest"), before, "digest after refused mutations")
	expect_error(
		"RustNeatGenome.crossover: reproduction.disable_rate is -1, but must be from 0 to 1"
	)
	var child: Variant = genome.call(
		&"crossover", genome, 1, {"reproduction": {"disable_rate": -1}}
	)
	check_null(child, "child")
	expect_error("RustNeatGenome.distance: speciation.weight_coefficient is -2,")
	var distance: float = genome.call(
		&"distance", genome, {"speciation": {"weight_coefficient": -2.0}}
	)
	check(is_nan(distance), "no distance")
	expect_error("RustNeatGenome.create: genome.weight_limit is 0, but must be from 0.001 to")
	var made: Variant = ClassDB.class_call_static(
		&"RustNeatGenome", &"create", 2, 1, 1, {"genome": {"weight_limit": 0}}
	)
	check_null(made, "genome")


func test_a_dictionary_that_holds_itself_is_refused() -> void:
	var genome := _genome(1)
	if genome == null:
		return
	var endless := {}
	endless["mutation"] = endless
	expect_error("lies too deep")
	check_equal(genome.call(&"mutate", 1, endless), false, "mutation")
	endless.clear()


func test_a_genome_that_is_not_there_is_refused_by_name() -> void:
	var genome := _genome(1)
	if genome == null:
		return
	expect_error("RustNeatGenome.crossover: other is null, but must be a RustNeatGenome")
	check_null(genome.call(&"crossover", null, 1), "child")
	expect_error("RustNeatGenome.distance: other is null, but must be a RustNeatGenome")
	var distance: float = genome.call(&"distance", null)
	check(is_nan(distance), "no distance")
	expect_error("RustNetwork.of_genome: genome is null, but must be a RustNeatGenome")
	check_null(ClassDB.class_call_static(&"RustNetwork", &"of_genome", null), "network")


func test_a_recurrent_genome_remembers_and_forgets() -> void:
	if skip_without_native():
		return
	# Small weights that do not move: outputs at the ends of their range would not show a state.
	var settings := {
		"genome": {"recurrent": true, "initial_deviation": 0.5},
		"mutation": {"add_connection_rate": 1.0, "weight_rate": 0.0, "bias_rate": 0.0},
	}
	var genome: RefCounted = ClassDB.class_call_static(
		&"RustNeatGenome", &"create", 2, 1, 3, settings
	)
	for step in 30:
		genome.call(&"mutate", step, settings)
	check_equal(genome.call(&"is_recurrent"), true, "recurrent")
	var seen := PackedFloat32Array([0.5, -0.25])
	var first: PackedFloat32Array = genome.call(&"think", seen)
	check_different(genome.call(&"think", seen), first, "second thought")
	genome.call(&"reset")
	check_equal(genome.call(&"think", seen), first, "thought after forgetting")
	var bytes: PackedByteArray = genome.call(&"to_bytes")
	var back: RefCounted = ClassDB.class_call_static(&"RustNeatGenome", &"from_bytes", bytes)
	check_equal(back.call(&"is_recurrent"), true, "recurrent after the way through bytes")
	check_equal(back.call(&"think", seen), first, "thought after the way through bytes")


func _genome(genome_seed: int) -> RefCounted:
	if skip_without_native():
		return null
	var genome := EvolveNative.create_genome(3, 2, genome_seed)
	check_not_null(genome, "genome")
	return genome
