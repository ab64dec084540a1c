class_name EvolveFallbackPruning
extends RefCounted
## Takes genes away, and with them whatever hidden nodes that leaves without purpose.


## Takes a hidden node away with all its connections.
static func remove_node(genes: EvolveFallbackGenes, id: int) -> void:
	_drop_node(genes, id)
	_remove_orphans(genes)


## Takes the connection at a place away.
static func remove_connection(genes: EvolveFallbackGenes, place: int) -> void:
	_drop_connection(genes, place)
	_remove_orphans(genes)


# Hidden nodes that no gene but their own loop leads to, or leads away from, can never matter again.
# Each that goes may leave another.
static func _remove_orphans(genes: EvolveFallbackGenes) -> void:
	var orphan := _orphan(genes)
	while orphan >= 0:
		_drop_node(genes, orphan)
		orphan = _orphan(genes)


static func _orphan(genes: EvolveFallbackGenes) -> int:
	var reached: Dictionary[int, bool] = {}
	var left: Dictionary[int, bool] = {}
	for place in genes.connection_ids.size():
		var source := genes.connection_sources[place]
		var target := genes.connection_targets[place]
		if source != target:
			left[source] = true
			reached[target] = true
	for place in range(genes.node_ids.size() - genes.hidden(), genes.node_ids.size()):
		var id := genes.node_ids[place]
		if not reached.has(id) or not left.has(id):
			return id
	return -1


static func _drop_node(genes: EvolveFallbackGenes, id: int) -> void:
	var node := genes.find_node(id)
	genes.node_ids.remove_at(node)
	genes.node_biases.remove_at(node)
	genes.node_activations.remove_at(node)
	genes.node_aggregations.remove_at(node)
	for place in range(genes.connection_ids.size() - 1, -1, -1):
		if genes.connection_sources[place] == id or genes.connection_targets[place] == id:
			_drop_connection(genes, place)


static func _drop_connection(genes: EvolveFallbackGenes, place: int) -> void:
	genes.connection_ids.remove_at(place)
	genes.connection_sources.remove_at(place)
	genes.connection_targets.remove_at(place)
	genes.connection_weights.remove_at(place)
	genes.connections_enabled.remove_at(place)
