class_name EvolveFallbackCrossover
extends RefCounted
## One child of two parents whose genes line up by id, with the native library's stream and order.


## A child with the structure of the first, the fitter parent: genes that both have come from either
## at random, genes of the first alone are kept, genes of the second alone are left behind. So a
## feed-forward structure stays one. A gene that is disabled in either parent is disabled with
## disable_rate.
static func child_of(
	first: EvolveFallbackGenes,
	second: EvolveFallbackGenes,
	disable_rate: float,
	random: EvolveFallbackStream
) -> EvolveFallbackGenes:
	var child := first.copy()
	_mix_nodes(child, second, random)
	_mix_connections(child, second, disable_rate, random)
	return child


static func _mix_nodes(
	child: EvolveFallbackGenes, second: EvolveFallbackGenes, random: EvolveFallbackStream
) -> void:
	var inputs := child.inputs()
	var coins := _tossed(child.node_ids.size() - inputs, random)
	var places := _shared(child.node_ids, second.node_ids, inputs, second.inputs())
	for place in range(0, places.size(), 2):
		var mine := places[place]
		if _coin(coins, mine - inputs) == 1:
			var theirs := places[place + 1]
			child.node_biases[mine] = second.node_biases[theirs]
			child.node_activations[mine] = second.node_activations[theirs]
			child.node_aggregations[mine] = second.node_aggregations[theirs]


static func _mix_connections(
	child: EvolveFallbackGenes,
	second: EvolveFallbackGenes,
	disable_rate: float,
	random: EvolveFallbackStream
) -> void:
	var coins := _tossed(child.connection_ids.size(), random)
	var places := _shared(child.connection_ids, second.connection_ids)
	for place in range(0, places.size(), 2):
		var mine := places[place]
		var theirs := places[place + 1]
		if _coin(coins, mine) == 1:
			child.connection_weights[mine] = second.connection_weights[theirs]
		# Enabled in both stays enabled and draws no number; otherwise the rate decides, whichever
		# parent the weight came from.
		var in_both := child.connections_enabled[mine] & second.connections_enabled[theirs]
		if in_both == 0:
			child.connections_enabled[mine] = 0 if random.chance(disable_rate) else 1


# One coin for each of so many places, 64 in a word of the stream, the lowest bit first.
static func _tossed(count: int, random: EvolveFallbackStream) -> PackedInt64Array:
	var words := PackedInt64Array()
	for _word in range(0, count, 64):
		words.append(random.bits())
	return words


static func _coin(words: PackedInt64Array, place: int) -> int:
	return (words[place >> 6] >> (place & 63)) & 1


# Places of the ids that both lists have, of the first and of the second in turn; both are sorted.
static func _shared(
	first: PackedInt64Array, second: PackedInt64Array, begin_first: int = 0, begin_second: int = 0
) -> PackedInt32Array:
	var places := PackedInt32Array()
	var mine := begin_first
	var theirs := begin_second
	var first_end := first.size()
	var second_end := second.size()
	while mine < first_end and theirs < second_end:
		if first[mine] == second[theirs]:
			places.append(mine)
			places.append(theirs)
			mine += 1
			theirs += 1
		elif first[mine] < second[theirs]:
			mine += 1
		else:
			theirs += 1
	return places
