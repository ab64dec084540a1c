@tool
class_name EvolveFallbackChampion
extends RefCounted
## What a champion's file says: its genome, its names and where it comes from.
##
## Plain GDScript also where the native library is loaded: resources are loaded on any thread, and
## the library's objects belong to the main one. Never thinks.

const _KEYS: PackedStringArray = [
	"fitness", "generation", "populations", "schema", "seed", "sha256", "version"
]
const _POLICY := "evolve.policy"
const _MAXIMUM_INPUTS := 1 << 24

## What is wrong with the bytes; empty when nothing is.
var problem := ""
## The names of what the champion senses.
var input_names: PackedStringArray = []
## The names of what it does.
var output_names: PackedStringArray = []
## Its fitness in training.
var fitness := 0.0
## The generation that it was scored in.
var generation := 0
## The seed of its run, in decimal digits: not all of them fit an integer.
var run_seed := ""
## Whether it is a policy: fixed layers instead of a genome, without fitness, generation and seed.
var is_policy := false
## What it was born with; null for a policy, and when there is a problem.
var genome: EvolveFallbackGenome = null


## What the bytes of a champion's file say; look at [member problem] first.
static func read(data: PackedByteArray) -> EvolveFallbackChampion:
	var champion := EvolveFallbackChampion.new()
	var policy := EvolveFallbackEnvelope.read(data, _POLICY)
	if policy.about.get("schema") == _POLICY:
		champion.is_policy = true
		champion.problem = policy.problem
		if champion.problem.is_empty():
			champion.problem = champion._read_policy(policy.about)
		return champion
	var file := EvolveFallbackPopulationFile.decode_champion(data)
	champion.problem = file.problem
	if champion.problem.is_empty():
		champion.problem = champion._read_metadata(file.about())
	if champion.problem.is_empty():
		champion.genome = file.genomes[0]
	return champion


func _read_metadata(about: Dictionary) -> String:
	for key: String in about:
		if not key in _KEYS:
			return "its metadata is wrong: the key %s is not known here" % key
	if not about.get("fitness") is float:
		return "its metadata is wrong: fitness must be a number"
	var counted: Variant = about.get("generation")
	if not counted is float or counted < 0.0 or counted != floorf(counted):
		return "its metadata is wrong: generation must be a whole number"
	var digits: Variant = about.get("seed")
	if not digits is String or not digits.is_valid_int() or digits.begins_with("-"):
		return "its metadata is wrong: seed must be a text of digits"
	fitness = about["fitness"]
	generation = int(counted)
	run_seed = digits
	return _read_names(about["populations"][0])


# Only what a scene wants to know: the library checks the layers when it makes a mind of them.
func _read_policy(about: Dictionary) -> String:
	var layers: Variant = about.get("layers")
	if not layers is Array or layers.is_empty():
		return "its metadata is wrong: layers must be a list"
	for layer: Variant in layers:
		if not layer is Dictionary:
			return "its metadata is wrong: a layer must be a JSON object"
	input_names = _names_of(about.get("inputs"), "input", _numbers_into(layers[0] as Dictionary))
	output_names = _names_of(about.get("outputs"), "output", 0)
	return ""


# The names that a policy states, or as many numbered ones.
static func _names_of(stated: Variant, prefix: String, count: int) -> PackedStringArray:
	var names := PackedStringArray()
	if stated is Array and not stated.is_empty():
		for name: Variant in stated:
			names.append(str(name))
		return names
	for place in count:
		names.append("%s_%d" % [prefix, place])
	return names


# How many numbers a layer takes: those of an image, channel after channel, or plain ones.
static func _numbers_into(layer: Dictionary) -> int:
	var plain: Variant = layer.get("inputs", 1.0)
	var channels: Variant = layer.get("channels", plain)
	var size: Variant = layer.get("size", [1.0, 1.0])
	if not channels is float or not size is Array or size.size() != 2:
		return 0
	return mini(int(channels) * int(size[0]) * int(size[1]), _MAXIMUM_INPUTS)


func _read_names(population: Dictionary) -> String:
	for key: String in ["inputs", "outputs"]:
		for name: Variant in population[key]:
			if not name is String:
				return "its metadata is wrong: %s must be a list of names" % key
	input_names = PackedStringArray(population["inputs"] as Array)
	output_names = PackedStringArray(population["outputs"] as Array)
	var found := EvolveNames.problems("inputs", input_names)
	found.append_array(EvolveNames.problems("outputs", output_names))
	return "" if found.is_empty() else "its metadata is wrong: %s" % found[0].trim_suffix(".")
