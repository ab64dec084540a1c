@tool
class_name EvolveNetworkLayout
extends RefCounted
## Where the nodes of a genome are drawn: inputs left, outputs right, hidden nodes in layers between
## them, so that signals run to the right wherever they can. Pure arithmetic; it draws nothing.

# Sweeps that bring nodes near to those they are connected with. More change next to nothing.
const _SWEEPS := 6
const _GOLDEN := 0.618_033_988_75

## The layer of each node, in the genome's order.
var layers := PackedInt32Array()
## Where each node is, in a square from (0, 0), the left upper corner, to (1, 1).
var places := PackedVector2Array()
## 1 for each connection whose signal arrives a tick later, because it leads back or round in a
## circle.
var is_recurrent := PackedByteArray()
## Places of the nodes of each layer, from top to bottom.
var columns: Array[PackedInt32Array] = []
## Places of the nodes that the connections come from.
var sources := PackedInt32Array()
## Places of the nodes that the connections lead to.
var targets := PackedInt32Array()

# The height that each hidden node would like to have.
var _wanted := PackedFloat64Array()
var _inputs := 0
var _outputs := 0


## The layout of a genome.
static func of(genome: EvolveFallbackGenomeArrays) -> EvolveNetworkLayout:
	var layout := EvolveNetworkLayout.new()
	var genes := genome.genes
	layout._inputs = genes.inputs()
	layout._outputs = genes.outputs()
	for gene in genes.connection_ids.size():
		layout.sources.append(genes.find_node(genes.connection_sources[gene]))
		layout.targets.append(genes.find_node(genes.connection_targets[gene]))
	layout._find_layers(genes.node_ids.size())
	layout._order_columns()
	layout._set_places()
	return layout


# Each node stands right of everything that leads to it. Where signals run in a circle there is no
# such order: then the first node that is left goes next, and what leads to it from later ones is
# recurrent.
func _find_layers(count: int) -> void:
	layers.resize(count)
	is_recurrent.resize(sources.size())
	var order := _order(count)
	var rank := PackedInt32Array()
	rank.resize(count)
	for step in order.size():
		rank[order[step]] = step
	var incoming := _incoming(count)
	var last := 1
	for node in order:
		var layer := 0 if node < _inputs else 1
		for gene in incoming[node]:
			if rank[sources[gene]] >= rank[node] or _is_output(sources[gene]):
				is_recurrent[gene] = 1
			else:
				layer = maxi(layer, layers[sources[gene]] + 1)
		layers[node] = layer
		last = maxi(last, layer if _is_output(node) else layer + 1)
	for output in _outputs:
		layers[_inputs + output] = last


func _order(count: int) -> PackedInt32Array:
	var incoming := _incoming(count)
	var done := PackedByteArray()
	done.resize(count)
	var order := PackedInt32Array()
	# Outputs come last, whatever leads away from them.
	for is_output: bool in [false, true]:
		var waiting := PackedInt32Array()
		for node in count:
			if _is_output(node) == is_output:
				waiting.append(node)
		while not waiting.is_empty():
			var node := _next_of(waiting, incoming, done)
			waiting.remove_at(waiting.find(node))
			done[node] = 1
			order.append(node)
	return order


func _next_of(
	waiting: PackedInt32Array, incoming: Array[PackedInt32Array], done: PackedByteArray
) -> int:
	for node in waiting:
		var is_free := true
		for gene in incoming[node]:
			if done[sources[gene]] == 0 and sources[gene] != node and not _is_output(sources[gene]):
				is_free = false
				break
		if is_free:
			return node
	return waiting[0]


func _incoming(count: int) -> Array[PackedInt32Array]:
	var incoming: Array[PackedInt32Array] = []
	incoming.resize(count)
	for gene in targets.size():
		incoming[targets[gene]].append(gene)
	return incoming


func _is_output(node: int) -> bool:
	return node >= _inputs and node < _inputs + _outputs


func _order_columns() -> void:
	columns.resize(layers[_inputs] + 1)
	for node in layers.size():
		columns[layers[node]].append(node)
	_wanted.resize(layers.size())
	_wanted.fill(0.5)
	_set_places()
	var neighbours := _neighbours()
	for sweep in _SWEEPS:
		# Inputs and outputs keep the order of their names.
		for layer in range(1, columns.size() - 1):
			_sort_by_neighbours(layer, neighbours)
		_set_places()


func _neighbours() -> Array[PackedInt32Array]:
	var neighbours: Array[PackedInt32Array] = []
	neighbours.resize(layers.size())
	for gene in sources.size():
		if sources[gene] != targets[gene]:
			neighbours[sources[gene]].append(targets[gene])
			neighbours[targets[gene]].append(sources[gene])
	return neighbours


# Brings each node to the mean height of those that it is connected with; of two with the same, the
# one that comes first in the genome is above.
func _sort_by_neighbours(layer: int, neighbours: Array[PackedInt32Array]) -> void:
	for node in columns[layer]:
		var total := 0.0
		for other in neighbours[node]:
			total += places[other].y
		var count := neighbours[node].size()
		_wanted[node] = total / count if count > 0 else places[node].y
	var sorted := Array(columns[layer])
	sorted.sort_custom(
		func(one: int, other: int) -> bool:
			return one < other if _wanted[one] == _wanted[other] else _wanted[one] < _wanted[other]
	)
	columns[layer] = PackedInt32Array(sorted)


# Hidden nodes are half where they want to be and half spread evenly, so that none are on each
# other. Each layer is moved a little, another way than its neighbours: in a row, connections
# that skip a layer would be hidden behind its nodes.
func _set_places() -> void:
	places.resize(layers.size())
	for layer in columns.size():
		var column := columns[layer]
		for place in column.size():
			var height := (place + 0.5) / column.size()
			if layer > 0 and layer < columns.size() - 1:
				height = (height + _wanted[column[place]]) / 2.0
				height += (fposmod(layer * _GOLDEN, 1.0) - 0.5) * 0.5 / column.size()
			places[column[place]] = Vector2(float(layer) / (columns.size() - 1), height)
