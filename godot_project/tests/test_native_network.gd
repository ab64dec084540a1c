extends EvolveTest
## RustNetwork, as GDScript sees it.


func test_many_agents_get_the_answers_that_each_gets_by_itself() -> void:
	var network := _network(7)
	if network == null:
		return
	var chance := RandomNumberGenerator.new()
	chance.seed = 5
	for agents: int in [1, 2, 63, 64, 65, 200]:
		var seen := PackedFloat32Array()
		for index in agents * 3:
			seen.append(chance.randfn() * 3.0)
		var expected := PackedFloat32Array()
		for agent in agents:
			var own := seen.slice(agent * 3, agent * 3 + 3)
			var thought: PackedFloat32Array = network.call(&"think", own)
			expected.append_array(thought)
		check_equal(network.call(&"think_batch", agents, seen), expected, "%d agents" % agents)


func test_a_network_thinks_what_its_genome_thinks() -> void:
	if skip_without_native():
		return
	var genome := _genome(3)
	var network: RefCounted = ClassDB.class_call_static(&"RustNetwork", &"of_genome", genome)
	var seen := PackedFloat32Array([0.5, -2.0, 1.0])
	check_equal(network.call(&"think", seen), genome.call(&"think", seen), "thought")


func test_observations_that_make_no_sense_are_refused_with_their_place() -> void:
	var network := _network(1)
	if network == null:
		return
	expect_error("RustNetwork.think: observations has 1 numbers, but must have 3, 3 for each agent")
	check_equal(network.call(&"think", PackedFloat32Array([1.0])), PackedFloat32Array(), "thought")
	expect_error("RustNetwork.think_batch: observations[4] is NaN, but must be finite")
	var holed := PackedFloat32Array([1.0, 1.0, 1.0, 1.0, NAN, 1.0])
	check_equal(network.call(&"think_batch", 2, holed), PackedFloat32Array(), "thoughts")
	expect_error("RustNetwork.think_batch: agents is -1, but observations has 3 numbers")
	var three := PackedFloat32Array([1.0, 1.0, 1.0])
	check_equal(network.call(&"think_batch", -1, three), PackedFloat32Array(), "no agents")


func test_a_published_champion_is_read_and_other_bytes_are_refused() -> void:
	if skip_without_native():
		return
	var folder := ProjectSettings.globalize_path("res://").path_join("../spec/vectors")
	var champion := FileAccess.get_file_as_bytes(folder.path_join("valid/champion.evo"))
	var network: RefCounted = ClassDB.class_call_static(&"RustNetwork", &"of_champion", champion)
	if check_not_null(network, "network"):
		check_equal(network.call(&"inputs"), 2, "inputs")
		check_equal(network.call(&"outputs"), 1, "outputs")
	expect_error("RustNetwork.of_champion: data is no champion: ")
	var other := FileAccess.get_file_as_bytes(folder.path_join("valid/genomes.frame"))
	check_null(ClassDB.class_call_static(&"RustNetwork", &"of_champion", other), "a frame")


func _network(genome_seed: int) -> RefCounted:
	if skip_without_native():
		return null
	return ClassDB.class_call_static(&"RustNetwork", &"of_genome", _genome(genome_seed))


func _genome(genome_seed: int) -> RefCounted:
	var genome := EvolveNative.create_genome(3, 2, genome_seed)
	for step in 40:
		genome.call(&"mutate", step)
	return genome
