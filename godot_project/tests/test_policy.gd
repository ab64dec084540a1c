extends EvolveTest
## Models from elsewhere as brains: ONNX in, a file, an agent's mind.

const CountingAgent := preload("res://tests/fixtures/counting_agent.gd")


func test_an_onnx_model_becomes_a_brain_that_thinks_and_is_saved_as_a_file() -> void:
	var brain := EvolveBrain.from_onnx(FileAccess.get_file_as_bytes(_vector("policy.onnx")))
	if not check_not_null(brain, "brain"):
		return
	check_equal(brain.problem(), "")
	check_equal(brain.input_names, PackedStringArray(["a", "b"]))
	check_equal(brain.output_names, PackedStringArray(["x"]))
	check_null(brain.genome())
	var path := make_folder().path_join("policy.evo")
	check_equal(ResourceSaver.save(brain, path), OK)
	var mind := (ResourceLoader.load(path) as EvolveBrain).make_mind()
	# relu(1·1 + 2·1 + 0.5) · 2 + relu(3·1 - 4·1 + 0.25) · 1
	check_equal(mind.think(PackedFloat32Array([1.0, 1.0])), PackedFloat32Array([7.0]))
	mind.reset()
	check_equal(mind.think(PackedFloat32Array([0.0, 1.0])), PackedFloat32Array([5.0]))
	check_equal(brain.data, FileAccess.get_file_as_bytes(_vector("policy.evo")), "the same file")


func test_a_model_that_is_none_is_refused_in_a_sentence() -> void:
	expect_error("EvolveBrain.from_onnx: this is no sound ONNX model: it has no graph.")
	check_null(EvolveBrain.from_onnx(PackedByteArray()))
	expect_error("EvolveBrain.from_onnx: this is no sound ONNX model: ")
	check_null(EvolveBrain.from_onnx("no model".to_utf8_buffer()))


func test_a_damaged_policy_is_refused_in_a_sentence() -> void:
	var bytes := FileAccess.get_file_as_bytes(_vector("policy.evo"))
	bytes[bytes.size() - 1] ^= 1
	expect_error("EvolveBrain.from_bytes: the bytes are no champion: it is damaged")
	check_null(EvolveBrain.from_bytes(bytes))


func test_without_the_library_a_policy_says_that_it_needs_it() -> void:
	var brain := ResourceLoader.load(_vector("policy.evo")) as EvolveBrain
	Evolve.prefers_fallback = true
	expect_error("was imported from ONNX: only the native library plays it.")
	check_null(brain.make_mind())
	Evolve.prefers_fallback = false


func test_an_agent_plays_an_imported_model() -> void:
	CountingAgent.reset()
	var root := CountingAgent.make_scene().instantiate()
	var agent := EvolveAgent.find_in(root)
	agent.brain = EvolveBrain.from_onnx(FileAccess.get_file_as_bytes(_vector("policy.onnx")))
	agent.replay_seed = 5
	add(root)
	await physics_frames(4)
	check_equal(CountingAgent.calls.count("act 5") > 1, true, "it acts")
	CountingAgent.reset()


func _vector(name: String) -> String:
	return "res://tests/fixtures".path_join(name)
