class_name EvolveFallbackGenes
extends RefCounted
## The genes of one genome: nodes and connections as parallel arrays, each sorted by gene id.
##
## Plain data, shared by what compares, mates and compiles genomes; it checks nothing.

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


## Inputs and outputs, connected as the settings say, biases and weights drawn from the stream.
static func initial(
	sensed: int, acted: int, settings: EvolveFallbackSettings, random: EvolveFallbackStream
) -> EvolveFallbackGenes:
	var genes := EvolveFallbackGenes.new()
	for index in sensed:
		genes.insert_node(index, EvolveFallbackActivation.Code.IDENTITY)
	for index in acted:
		var id := EvolveFallbackGeneId.MAXIMUM_TERMINALS + index
		genes.insert_node(id, settings.output_activation, initial_weight(settings, random))
	if settings.connected:
		for source in sensed:
			for index in acted:
				var weight := initial_weight(settings, random)
				genes.insert_connection(
					source, EvolveFallbackGeneId.MAXIMUM_TERMINALS + index, weight
				)
	return genes


## A new weight or bias.
static func initial_weight(settings: EvolveFallbackSettings, random: EvolveFallbackStream) -> float:
	var slot := PackedFloat32Array(
		[settings.numbers["genome.initial_deviation"], settings.numbers["genome.weight_limit"]]
	)
	slot[0] *= random.normal()
	return clampf(slot[0], -slot[1], slot[1])


## The same genes in arrays of their own.
func copy() -> EvolveFallbackGenes:
	var twin := EvolveFallbackGenes.new()
	twin.append(self)
	return twin


## Adds the genes of another genome behind these, for files that hold many.
func append(other: EvolveFallbackGenes) -> void:
	node_ids.append_array(other.node_ids)
	node_biases.append_array(other.node_biases)
	node_activations.append_array(other.node_activations)
	node_aggregations.append_array(other.node_aggregations)
	connection_ids.append_array(other.connection_ids)
	connection_sources.append_array(other.connection_sources)
	connection_targets.append_array(other.connection_targets)
	connection_weights.append_array(other.connection_weights)
	connections_enabled.append_array(other.connections_enabled)


## Gives each connection its id.
func hash_connections() -> void:
	connection_ids = PackedInt64Array()
	for place in mini(connection_sources.size(), connection_targets.size()):
		var source := connection_sources[place]
		connection_ids.append(EvolveFallbackGeneId.connection(source, connection_targets[place]))


## Where nodes with these ids stand.
func places_of(ids: PackedInt64Array) -> PackedInt32Array:
	var places := PackedInt32Array()
	places.resize(ids.size())
	for index in ids.size():
		places[index] = node_ids.bsearch(ids[index])
	return places


## How many of the nodes are inputs.
func inputs() -> int:
	return node_ids.bsearch(EvolveFallbackGeneId.MAXIMUM_TERMINALS)


## How many of the nodes are outputs.
func outputs() -> int:
	return node_ids.bsearch(2 * EvolveFallbackGeneId.MAXIMUM_TERMINALS) - inputs()


## How many of the nodes evolution made.
func hidden() -> int:
	return node_ids.size() - node_ids.bsearch(2 * EvolveFallbackGeneId.MAXIMUM_TERMINALS)


## Whether a signal can go from one node to another along any connections, disabled ones too.
func leads_to(from: int, to: int) -> bool:
	var seen: Dictionary[int, bool] = {from: true}
	var open := PackedInt64Array([from])
	while not open.is_empty():
		var here := open[open.size() - 1]
		if here == to:
			return true
		open.resize(open.size() - 1)
		var place := connection_sources.find(here)
		while place >= 0:
			var target := connection_targets[place]
			if not seen.has(target):
				seen[target] = true
				open.append(target)
			place = connection_sources.find(here, place + 1)
	return false


## Where a connection stands, -1 when it is not there.
func find_connection(id: int) -> int:
	var place := connection_ids.bsearch(id)
	return place if place < connection_ids.size() and connection_ids[place] == id else -1


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


## Adds a node where its id belongs.
func insert_node(id: int, activation: EvolveFallbackActivation.Code, bias: float = 0.0) -> void:
	var place := node_ids.bsearch(id)
	node_ids.insert(place, id)
	node_biases.insert(place, bias)
	node_activations.insert(place, activation)
	node_aggregations.insert(place, EvolveFallbackActivation.Aggregation.SUM)


## Adds an enabled connection where its id belongs.
func insert_connection(source: int, target: int, weight: float) -> void:
	var id := EvolveFallbackGeneId.connection(source, target)
	var place := connection_ids.bsearch(id)
	connection_ids.insert(place, id)
	connection_sources.insert(place, source)
	connection_targets.insert(place, target)
	connection_weights.insert(place, weight)
	connections_enabled.insert(place, 1)
