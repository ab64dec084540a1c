extends EvolveTest
## Champions as resources: what the inspector shows, how they think, and what is refused.

const CountingAgent := preload("res://tests/fixtures/counting_agent.gd")


func test_a_champion_opens_as_a_resource_that_says_where_it_comes_from() -> void:
	var brain := ResourceLoader.load(_vector("valid/champion.evo")) as EvolveBrain
	if not check_not_null(brain, "brain"):
		return
	check_equal(brain.input_names, PackedStringArray(["a", "b"]), "inputs")
	check_equal(brain.output_names, PackedStringArray(["x"]), "outputs")
	check_equal(brain.fitness, _metadata(brain)["fitness"], "fitness")
	check_equal(float(brain.generation), _metadata(brain)["generation"], "generation")
	check_equal(brain.run_seed, _metadata(brain)["seed"], "seed")


func test_a_champion_is_saved_to_the_very_bytes_and_to_a_godot_resource() -> void:
	var bytes := FileAccess.get_file_as_bytes(_vector("valid/champion.evo"))
	var brain := EvolveBrain.from_bytes(bytes)
	for extension: String in ["evo", "res", "tres"]:
		var path := make_folder().path_join("copy." + extension)
		check_equal(ResourceSaver.save(brain, path), OK, path.get_extension())
		if extension == "evo":
			check_equal(FileAccess.get_file_as_bytes(path), bytes, "bytes")
		var back := ResourceLoader.load(path) as EvolveBrain
		check_equal(back.data, bytes, "bytes by way of ." + extension)
		check_equal(back.fitness, brain.fitness, "fitness by way of ." + extension)


func test_a_genome_bred_by_hand_becomes_a_brain_that_answers_as_it_did() -> void:
	for is_fallback: bool in [false, true]:
		Evolve.prefers_fallback = is_fallback
		var genome := Evolve.create_genome(2, 1, 7)
		for mutation in 30:
			genome.call(&"mutate", mutation)
		var brain := EvolveBrain.of_genome(genome, ["a", "b"], ["x"], 3.5, 12, 7)
		check_equal(brain.problem(), "")
		check_equal(brain.input_names, PackedStringArray(["a", "b"]))
		check_equal([brain.fitness, brain.generation, brain.run_seed], [3.5, 12, "7"])
		var bits := PackedFloat32Array([0.25, -1.5])
		var answer: PackedFloat32Array = genome.call(&"think", bits)
		check_equal(brain.make_mind().think(bits), answer)
		var path := make_folder().path_join("bred.evo")
		check_equal(ResourceSaver.save(brain, path), OK)
		check_equal((ResourceLoader.load(path) as EvolveBrain).data, brain.data)
	Evolve.prefers_fallback = false


func test_a_genome_that_does_not_fit_its_names_becomes_no_brain() -> void:
	var genome := Evolve.create_genome(2, 1, 7)
	expect_error(
		"EvolveBrain.of_genome: the genome has 2 inputs and 1 outputs, but there are names"
	)
	check_null(EvolveBrain.of_genome(genome, ["a"], ["x"]))
	expect_error("EvolveBrain.of_genome: it needs a genome")
	check_null(EvolveBrain.of_genome(null, ["a", "b"], ["x"]))
	expect_error("EvolveBrain.of_genome: ")
	check_null(EvolveBrain.of_genome(genome, ["a", "a"], ["x"]))
	expect_error("EvolveBrain.of_genome: the score must be finite")
	check_null(EvolveBrain.of_genome(genome, ["a", "b"], ["x"], NAN))


func test_a_file_that_is_no_champion_is_refused_in_a_sentence() -> void:
	for vector: String in ["invalid/damaged_champion.bin", "valid/population.evolve"]:
		var path := make_folder().path_join("broken.evo")
		DirAccess.copy_absolute(_vector(vector), path)
		expect_error("Evolve: %s is no champion: it " % path)
		# The engine adds lines of its own.
		expect_error("Failed loading resource: %s" % path)
		expect_error("Error loading resource: '%s'" % path)
		check_null(ResourceLoader.load(path), vector)


func test_no_damaged_byte_gets_past_the_reader() -> void:
	var bytes := FileAccess.get_file_as_bytes(_vector("valid/champion.evo"))
	for place in range(0, bytes.size(), 7):
		var damaged := bytes.duplicate()
		damaged[place] ^= 1
		check_different(EvolveFallbackChampion.read(damaged).problem, "", "byte %d" % place)
	for length: int in [0, 7, 8, 100, bytes.size() - 1]:
		var short := EvolveFallbackChampion.read(bytes.slice(0, length))
		check_different(short.problem, "", "the first %d bytes" % length)


func test_both_backends_think_the_same_to_the_bit() -> void:
	if skip_without_native():
		return
	for shape: Dictionary in [{"recurrent": false}, {"recurrent": true}]:
		for champion_seed in 4:
			var bytes := _champion(shape["recurrent"] as bool, champion_seed)
			var brain := EvolveBrain.from_bytes(bytes)
			var minds: Array[EvolveMind] = [brain.make_mind()]
			Evolve.prefers_fallback = true
			minds.append(brain.make_mind())
			Evolve.prefers_fallback = false
			var chance := RandomNumberGenerator.new()
			chance.seed = champion_seed
			for tick in 30:
				var seen := PackedFloat32Array([chance.randfn(), chance.randfn() * 9.0])
				check_equal(minds[1].think(seen), minds[0].think(seen), "tick %d" % tick)


func test_agents_that_share_a_brain_remember_by_themselves() -> void:
	if skip_without_native():
		return
	var brain := EvolveBrain.from_bytes(_champion(true, 3))
	var first := brain.make_mind()
	var seen := PackedFloat32Array([1.0, -1.0])
	var fresh: Array[PackedFloat32Array] = [first.think(seen), first.think(seen)]
	var second := brain.make_mind()
	check_equal([second.think(seen), second.think(seen)], fresh, "the second mind")
	first.reset()
	check_equal([first.think(seen), first.think(seen)], fresh, "the first mind after a reset")


func test_an_agent_whose_brain_does_not_fit_says_so_once_with_its_path_and_stops() -> void:
	CountingAgent.reset("short")
	expect_error(
		(
			"Evolve: /root/Stage/Counter: sense() returned 1 numbers, but the brain has 2 inputs"
			+ " (a, b); return one number for each, in this order, or train a new brain."
		)
	)
	_add_counter()
	await physics_frames(5)
	check_equal(CountingAgent.calls.count("sense 5"), 1, "times it sensed")
	check_equal(CountingAgent.calls.count("act 5"), 0, "times it acted")
	CountingAgent.reset()


func test_an_agent_with_a_brain_senses_and_acts_in_every_tick_until_it_finishes() -> void:
	CountingAgent.reset("early")
	var root := _add_counter()
	await physics_frames(6)
	check_equal(CountingAgent.calls[0], "begin 5", "the first call")
	check_equal(CountingAgent.calls.count("act 5"), 2, "times it acted")
	check_equal(EvolveAgent.find_in(root).ticks, 2, "ticks")
	CountingAgent.reset()


func test_an_agent_without_a_brain_does_nothing_where_nobody_trains() -> void:
	CountingAgent.reset()
	add(CountingAgent.make_scene().instantiate())
	await physics_frames(3)
	check_equal(CountingAgent.calls.size(), 0, "calls")


func test_an_agent_with_an_empty_brain_warns() -> void:
	var agent := EvolveAgent.new()
	agent.brain = EvolveBrain.new()
	var warnings := "; ".join(agent._get_configuration_warnings())
	agent.free()
	check_contains(warnings, "Brain holds no champion: ")


func _add_counter() -> Node:
	var root := CountingAgent.make_scene().instantiate()
	var agent := EvolveAgent.find_in(root)
	var bytes := FileAccess.get_file_as_bytes(_vector("valid/champion.evo"))
	agent.brain = EvolveBrain.from_bytes(bytes)
	agent.replay_seed = 5
	return add(root)


# The champion of a short run: XOR with memory or without.
func _champion(recurrent: bool, champion_seed: int) -> PackedByteArray:
	var config := {
		"populations":
		[{"name": "main", "size": 20, "inputs": ["a", "b"], "outputs": ["xor", "other"]}],
		"evaluation": {"repeats": 1, "episode_ticks": 1},
		"genome": {"recurrent": recurrent},
		"mutation": {"add_node_rate": 0.6, "add_connection_rate": 0.6},
	}
	var evolution := EvolveNative.create_evolution(JSON.stringify(config), champion_seed)
	for generation in 12:
		var batch: RefCounted = evolution.call(&"ask", evolution.call(&"units_waiting"))
		for unit: int in batch.call(&"unit_count"):
			var score := PackedFloat64Array([float((unit * 7 + generation) % 20)])
			batch.call(&"score", unit, score, PackedFloat64Array(), 1)
		evolution.call(&"tell", batch)
	return evolution.call(&"champion_bytes", 0)


func _vector(name: String) -> String:
	return ProjectSettings.globalize_path("res://").path_join("../spec/vectors").path_join(name)


func _metadata(brain: EvolveBrain) -> Dictionary:
	var length := brain.data.decode_s64(0)
	var header: Dictionary = JSON.parse_string(
		brain.data.slice(8, 8 + length).get_string_from_utf8()
	)
	return JSON.parse_string(str(header["__metadata__"]["evolve"]))
