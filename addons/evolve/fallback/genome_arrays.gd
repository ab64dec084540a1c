class_name EvolveFallbackGenomeArrays
extends RefCounted
## What can be seen of a genome: its genes as arrays, under the names that RustNeatGenome gives
## them.

## Its genes; not to be changed from outside.
var genes := EvolveFallbackGenes.new()


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
