extends RefCounted
## The same genomes on both sides of the bench: native ones, and plain ones with the same genes.

const Genome := preload("yardstick/genome.gd")

var innovations := Genome.Innovations.new()
var _nodes: Dictionary[int, int] = {}


func of_population(population: RustPopulation) -> Array[Genome]:
	var genomes: Array[Genome] = []
	for place in population.size():
		genomes.append(of_genome(population.genome(place)))
	return genomes


func of_genome(native: RustNeatGenome) -> Genome:
	var genome := Genome.new()
	var ids := native.node_ids()
	for id in ids:
		if id < 0x8000:
			genome.inputs += 1
		elif id < 0x10000:
			genome.outputs += 1
	innovations.next_node = maxi(innovations.next_node, genome.inputs + genome.outputs)
	for id in ids:
		_number(id, genome.inputs)
	var order := range(ids.size())
	order.sort_custom(func(a: int, b: int) -> bool: return _nodes[ids[a]] < _nodes[ids[b]])
	var biases := native.node_biases()
	for place: int in order:
		genome.node_ids.append(_nodes[ids[place]])
		genome.biases.append(biases[place])
	_add_connections(genome, native)
	return genome


func _number(id: int, inputs: int) -> void:
	if _nodes.has(id):
		return
	if id < 0x8000:
		_nodes[id] = id
	elif id < 0x10000:
		_nodes[id] = inputs + id - 0x8000
	else:
		_nodes[id] = innovations.next_node
		innovations.next_node += 1


func _add_connections(genome: Genome, native: RustNeatGenome) -> void:
	var sources := native.connection_sources()
	var targets := native.connection_targets()
	var weights := native.connection_weights()
	var enabled := native.connections_enabled()
	var places: Dictionary[int, int] = {}
	for place in sources.size():
		var id := innovations.connection(_nodes[sources[place]], _nodes[targets[place]])
		places[id] = place
	places.sort()
	for id: int in places:
		var place := places[id]
		genome.connection_ids.append(id)
		genome.sources.append(_nodes[sources[place]])
		genome.targets.append(_nodes[targets[place]])
		genome.weights.append(weights[place])
		genome.enabled.append(enabled[place])
