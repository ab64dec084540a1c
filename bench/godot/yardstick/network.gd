extends RefCounted
## A plain genome compiled to flat arrays: steps in order, each with its range of edges.

const Genome := preload("genome.gd")

var _inputs := 0
var _outputs := PackedInt32Array()
var _ends := PackedInt32Array()
var _biases := PackedFloat64Array()
var _sources := PackedInt32Array()
var _weights := PackedFloat64Array()
var _values := PackedFloat64Array()


static func of_genome(genome: Genome) -> RefCounted:
	var network := new()
	network._compile(genome)
	return network


func think(observations: PackedFloat32Array) -> PackedFloat32Array:
	var actions := PackedFloat32Array()
	actions.resize(_outputs.size())
	think_into(observations, 0, actions, 0)
	return actions


## For an agent among many, whose numbers begin at these places.
func think_into(
	observations: PackedFloat32Array, begin: int, actions: PackedFloat32Array, acted: int
) -> void:
	var values := _values
	for index in _inputs:
		values[index] = observations[begin + index]
	var sources := _sources
	var weights := _weights
	var edge := 0
	var slot := _inputs
	for step in _ends.size():
		var total := _biases[step]
		var end := _ends[step]
		for place in range(edge, end):
			total += values[sources[place]] * weights[place]
		edge = end
		values[slot] = 1.0 / (1.0 + exp(-4.9 * total))
		slot += 1
	for output in _outputs:
		actions[acted] = values[output]
		acted += 1


func _compile(genome: Genome) -> void:
	_inputs = genome.inputs
	var incoming: Dictionary[int, PackedInt32Array] = {}
	for gene in genome.connection_ids.size():
		if genome.enabled[gene]:
			if not incoming.has(genome.targets[gene]):
				incoming[genome.targets[gene]] = PackedInt32Array()
			incoming[genome.targets[gene]].append(gene)
	var slots: Dictionary[int, int] = {}
	for place in _inputs:
		slots[genome.node_ids[place]] = place
	for place in range(_inputs, genome.node_ids.size()):
		_visit(genome, place, incoming, slots)
	for place in range(_inputs, _inputs + genome.outputs):
		_outputs.append(slots[genome.node_ids[place]])
	_values.resize(genome.node_ids.size())


# Depth first: everything that leads to a node comes before it.
func _visit(
	genome: Genome,
	place: int,
	incoming: Dictionary[int, PackedInt32Array],
	slots: Dictionary[int, int]
) -> void:
	var id := genome.node_ids[place]
	if slots.has(id):
		return
	var genes: PackedInt32Array = incoming.get(id, PackedInt32Array())
	for gene in genes:
		if not slots.has(genome.sources[gene]):
			_visit(genome, genome.node_ids.bsearch(genome.sources[gene]), incoming, slots)
	for gene in genes:
		_sources.append(slots[genome.sources[gene]])
		_weights.append(genome.weights[gene])
	_ends.append(_sources.size())
	_biases.append(genome.biases[place])
	slots[id] = _inputs + _ends.size() - 1
