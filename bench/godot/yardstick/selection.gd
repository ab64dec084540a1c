extends RefCounted
## NSGA-II's sort, crowding and tournament in plain GDScript (Deb et al. 2002); all is minimised.


static func ranks_of(values: PackedFloat64Array, width: int) -> PackedInt32Array:
	@warning_ignore("integer_division")
	var count := values.size() / width
	var dominated: Array[PackedInt32Array] = []
	dominated.resize(count)
	var dominators := PackedInt32Array()
	dominators.resize(count)
	for first in count:
		for second in range(first + 1, count):
			var order := _compare(values, first * width, second * width, width)
			if order < 0:
				dominated[first].append(second)
				dominators[second] += 1
			elif order > 0:
				dominated[second].append(first)
				dominators[first] += 1
	var ranks := PackedInt32Array()
	ranks.resize(count)
	var front := PackedInt32Array()
	for index in count:
		if dominators[index] == 0:
			front.append(index)
	var rank := 0
	while not front.is_empty():
		var following := PackedInt32Array()
		for index in front:
			ranks[index] = rank
			for other in dominated[index]:
				dominators[other] -= 1
				if dominators[other] == 0:
					following.append(other)
		front = following
		rank += 1
	return ranks


static func crowding(
	values: PackedFloat64Array, width: int, ranks: PackedInt32Array
) -> PackedFloat64Array:
	var fronts: Dictionary[int, Array] = {}
	for index in ranks.size():
		if not fronts.has(ranks[index]):
			fronts[ranks[index]] = []
		fronts[ranks[index]].append(index)
	var distances := PackedFloat64Array()
	distances.resize(ranks.size())
	for rank: int in fronts:
		for objective in width:
			_crowd(fronts[rank], values, objective, width, distances)
	return distances


static func tournament(
	ranks: PackedInt32Array,
	distances: PackedFloat64Array,
	rounds: int,
	random: RandomNumberGenerator
) -> PackedInt32Array:
	var winners := PackedInt32Array()
	winners.resize(rounds)
	var last := ranks.size() - 1
	for place in rounds:
		var one := random.randi_range(0, last)
		var other := random.randi_range(0, last)
		var other_wins := (
			ranks[other] < ranks[one]
			or (ranks[other] == ranks[one] and distances[other] > distances[one])
		)
		winners[place] = other if other_wins else one
	return winners


## Indices of the best, by rank and then by crowding.
static func best(ranks: PackedInt32Array, distances: PackedFloat64Array, count: int) -> Array:
	var order := range(ranks.size())
	order.sort_custom(
		func(a: int, b: int) -> bool:
			return ranks[a] < ranks[b] or (ranks[a] == ranks[b] and distances[a] > distances[b])
	)
	return order.slice(0, count)


static func _compare(values: PackedFloat64Array, here: int, there: int, width: int) -> int:
	var is_better := false
	var is_worse := false
	for objective in width:
		var one := values[here + objective]
		var other := values[there + objective]
		if one < other:
			if is_worse:
				return 0
			is_better = true
		elif one > other:
			if is_better:
				return 0
			is_worse = true
	return int(is_worse) - int(is_better)


static func _crowd(
	front: Array,
	values: PackedFloat64Array,
	objective: int,
	width: int,
	distances: PackedFloat64Array
) -> void:
	front.sort_custom(
		func(a: int, b: int) -> bool:
			return values[a * width + objective] < values[b * width + objective]
	)
	var last := front.size() - 1
	var extent := values[front[last] * width + objective] - values[front[0] * width + objective]
	distances[front[0]] = INF
	distances[front[last]] = INF
	if extent > 0.0:
		for place in range(1, last):
			var after := values[front[place + 1] * width + objective]
			var before := values[front[place - 1] * width + objective]
			distances[front[place]] += (after - before) / extent
