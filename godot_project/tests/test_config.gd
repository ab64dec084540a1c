extends EvolveTest
## The configuration as a resource: the engine's names, defaults and ranges, and none left out.

const _GROUPS: PackedStringArray = [
	"genome", "mutation", "speciation", "selection", "reproduction", "complexity"
]


func test_names_and_defaults_are_the_engines_own() -> void:
	if skip_without_native():
		return
	var engines := _complete(null)
	var ours := EvolveConfig.new().to_dictionary()
	check_equal(PackedStringArray(ours.keys()), _GROUPS, "groups")
	for group in _GROUPS:
		var keys: Array = (engines[group] as Dictionary).keys()
		var our_keys: Array = (ours[group] as Dictionary).keys()
		keys.sort()
		our_keys.sort()
		check_equal(our_keys, keys, group)
	check_equal(_complete(EvolveConfig.new()), engines, "a config that nobody changed")


func test_every_setting_reaches_the_engine() -> void:
	if skip_without_native():
		return
	var plain := _complete(EvolveConfig.new())
	for property in _settings():
		var name: String = property["name"]
		var config := EvolveConfig.new()
		config.set(name, _another(config.get(name)))
		var group := name.get_slice("_", 0)
		var key := name.trim_prefix(group + "_")
		# What only makes sense with another strategy is refused by its name, which is as good.
		var refusal := EvolveNative.config_problem(_json(config))
		if refusal.is_empty():
			check_different(_complete(config)[group][key], plain[group][key], name)
		else:
			check_contains(refusal, key if name != "selection_strategy" else "evaluation", name)


func test_the_inspector_offers_nothing_that_the_engine_refuses() -> void:
	if skip_without_native():
		return
	var ranges := 0
	for property in _settings():
		if int(property["hint"]) != PROPERTY_HINT_RANGE:
			continue
		ranges += 1
		var is_whole := int(property["type"]) == TYPE_INT
		for end: String in str(property["hint_string"]).split(",").slice(0, 2):
			var config := EvolveConfig.new()
			config.set(property["name"], type_convert(end, TYPE_INT if is_whole else TYPE_FLOAT))
			check_equal(EvolveNative.config_problem(_json(config)), "", property["name"] + end)
	check(ranges > 30, "%d ranges" % ranges)


func test_a_refused_setting_is_a_warning_of_the_trainer() -> void:
	if skip_without_native():
		return
	var trainer := (load("res://tests/fixtures/counting_trainer.tscn") as PackedScene).instantiate()
	var node := trainer.get_node("Trainer") as EvolveTrainer
	node.config = EvolveConfig.new()
	node.config.selection_novelty = true
	var problems := node.problems()
	node.config.selection_novelty = false
	var mended := node.problems()
	trainer.free()
	check_equal(problems.size(), 1, "problems")
	check_contains("; ".join(problems), "selection.novelty is true, but must be false unless")
	check_equal(mended.size(), 0, "problems once mended")


func _settings() -> Array[Dictionary]:
	var found: Array[Dictionary] = []
	for property in EvolveConfig.new().get_property_list():
		var is_ours := int(property["usage"]) & PROPERTY_USAGE_SCRIPT_VARIABLE
		if is_ours and str(property["name"]).get_slice("_", 0) in _GROUPS:
			found.append(property)
	return found


func _another(value: Variant) -> Variant:
	match typeof(value):
		TYPE_BOOL:
			return not value
		TYPE_INT:
			return 1 if int(value) == 0 else int(value) - 1
		TYPE_FLOAT:
			return 0.5 if value != 0.5 else 0.25
		TYPE_STRING:
			return "tanh"
	var list: Array[String] = ["relu", "tanh"]
	if (value as Array).has("sum"):
		list = ["max"]
	return list


func _json(config: EvolveConfig) -> String:
	var population := EvolvePopulation.new()
	population.input_names = ["a"]
	population.output_names = ["b"]
	var settings := EvolveRunSettings.new()
	settings.config = EvolveRunSettings.build_config([population], {}, config)
	return settings.config_json()


func _complete(config: EvolveConfig) -> Dictionary:
	var evolution := EvolveNative.create_evolution(_json(config), 1)
	return JSON.parse_string(str(evolution.call(&"config_json")))
