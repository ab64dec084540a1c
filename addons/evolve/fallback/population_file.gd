class_name EvolveFallbackPopulationFile
extends RefCounted
## Genomes in files: one after another with offsets, as spec/FORMAT.md has them, read and written to
## the native library's bytes.

const _POPULATION := "evolve.population"
const _CHAMPION := "evolve.champion"
const _CHECKPOINT := "evolve.checkpoint"
const _MAXIMUM_POPULATIONS := 64
const _NAMES: PackedStringArray = [
	"genome.population",
	"genome.index",
	"node.offsets",
	"node.id",
	"node.bias",
	"node.activation",
	"node.aggregation",
	"connection.offsets",
	"connection.id",
	"connection.source",
	"connection.target",
	"connection.weight",
	"connection.enabled",
]

## What is wrong with what was read; empty when nothing is.
var problem := ""
## The genomes that were read, in their order.
var genomes: Array[EvolveFallbackGenome] = []

var _envelope: EvolveFallbackEnvelope
# Of each population how many inputs and outputs its genomes have, and whether it is recurrent.
var _shapes: Array[Array] = []


## The bytes of a population file; all genomes have the same inputs and outputs.
static func encode(members: Array[EvolveFallbackGenome]) -> PackedByteArray:
	var first := members[0].genes
	var population := {
		"inputs": _terminal_names("input", first.inputs()),
		"name": "main",
		"outputs": _terminal_names("output", first.outputs()),
		"recurrent":
		members.any(func(genome: EvolveFallbackGenome) -> bool: return genome.is_recurrent()),
	}
	return EvolveFallbackEnvelope.write(
		{"populations": [population], "schema": _POPULATION}, tensors_of(members)
	)


## The bytes of a champion's file: one genome, its names, and where it comes from.
static func encode_champion(
	genome: EvolveFallbackGenome, shape: Dictionary, fitness: float, generation: int, run_seed: int
) -> PackedByteArray:
	var metadata := {
		"fitness": fitness,
		"generation": generation,
		"populations": [shape],
		"schema": _CHAMPION,
		"seed": str(run_seed),
	}
	return EvolveFallbackEnvelope.write(metadata, tensors_of([genome]))


## The genomes of a population file.
static func decode(data: PackedByteArray) -> EvolveFallbackPopulationFile:
	return _read(data, _POPULATION)


## The genome of a champion's file.
static func decode_champion(data: PackedByteArray) -> EvolveFallbackPopulationFile:
	var file := _read(data, _CHAMPION)
	if file.problem.is_empty() and file.genomes.size() != 1:
		file.problem = "a champion is one genome of one population"
	return file


## The genomes of a checkpoint, which has more tensors than those of genomes.
static func decode_checkpoint(
	data: PackedByteArray, more_names: PackedStringArray
) -> EvolveFallbackPopulationFile:
	return _read(data, _CHECKPOINT, more_names)


static func _read(
	data: PackedByteArray, schema: String, more_names: PackedStringArray = []
) -> EvolveFallbackPopulationFile:
	var file := EvolveFallbackPopulationFile.new()
	file._envelope = EvolveFallbackEnvelope.read(data, schema)
	file.problem = file._envelope.problem
	if file.problem.is_empty():
		file.problem = file._envelope.check_names(_NAMES + more_names)
	if file.problem.is_empty():
		file._read_shapes(file._envelope.about.get("populations"))
	if file.problem.is_empty():
		file._read_genomes()
	return file


## The metadata of the file.
func about() -> Dictionary:
	return _envelope.about


## The tensors of the file.
func envelope() -> EvolveFallbackEnvelope:
	return _envelope


## How many populations the file names.
func populations() -> int:
	return _shapes.size()


func _read_shapes(named: Variant) -> void:
	if not named is Array or named.is_empty() or named.size() > _MAXIMUM_POPULATIONS:
		problem = "its metadata is wrong: populations must be a list of 1 to 64"
		return
	for shape: Variant in named:
		if not shape is Dictionary or not shape.get("recurrent") is bool:
			problem = "its metadata is wrong: a population must say whether it is recurrent"
			return
		for key: String in ["inputs", "outputs"]:
			if not shape.get(key) is Array or shape[key].is_empty():
				problem = "its metadata is wrong: %s must be a list of names" % key
				return
		_shapes.append([shape["inputs"].size(), shape["outputs"].size(), shape["recurrent"]])


func _read_genomes() -> void:
	var whole: Dictionary[String, Variant] = {}
	for name in _NAMES:
		if name in ["node.bias", "connection.weight"]:
			whole[name] = _envelope.floats(name)
		elif name in ["node.activation", "node.aggregation", "connection.enabled"]:
			whole[name] = _envelope.codes(name)
		else:
			whole[name] = _envelope.integers(name)
	problem = _envelope.problem
	var count: int = whole["genome.index"].size()
	if problem.is_empty() and whole["genome.population"].size() != count:
		problem = "tensor genome.population does not have one entry for each genome"
	for kind: String in ["node", "connection"]:
		if problem.is_empty():
			problem = _offsets_problem(kind, whole, count)
	if not problem.is_empty():
		return
	for place in count:
		var owner: int = whole["genome.population"][place]
		if owner < 0 or owner >= _shapes.size():
			problem = "tensor genome.population has the value %d, which is no population" % owner
			return
		_add_genome(place, whole, _shapes[owner])
		if not problem.is_empty():
			genomes.clear()
			return


static func _offsets_problem(
	kind: String, whole: Dictionary[String, Variant], count: int
) -> String:
	var offsets: PackedInt64Array = whole[kind + ".offsets"]
	var total: int = whole[kind + ".id"].size()
	for name: String in whole:
		if name.begins_with(kind) and not name.ends_with("offsets") and whole[name].size() != total:
			return (
				"tensor %s has %d entries, where %d are expected"
				% [name, whole[name].size(), total]
			)
	if offsets.size() != count + 1 or offsets[0] != 0 or offsets[count] != total:
		return "tensor %s.offsets must begin with 0 and end with %d" % [kind, total]
	for place in count:
		if offsets[place + 1] < offsets[place]:
			return "tensor %s.offsets falls after place %d" % [kind, place]
	return ""


func _add_genome(place: int, whole: Dictionary[String, Variant], shape: Array) -> void:
	var nodes: PackedInt64Array = whole["node.offsets"].slice(place, place + 2)
	var ends: PackedInt64Array = whole["connection.offsets"].slice(place, place + 2)
	var read := EvolveFallbackGenes.new()
	read.node_ids = whole["node.id"].slice(nodes[0], nodes[1])
	read.node_biases = whole["node.bias"].slice(nodes[0], nodes[1])
	read.node_activations = whole["node.activation"].slice(nodes[0], nodes[1])
	read.node_aggregations = whole["node.aggregation"].slice(nodes[0], nodes[1])
	read.connection_sources = whole["connection.source"].slice(ends[0], ends[1])
	read.connection_targets = whole["connection.target"].slice(ends[0], ends[1])
	read.connection_weights = whole["connection.weight"].slice(ends[0], ends[1])
	read.connections_enabled = whole["connection.enabled"].slice(ends[0], ends[1])
	read.hash_connections()
	var said := EvolveFallbackGenomeCheck.problem_of(read, shape[2])
	if said.is_empty() and read.connection_ids != whole["connection.id"].slice(ends[0], ends[1]):
		said = "a connection gene has an id that is not the hash of its two ends"
	if said.is_empty() and [read.inputs(), read.outputs()] != shape.slice(0, 2):
		said = "it has other inputs and outputs than its population"
	if not said.is_empty():
		problem = "genome %d is unsound: %s" % [place, said]
	genomes.append(EvolveFallbackGenome.of_genes(read, shape[2]))


static func _terminal_names(kind: String, count: int) -> Array[String]:
	var names: Array[String] = []
	for place in count:
		names.append("%s_%d" % [kind, place])
	return names


## The tensors of genomes of one population, one after the other.
static func tensors_of(members: Array[EvolveFallbackGenome]) -> Dictionary[String, Variant]:
	var all := EvolveFallbackGenes.new()
	var nodes := PackedInt64Array([0])
	var connections := PackedInt64Array([0])
	for genome in members:
		all.append(genome.genes)
		nodes.append(all.node_ids.size())
		connections.append(all.connection_ids.size())
	var owners := PackedInt64Array()
	owners.resize(members.size())
	return {
		"genome.population": owners,
		"genome.index": PackedInt64Array(range(members.size())),
		"node.offsets": nodes,
		"node.id": all.node_ids,
		"node.bias": all.node_biases,
		"node.activation": all.node_activations,
		"node.aggregation": all.node_aggregations,
		"connection.offsets": connections,
		"connection.id": all.connection_ids,
		"connection.source": all.connection_sources,
		"connection.target": all.connection_targets,
		"connection.weight": all.connection_weights,
		"connection.enabled": all.connections_enabled,
	}
