class_name EvolveFallbackDominance
extends RefCounted
## Who is better in some objective and worse in none: Deb's fast non-dominated sort, which compares
## every pair once and then takes off front after front.


## The rank of each individual, with so many objectives for each, all minimised.
static func ranks_of(values: PackedFloat64Array, width: int) -> PackedInt32Array:
	var count := floori(values.size() / float(width))
	var front_ranks := PackedInt32Array()
	front_ranks.resize(count)
	var dominators := PackedInt32Array()
	dominators.resize(count)
	var dominated := _dominated(values, width, dominators)
	var front := PackedInt32Array()
	for index in count:
		if dominators[index] == 0:
			front.append(index)
	var rank := 0
	while not front.is_empty():
		var following := PackedInt32Array()
		for index in front:
			front_ranks[index] = rank
			for other in dominated[index]:
				dominators[other] -= 1
				if dominators[other] == 0:
					following.append(other)
		front = following
		rank += 1
	return front_ranks


# For each individual those it dominates; counts into dominators by how many each is dominated.
static func _dominated(
	values: PackedFloat64Array, width: int, dominators: PackedInt32Array
) -> Array[PackedInt32Array]:
	var dominated: Array[PackedInt32Array] = []
	dominated.resize(dominators.size())
	for first in dominators.size():
		for second in range(first + 1, dominators.size()):
			var is_better := false
			var is_worse := false
			var there := second * width
			for here in range(first * width, first * width + width):
				if values[here] < values[there]:
					is_better = true
				elif values[here] > values[there]:
					is_worse = true
				there += 1
				if is_better and is_worse:
					break
			if is_better and not is_worse:
				dominated[first].append(second)
				dominators[second] += 1
			elif is_worse and not is_better:
				dominated[second].append(first)
				dominators[first] += 1
	return dominated
