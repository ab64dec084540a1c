class_name EvolveFallbackGenome
extends RefCounted
## A NEAT genome without the native library: the arrays of RustNeatGenome under the same names.
##
## What comes from outside enters through [method of_arrays], which checks it once; everything else
## relies on that. A genome never changes once it is made.

## Its genes; not to be changed.
var genes := EvolveFallbackGenes.new()

# Compiled at the first thought.
var _network: EvolveFallbackNetwork = null


## A first genome: every input connected to every output, weights drawn from the seed. Null and an
## error unless there are 1 to 32,768 of each.
static func create(input_count: int, output_count: int, genome_seed: int) -> EvolveFallbackGenome:
	for terminals: Array in [["input_count", input_count], ["output_count", output_count]]:
		if terminals[1] < 1 or terminals[1] > EvolveFallbackGeneId.MAXIMUM_TERMINALS:
			push_error(
				"EvolveFallbackGenome.create: %s is %d, but must be from 1 to 32768" % terminals
			)
			return null
	var random := EvolveFallbackStream.of_user(genome_seed)
	return _wrap(EvolveFallbackGenes.initial(input_count, output_count, random))


## The genome with these arrays, which must be of equal lengths for each kind of gene and sorted by
## id. Null and an error that names the first thing that is wrong; cycles are only allowed when
## recurrent.
static func of_arrays(
	nodes: PackedInt64Array,
	biases: PackedFloat32Array,
	activations: PackedByteArray,
	aggregations: PackedByteArray,
	sources: PackedInt64Array,
	targets: PackedInt64Array,
	weights: PackedFloat32Array,
	enabled: PackedByteArray,
	recurrent: bool = false
) -> EvolveFallbackGenome:
	var made := EvolveFallbackGenes.new()
	made.node_ids = nodes.duplicate()
	made.node_biases = biases.duplicate()
	made.node_activations = activations.duplicate()
	made.node_aggregations = aggregations.duplicate()
	made.connection_sources = sources.duplicate()
	made.connection_targets = targets.duplicate()
	made.connection_weights = weights.duplicate()
	made.connections_enabled = enabled.duplicate()
	made.hash_connections()
	var problem := EvolveFallbackGenomeCheck.problem_of(made, recurrent)
	if problem.is_empty():
		return _wrap(made)
	push_error("EvolveFallbackGenome.of_arrays: %s" % problem)
	return null


## How unlike another genome it is: genes that only one has, and the mean difference of weights.
func distance(other: EvolveFallbackGenome) -> float:
	return EvolveFallbackDistance.between(genes, other.genes)


## A child with the structure of this genome, the fitter parent; genes that both have come from
## either at random. The same seed makes the same child.
func crossover(other: EvolveFallbackGenome, crossover_seed: int) -> EvolveFallbackGenome:
	var random := EvolveFallbackStream.of_user(crossover_seed)
	return _wrap(EvolveFallbackCrossover.child_of(genes, other.genes, random))


## One step of the network it describes. Empty, with an error, unless there is one finite number for
## each input.
func think(observations: PackedFloat32Array) -> PackedFloat32Array:
	if _network == null:
		_network = EvolveFallbackNetwork.of_genome(self)
	return _network.think(observations)


## How many nodes it has: inputs, outputs and hidden ones.
func node_count() -> int:
	return genes.node_ids.size()


## How many connections it has, disabled ones too.
func connection_count() -> int:
	return genes.connection_ids.size()


## Ids of the nodes, rising: inputs from 0, outputs from 32768, then hidden nodes.
func node_ids() -> PackedInt64Array:
	return genes.node_ids.duplicate()


## Biases of the nodes, in the order of [method node_ids].
func node_biases() -> PackedFloat32Array:
	return genes.node_biases.duplicate()


## Codes of the nodes' activation functions, in the order of [method node_ids].
func node_activations() -> PackedByteArray:
	return genes.node_activations.duplicate()


## Codes of how the nodes put their inputs together, in the order of [method node_ids].
func node_aggregations() -> PackedByteArray:
	return genes.node_aggregations.duplicate()


## Ids of the connections, rising.
func connection_ids() -> PackedInt64Array:
	return genes.connection_ids.duplicate()


## Ids of the nodes that the connections come from, in the order of [method connection_ids].
func connection_sources() -> PackedInt64Array:
	return genes.connection_sources.duplicate()


## Ids of the nodes that the connections lead to, in the order of [method connection_ids].
func connection_targets() -> PackedInt64Array:
	return genes.connection_targets.duplicate()


## Weights of the connections, in the order of [method connection_ids].
func connection_weights() -> PackedFloat32Array:
	return genes.connection_weights.duplicate()


## 1 for each connection that is enabled and 0 for the others, in the order of
## [method connection_ids].
func connections_enabled() -> PackedByteArray:
	return genes.connections_enabled.duplicate()


static func _wrap(made: EvolveFallbackGenes) -> EvolveFallbackGenome:
	var genome := EvolveFallbackGenome.new()
	genome.genes = made
	return genome
