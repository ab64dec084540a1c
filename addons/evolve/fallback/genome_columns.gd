class_name EvolveFallbackGenomeColumns
extends RefCounted
## Genomes as tensors: one after another with offsets, as spec/FORMAT.md has them.
##
## Version 1 states the id of every gene; since then connections state the places of their ends, and
## ids follow from these. Whether genes are sound is EvolveFallbackGenomeCheck's business.

const _COMMON: PackedStringArray = [
	"genome.population",
	"genome.index",
	"node.offsets",
	"node.bias",
	"node.activation",
	"node.aggregation",
	"connection.offsets",
	"connection.source",
	"connection.target",
	"connection.weight",
	"connection.enabled",
]
const _IDS: PackedStringArray = ["hidden.id"]
const _IDS_OF_VERSION_1: PackedStringArray = ["node.id", "connection.id"]

## What is wrong with what was read; empty when nothing is.
var problem := ""

var _envelope: EvolveFallbackEnvelope
var _owners := PackedInt64Array()
var _offsets: Dictionary[String, PackedInt64Array] = {}
var _columns: Dictionary[String, Variant] = {}
# Where the next genome's hidden ids begin: genomes are filled in their order.
var _hidden := 0


## The names of the tensors that genomes have in the version of these.
static func names(envelope: EvolveFallbackEnvelope) -> PackedStringArray:
	return _COMMON + (_IDS_OF_VERSION_1 if envelope.version() == 1 else _IDS)


## The tensors of a file; look at [member problem] first.
static func read(envelope: EvolveFallbackEnvelope) -> EvolveFallbackGenomeColumns:
	var columns := EvolveFallbackGenomeColumns.new()
	columns._envelope = envelope
	columns._owners = envelope.counts("genome.population")
	var indices := envelope.counts("genome.index")
	for kind: String in ["node", "connection"]:
		columns._offsets[kind] = envelope.counts(kind + ".offsets")
	for name in names(envelope):
		columns._read_column(name)
	columns.problem = envelope.problem
	if columns.problem.is_empty() and indices.size() != columns._owners.size():
		columns.problem = "tensor genome.index does not have one entry for each genome"
	for kind: String in ["node", "connection"]:
		if columns.problem.is_empty():
			columns.problem = columns._offsets_problem(kind)
	return columns


## The tensors of genomes of one population, one after the other.
static func tensors_of(members: Array[EvolveFallbackGenome]) -> Dictionary[String, Variant]:
	var all := EvolveFallbackGenes.new()
	var hidden := PackedInt64Array()
	var sources := EvolveFallbackPlaces.new()
	var targets := EvolveFallbackPlaces.new()
	var nodes := PackedInt32Array([0])
	var connections := PackedInt32Array([0])
	for genome in members:
		var genes := genome.genes
		all.append(genes)
		hidden.append_array(genes.node_ids.slice(genes.node_ids.size() - genes.hidden()))
		sources.append_array(genes.places_of(genes.connection_sources))
		targets.append_array(genes.places_of(genes.connection_targets))
		nodes.append(all.node_ids.size())
		connections.append(all.connection_ids.size())
	var owners := PackedInt32Array()
	owners.resize(members.size())
	return {
		"genome.population": owners,
		"genome.index": PackedInt32Array(range(members.size())),
		"node.offsets": nodes,
		"node.bias": all.node_biases,
		"node.activation": all.node_activations,
		"node.aggregation": all.node_aggregations,
		"hidden.id": hidden,
		"connection.offsets": connections,
		"connection.source": sources,
		"connection.target": targets,
		"connection.weight": all.connection_weights,
		"connection.enabled": all.connections_enabled,
	}


## How many genomes there are.
func count() -> int:
	return _owners.size()


## The place of a genome's population.
func owner(genome: int) -> int:
	return _owners[genome]


## Fills in the genes of a genome; a sentence when they have no place to come from. Genomes must be
## filled in their order.
func fill(genes: EvolveFallbackGenes, genome: int, inputs: int, outputs: int) -> String:
	var nodes := _offsets["node"].slice(genome, genome + 2)
	var ends := _offsets["connection"].slice(genome, genome + 2)
	genes.node_biases = _columns["node.bias"].slice(nodes[0], nodes[1])
	genes.node_activations = _columns["node.activation"].slice(nodes[0], nodes[1])
	genes.node_aggregations = _columns["node.aggregation"].slice(nodes[0], nodes[1])
	genes.connection_weights = _columns["connection.weight"].slice(ends[0], ends[1])
	genes.connections_enabled = _columns["connection.enabled"].slice(ends[0], ends[1])
	if _envelope.version() == 1:
		return _fill_stated(genes, nodes, ends)
	return _fill_computed(genes, nodes[1] - nodes[0], ends, inputs, outputs)


## Why something is left when the last genome was filled; empty when nothing is.
func rest_problem() -> String:
	if _envelope.version() == 1 or _hidden == _columns["hidden.id"].size():
		return ""
	return "tensor hidden.id has more entries than there are hidden nodes"


func _fill_stated(
	genes: EvolveFallbackGenes, nodes: PackedInt64Array, ends: PackedInt64Array
) -> String:
	genes.node_ids = _columns["node.id"].slice(nodes[0], nodes[1])
	genes.connection_sources = _columns["connection.source"].slice(ends[0], ends[1])
	genes.connection_targets = _columns["connection.target"].slice(ends[0], ends[1])
	genes.hash_connections()
	if genes.connection_ids != _columns["connection.id"].slice(ends[0], ends[1]):
		return "a connection gene has an id that is not the hash of its two ends"
	return ""


func _fill_computed(
	genes: EvolveFallbackGenes, nodes: int, ends: PackedInt64Array, inputs: int, outputs: int
) -> String:
	var more := nodes - inputs - outputs
	if more < 0:
		return (
			"it has %d nodes, fewer than the %d inputs and outputs of its population"
			% [nodes, inputs + outputs]
		)
	for place in inputs:
		genes.node_ids.append(place)
	for place in outputs:
		genes.node_ids.append(EvolveFallbackGeneId.MAXIMUM_TERMINALS + place)
	genes.node_ids.append_array(_columns["hidden.id"].slice(_hidden, _hidden + more))
	_hidden += more
	if genes.node_ids.size() != nodes:
		return "tensor hidden.id has fewer entries than there are hidden nodes"
	for gene in range(ends[0], ends[1]):
		var source: int = _columns["connection.source"][gene]
		var target: int = _columns["connection.target"][gene]
		if source >= nodes or target >= nodes:
			return "connection gene %d leads from or to a node that is not there" % (gene - ends[0])
		genes.connection_sources.append(genes.node_ids[source])
		genes.connection_targets.append(genes.node_ids[target])
	genes.hash_connections()
	return ""


func _read_column(name: String) -> void:
	if name in ["node.bias", "connection.weight"]:
		_columns[name] = _envelope.floats(name)
	elif name in ["node.activation", "node.aggregation", "connection.enabled"]:
		_columns[name] = _envelope.codes(name)
	elif name in ["connection.source", "connection.target"] and _envelope.version() > 1:
		_columns[name] = _envelope.places(name)
	elif not (name.begins_with("genome.") or name.ends_with(".offsets")):
		_columns[name] = _envelope.integers(name)


func _offsets_problem(kind: String) -> String:
	var offsets := _offsets[kind]
	var total: int = _columns["node.bias" if kind == "node" else "connection.weight"].size()
	for name: String in _columns:
		if name.begins_with(kind) and _columns[name].size() != total:
			return (
				"tensor %s has %d entries, where %d are expected"
				% [name, _columns[name].size(), total]
			)
	if offsets.size() != count() + 1 or offsets[0] != 0 or offsets[count()] != total:
		return "tensor %s.offsets must begin with 0 and end with %d" % [kind, total]
	for place in count():
		if offsets[place + 1] < offsets[place]:
			return "tensor %s.offsets falls after place %d" % [kind, place]
	return ""
