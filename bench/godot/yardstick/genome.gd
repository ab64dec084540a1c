extends RefCounted
## A NEAT genome as an experienced GDScript developer would write it: typed, parallel packed arrays,
## ids from a counter that all genomes of a run share.


## Numbers what genomes invent: the same connection has the same id in all of them.
class Innovations:
	extends RefCounted
	var connections: Dictionary[Vector2i, int] = {}
	var splits: Dictionary[int, int] = {}
	var next_node := 0

	func connection(source: int, target: int) -> int:
		var ends := Vector2i(source, target)
		var known: int = connections.get(ends, -1)
		if known < 0:
			known = connections.size()
			connections[ends] = known
		return known

	func split(connection_id: int) -> int:
		var known: int = splits.get(connection_id, -1)
		if known < 0:
			known = next_node
			next_node += 1
			splits[connection_id] = known
		return known


var inputs := 0
var outputs := 0
## Sorted: inputs, outputs, hidden nodes.
var node_ids := PackedInt32Array()
var biases := PackedFloat64Array()
## Sorted by id.
var connection_ids := PackedInt32Array()
var sources := PackedInt32Array()
var targets := PackedInt32Array()
var weights := PackedFloat64Array()
var enabled := PackedByteArray()


func copy() -> RefCounted:
	var twin := new()
	twin.inputs = inputs
	twin.outputs = outputs
	twin.node_ids = node_ids.duplicate()
	twin.biases = biases.duplicate()
	twin.connection_ids = connection_ids.duplicate()
	twin.sources = sources.duplicate()
	twin.targets = targets.duplicate()
	twin.weights = weights.duplicate()
	twin.enabled = enabled.duplicate()
	return twin
