class_name EvolveFallbackGenes
extends RefCounted
## The genes of one genome: nodes and connections as parallel arrays, each sorted by gene id.
##
## Plain data, shared by what compares, mates and compiles genomes; it checks nothing.

# Of first biases and weights; twice a number of 32 bits is one, so nothing is rounded.
const _DEVIATION := 2.0

## Ids of the nodes, rising: inputs from 0, outputs from 32768, then hidden nodes.
var node_ids := PackedInt64Array()
## Added to what reaches each node; 0 for inputs.
var node_biases := PackedFloat32Array()
## Codes of the nodes' functions, see [enum EvolveFallbackActivation.Code].
var node_activations := PackedByteArray()
## Codes of how the nodes put their inputs together, see [enum
## EvolveFallbackActivation.Aggregation].
var node_aggregations := PackedByteArray()
## Ids of the connections, rising: hashes of their ends.
var connection_ids := PackedInt64Array()
## Ids of the nodes that the connections come from.
var connection_sources := PackedInt64Array()
## Ids of the nodes that the connections lead to.
var connection_targets := PackedInt64Array()
## What each connection multiplies its signal by.
var connection_weights := PackedFloat32Array()
## 1 for each connection that is enabled. A disabled one carries no signal, but is inherited.
var connections_enabled := PackedByteArray()


## Every input connected to every output, biases and weights drawn from the stream.
static func initial(sensed: int, acted: int, random: EvolveFallbackStream) -> EvolveFallbackGenes:
	var genes := EvolveFallbackGenes.new()
	for index in sensed:
		genes._add_node(index, 0.0, EvolveFallbackActivation.Code.IDENTITY)
	for index in acted:
		var id := EvolveFallbackGeneId.MAXIMUM_TERMINALS + index
		genes._add_node(
			id, _DEVIATION * random.normal(), EvolveFallbackActivation.Code.STEEP_SIGMOID
		)
	var weights: Dictionary[int, float] = {}
	var ends: Dictionary[int, Vector2i] = {}
	for source in sensed:
		for index in acted:
			var target := EvolveFallbackGeneId.MAXIMUM_TERMINALS + index
			var id := EvolveFallbackGeneId.connection(source, target)
			weights[id] = _DEVIATION * random.normal()
			ends[id] = Vector2i(source, target)
	# Drawn in the order of the ends, kept in the order of the ids.
	weights.sort()
	for id: int in weights:
		genes._add_connection(id, ends[id], weights[id])
	return genes


## The same genes in arrays of their own.
func copy() -> EvolveFallbackGenes:
	var twin := EvolveFallbackGenes.new()
	twin.node_ids = node_ids.duplicate()
	twin.node_biases = node_biases.duplicate()
	twin.node_activations = node_activations.duplicate()
	twin.node_aggregations = node_aggregations.duplicate()
	twin.connection_ids = connection_ids.duplicate()
	twin.connection_sources = connection_sources.duplicate()
	twin.connection_targets = connection_targets.duplicate()
	twin.connection_weights = connection_weights.duplicate()
	twin.connections_enabled = connections_enabled.duplicate()
	return twin


## Gives each connection its id.
func hash_connections() -> void:
	connection_ids = PackedInt64Array()
	for place in mini(connection_sources.size(), connection_targets.size()):
		var source := connection_sources[place]
		connection_ids.append(EvolveFallbackGeneId.connection(source, connection_targets[place]))


## How many of the nodes are inputs.
func inputs() -> int:
	return node_ids.bsearch(EvolveFallbackGeneId.MAXIMUM_TERMINALS)


## How many of the nodes are outputs.
func outputs() -> int:
	return node_ids.bsearch(2 * EvolveFallbackGeneId.MAXIMUM_TERMINALS) - inputs()


## Where a node stands, -1 when it is not there.
func find_node(id: int) -> int:
	var place := node_ids.bsearch(id)
	return place if place < node_ids.size() and node_ids[place] == id else -1


## Places of the nodes such that every connection, disabled ones too, leads forwards; shorter than
## the nodes are many when there is a cycle. Of the nodes that may come next, the first does: one
## genome has one order.
func topological_order() -> PackedInt32Array:
	var incoming := PackedInt32Array()
	incoming.resize(node_ids.size())
	var followers: Array[PackedInt32Array] = []
	followers.resize(node_ids.size())
	for gene in connection_ids.size():
		var target := find_node(connection_targets[gene])
		incoming[target] += 1
		followers[find_node(connection_sources[gene])].append(target)
	var free := PackedInt32Array()
	for place in node_ids.size():
		if incoming[place] == 0:
			free.append(place)
	var order := PackedInt32Array()
	while not free.is_empty():
		var place := free[0]
		free.remove_at(0)
		order.append(place)
		for target in followers[place]:
			incoming[target] -= 1
			if incoming[target] == 0:
				free.insert(free.bsearch(target), target)
	return order


func _add_node(id: int, bias: float, activation: EvolveFallbackActivation.Code) -> void:
	node_ids.append(id)
	node_biases.append(bias)
	node_activations.append(activation)
	node_aggregations.append(EvolveFallbackActivation.Aggregation.SUM)


func _add_connection(id: int, ends: Vector2i, weight: float) -> void:
	connection_ids.append(id)
	connection_sources.append(ends.x)
	connection_targets.append(ends.y)
	connection_weights.append(weight)
	connections_enabled.append(1)
