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


func _genome(genome_seed: int) -> RefCounted:
	if skip_without_native():
		return null
	var genome := EvolveNative.create_genome(3, 2, genome_seed)
	check_not_null(genome, "genome")
	return genome
