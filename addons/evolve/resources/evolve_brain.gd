@tool
@icon("../icons/evolve_brain.svg")
class_name EvolveBrain
extends Resource
## A champion: what training came to, and all that a game needs of it.
##
## Every [code].evo[/code] file in the project is one, and where the plugin is enabled every
## [code].onnx[/code] file that is a chain of layers. Give it to [member EvolveAgent.brain], or have
## it think yourself:
## [codeblock]
## var mind := preload("res://champion.evo").make_mind()
## var outputs := mind.think(PackedFloat32Array([0.0, 1.0]))
## [/codeblock]
## A brain never changes and remembers nothing, so that many agents can share one; what an agent
## remembers is in its [EvolveMind].

## The bytes of the [code].evo[/code] file; all the rest is read from them.
@export_storage var data: PackedByteArray = []:
	set(value):
		data = value
		_champion = EvolveFallbackChampion.read(data)
		emit_changed()

## The name of each number that the brain is given, in order.
@export var input_names: PackedStringArray:
	get:
		return _champion.input_names

## The name of each number that the brain gives back, in order.
@export var output_names: PackedStringArray:
	get:
		return _champion.output_names

## Its fitness in training.
@export var fitness: float:
	get:
		return _champion.fitness

## The generation that it was scored in; the first one is 0.
@export var generation: int:
	get:
		return _champion.generation

## The seed of the run that bred it, in digits.
@export var run_seed: String:
	get:
		return _champion.run_seed

var _champion := EvolveFallbackChampion.read(PackedByteArray())


## The brain in the bytes of a champion's file; null and an error when they are none.
static func from_bytes(bytes: PackedByteArray) -> EvolveBrain:
	var brain := EvolveBrain.new()
	brain.data = bytes
	if brain.problem().is_empty():
		return brain
	push_error("EvolveBrain.from_bytes: the bytes are no champion: %s." % brain.problem())
	return null


## A champion of a loop of your own: a genome of [method Evolve.create_genome] or of a population,
## with the names of what it senses and does. Null and an error when they don't fit. To keep it:
## [codeblock]
## var brain := EvolveBrain.of_genome(genome, ["a", "b"], ["xor"], 3.9)
## ResourceSaver.save(brain, "res://champion.evo")
## [/codeblock]
static func of_genome(
	bred: RefCounted,
	inputs: PackedStringArray,
	outputs: PackedStringArray,
	score: float = 0.0,
	scored_in_generation: int = 0,
	bred_with_seed: int = 0
) -> EvolveBrain:
	var copy: EvolveFallbackGenome = null
	if bred != null and bred.has_method(&"to_bytes"):
		var bytes: PackedByteArray = bred.call(&"to_bytes")
		copy = EvolveFallbackGenome.from_bytes(bytes)
	var wrong := _naming_problem(copy, inputs, outputs)
	if (
		wrong.is_empty()
		and (not is_finite(score) or scored_in_generation < 0 or bred_with_seed < 0)
	):
		wrong = "the score must be finite, and generation and seed at least 0"
	if not wrong.is_empty():
		push_error("EvolveBrain.of_genome: %s." % wrong)
		return null
	var shape := {
		"inputs": Array(inputs),
		"name": "main",
		"outputs": Array(outputs),
		"recurrent": copy.is_recurrent(),
	}
	return from_bytes(
		EvolveFallbackPopulationFile.encode_champion(
			copy, shape, score, scored_in_generation, bred_with_seed
		)
	)


## The brain in the bytes of an ONNX model that is a plain chain of layers, as torch and others
## export them; null and an error that names what cannot be imported. Needs the native library. To
## keep it:
## [codeblock]
## var brain := EvolveBrain.from_onnx(FileAccess.get_file_as_bytes("user://walker.onnx"))
## ResourceSaver.save(brain, "user://walker.evo")
## [/codeblock]
## An [code].onnx[/code] file in the project needs none of this: the editor imports it as a brain.
static func from_onnx(bytes: PackedByteArray) -> EvolveBrain:
	if not EvolveNative.is_loaded():
		push_error("EvolveBrain.from_onnx: %s" % EvolveNative.missing_sentence())
		return null
	var file := EvolveNative.policy_of_onnx(bytes)
	if file.is_empty():
		push_error("EvolveBrain.from_onnx: %s." % EvolveNative.last_error())
		return null
	return from_bytes(file)


## What is wrong with the champion, as a part of a sentence; empty when nothing is.
func problem() -> String:
	return _champion.problem


## One agent's use of this brain, with nothing remembered yet; null and an error when the champion
## has a [method problem].
func make_mind() -> EvolveMind:
	if not problem().is_empty():
		push_error("%s is no champion: %s." % [title(), problem()])
		return null
	if _champion.is_policy:
		return _make_mind_of_policy()
	if Evolve.backend() == &"native":
		return EvolveMind.of_network(Evolve.network_of_champion(data))
	EvolveMind.announce_fallback()
	return EvolveMind.of_network(EvolveFallbackNetwork.of_genome(_champion.genome))


## Its nodes and connections, to be looked at; null for an imported policy, which has layers
## instead, and when there is a [method problem].
func genome() -> EvolveFallbackGenomeArrays:
	return _champion.genome


## How many numbers an agent with this brain senses.
func input_count() -> int:
	return input_names.size()


## What to call it in a sentence.
func title() -> String:
	return "the brain" if resource_path.is_empty() else "the brain %s" % resource_path


func _make_mind_of_policy() -> EvolveMind:
	if Evolve.backend() == &"native":
		return EvolveMind.of_network(EvolveNative.make(&"RustPolicy", &"of_file", [data]))
	push_error("%s was imported from ONNX: only the native library plays it." % title())
	return null


static func _naming_problem(
	bred: EvolveFallbackGenome, inputs: PackedStringArray, outputs: PackedStringArray
) -> String:
	if bred == null:
		return "it needs a genome, as Evolve.create_genome() makes them"
	var found := EvolveNames.problems("inputs", inputs)
	found.append_array(EvolveNames.problems("outputs", outputs))
	if not found.is_empty():
		return found[0].trim_suffix(".")
	if bred.genes.inputs() == inputs.size() and bred.genes.outputs() == outputs.size():
		return ""
	return (
		"the genome has %d inputs and %d outputs, but there are names for %d and %d"
		% [bred.genes.inputs(), bred.genes.outputs(), inputs.size(), outputs.size()]
	)


# Shown in the inspector, neither changed there nor stored: they are in the bytes.
func _validate_property(property: Dictionary) -> void:
	var shown := ["input_names", "output_names", "fitness", "generation", "run_seed"]
	if property["name"] in shown:
		property["usage"] = PROPERTY_USAGE_EDITOR | PROPERTY_USAGE_READ_ONLY
