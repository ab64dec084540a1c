extends EvolveTest
## What this copy of Evolve says of itself, and how the library is reached.


func test_the_version_is_that_of_the_plugin() -> void:
	var plugin := ConfigFile.new()
	check_equal(plugin.load("res://addons/evolve/plugin.cfg"), OK, "reading plugin.cfg")
	check_equal(Evolve.version(), plugin.get_value("plugin", "version"), "version")


func test_backend_and_features_agree_with_the_library() -> void:
	var is_loaded := EvolveNative.is_loaded()
	check_equal(Evolve.backend(), &"native" if is_loaded else &"fallback", "backend")
	for feature in Evolve.FEATURES:
		check_equal(Evolve.supports(feature), is_loaded, feature)
	for feature in Evolve.FALLBACK_FEATURES:
		check_equal(Evolve.supports(feature), true, feature)
	check_equal(Evolve.supports(&"teleportation"), false, "an unknown feature")


func test_where_the_fallback_is_preferred_its_limits_are_told() -> void:
	Evolve.prefers_fallback = true
	check_equal(Evolve.backend(), &"fallback", "backend")
	check_equal(Evolve.supports(&"evolution"), true, "training")
	for feature in Evolve.FEATURES:
		check_equal(Evolve.supports(feature), false, feature)
	Evolve.prefers_fallback = false


func test_a_scene_that_takes_its_objects_from_here_gets_the_same_from_both_backends() -> void:
	if skip_without_native():
		return
	var ours := _story()
	Evolve.prefers_fallback = true
	check_equal(_story(), ours, "what the fallback came to")
	Evolve.prefers_fallback = false


func test_the_library_says_its_version() -> void:
	if skip_without_native():
		return
	check_equal(EvolveNative.library_version(), Evolve.version(), "library version")


func test_the_missing_library_is_explained() -> void:
	var sentence := EvolveNative.missing_sentence()
	check_contains(sentence, "native library is not loaded")
	check_contains(sentence, "tools/evolve")


func test_the_project_setting_is_off_unless_set() -> void:
	EvolveSettings.declare()
	var allowed: Variant = ProjectSettings.get_setting(EvolveSettings.ALLOW_TRAINING_IN_EXPORTS)
	check_equal(allowed, false, EvolveSettings.ALLOW_TRAINING_IN_EXPORTS)
	check_equal(EvolveSettings.training_allowed(), true, "training while developing")


func test_the_extension_names_a_library_for_every_promised_platform() -> void:
	var file := ConfigFile.new()
	check_equal(file.load("res://addons/evolve/evolve.gdextension"), OK, "reading it")
	for platform: String in ["linux", "windows"]:
		for build: String in ["debug", "release"]:
			for architecture: String in ["x86_64", "arm64"]:
				var key := ".".join([platform, build, architecture])
				check(file.has_section_key("libraries", key), key)
	check(file.has_section_key("libraries", "macos.debug"), "macos.debug")
	check(file.has_section_key("libraries", "macos.release"), "macos.release")


func _story() -> Array:
	var settings := {"mutation": {"add_node_rate": 0.5}}
	var population := Evolve.create_population(9, 2, 1, 4, settings)
	population.call(&"mutate", 1)
	var path := make_folder().path_join("all.evolve")
	var digest: String = population.call(&"save", path)
	var back := Evolve.load_population(path)
	var genome := Evolve.create_genome(2, 1, 4, settings)
	var bytes: PackedByteArray = genome.call(&"to_bytes")
	var network := Evolve.network_of(Evolve.genome_from_bytes(bytes))
	var values := PackedFloat64Array([1.0, 2.0, 2.0, 1.0, 3.0, 3.0])
	var config := '{"populations":[{"size":9,"inputs":["a"],"outputs":["b"]}]}'
	var evolution := Evolve.create_evolution(config, 3)
	return [
		digest,
		evolution.call(&"config_json"),
		evolution.call(&"save", make_folder().path_join("run.evolve")),
		back.call(&"digest"),
		network.call(&"think", PackedFloat32Array([0.5, -1.0])),
		Evolve.create_species().call(&"speciate", population),
		Evolve.create_nsga2().call(&"ranks", values, 2, PackedByteArray()),
		Evolve.genetic_ops().call(&"tournament", values, 2, 5, 1),
	]
