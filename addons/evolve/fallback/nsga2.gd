class_name EvolveFallbackNsga2
extends RefCounted
## NSGA-II's decisions without the native library (Deb et al. 2002): who is better, who is lonelier,
## who survives, who of two becomes a parent. The same calls and numbers as RustNsga2.
##
## Objectives stand one individual after the other, so many for each. In maximise a byte for each
## objective says whether more of it is better; empty, all are minimised. Fitter is a lower rank,
## then a larger crowding distance, then a lower index. What makes no sense gives an empty array and
## an error.

## More tournaments than this in one call are refused.
const MAXIMUM_ROUNDS := 1 << 24


## The rank of each individual: 0 for those whom nobody dominates, then those whom only rank 0 does.
func ranks(
	objectives: PackedFloat64Array, objective_count: int, maximise: PackedByteArray
) -> PackedInt32Array:
	if not _accepts("ranks", objectives, objective_count, maximise):
		return PackedInt32Array()
	return EvolveFallbackDominance.ranks_of(
		_minimised(objectives, objective_count, maximise), objective_count
	)


## How lonely each individual is among those of its rank: the sum over the objectives of the
## distance between its two neighbours, divided by the front's range; with divide_by_objectives
## their mean. Those at the ends, and everybody in a front of one or two, are at infinity; an
## objective in which a front has no range adds nothing; of equal values the lower index comes
## first.
func crowding(
	objectives: PackedFloat64Array,
	objective_count: int,
	front_ranks: PackedInt32Array,
	divide_by_objectives: bool
) -> PackedFloat64Array:
	if not _accepts("crowding", objectives, objective_count, PackedByteArray()):
		return PackedFloat64Array()
	if front_ranks.size() * objective_count != objectives.size():
		var given := [front_ranks.size(), objectives.size()]
		push_error("EvolveFallbackNsga2.crowding: %d ranks do not fit %d objectives" % given)
		return PackedFloat64Array()
	var distances := _crowding(objectives, objective_count, front_ranks)
	if divide_by_objectives:
		for index in distances.size():
			distances[index] /= objective_count
	return distances


## Indices of the individuals that survive: whole fronts, each by index, and of the front that does
## not fit the loneliest, from the loneliest on.
func select(
	objectives: PackedFloat64Array, objective_count: int, maximise: PackedByteArray, count: int
) -> PackedInt32Array:
	var chosen := PackedInt32Array()
	if not _accepts("select", objectives, objective_count, maximise):
		return chosen
	if count < 0 or count * objective_count > objectives.size():
		var given := [count, objectives.size(), objective_count]
		push_error("EvolveFallbackNsga2.select: count is %d, but there are %d / %d of them" % given)
		return chosen
	var values := _minimised(objectives, objective_count, maximise)
	var front_ranks := EvolveFallbackDominance.ranks_of(values, objective_count)
	var distances := _crowding(values, objective_count, front_ranks)
	for front in _fronts(front_ranks):
		if chosen.size() + front.size() > count:
			front.sort_custom(
				func(a: int, b: int) -> bool:
					return distances[a] > distances[b] or (distances[a] == distances[b] and a < b)
			)
			front.resize(count - chosen.size())
		chosen.append_array(PackedInt32Array(front))
		if chosen.size() == count:
			break
	return chosen


## The winners of so many binary tournaments among individuals with these ranks and distances. The
## pairs are cut from a shuffled deck: everybody meets somebody before anybody meets a second one.
func tournament(
	front_ranks: PackedInt32Array, distances: PackedFloat64Array, rounds: int, draw_seed: int
) -> PackedInt32Array:
	var count := front_ranks.size()
	var winners := PackedInt32Array()
	if (
		distances.size() != count
		or rounds < 0
		or rounds > MAXIMUM_ROUNDS
		or (count == 0 and rounds > 0)
	):
		var given := [rounds, count, distances.size()]
		push_error("EvolveFallbackNsga2.tournament: %d rounds with %d ranks, %d distances" % given)
		return winners
	var random := EvolveFallbackStream.of(
		draw_seed, 0, 0, 0, EvolveFallbackStream.Purpose.TOURNAMENT
	)
	while winners.size() < rounds:
		var deck := shuffled(count, random)
		for place in range(0, mini(count, 2 * (rounds - winners.size())), 2):
			var one := deck[place]
			# In a deck of an odd number the last card has no other, and wins.
			var other := deck[mini(place + 1, count - 1)]
			winners.append(one if is_fitter(front_ranks, distances, one, other) else other)
	return winners


## Places below a count in a random order.
static func shuffled(count: int, random: EvolveFallbackStream) -> PackedInt32Array:
	var deck := PackedInt32Array(range(count))
	for last in range(count - 1, 0, -1):
		var place := random.below(last + 1)
		var card := deck[last]
		deck[last] = deck[place]
		deck[place] = card
	return deck


## Whether one individual is fitter than another.
static func is_fitter(
	front_ranks: PackedInt32Array, distances: PackedFloat64Array, one: int, other: int
) -> bool:
	if front_ranks[one] != front_ranks[other]:
		return front_ranks[one] < front_ranks[other]
	return (
		distances[one] > distances[other] or (distances[one] == distances[other] and one <= other)
	)


static func _accepts(
	method: String, objectives: PackedFloat64Array, width: int, maximise: PackedByteArray
) -> bool:
	var problem := ""
	if width < 1 or objectives.size() % width != 0:
		problem = "%d objectives are no rows of %d" % [objectives.size(), width]
	elif not maximise.is_empty() and maximise.size() != width:
		problem = "maximise has %d flags, but must have none or %d" % [maximise.size(), width]
	else:
		for place in objectives.size():
			if is_nan(objectives[place]):
				problem = "objectives[%d] is not a number" % place
				break
	if not problem.is_empty():
		push_error("EvolveFallbackNsga2.%s: %s" % [method, problem])
	return problem.is_empty()


static func _minimised(
	objectives: PackedFloat64Array, width: int, maximise: PackedByteArray
) -> PackedFloat64Array:
	var values := objectives.duplicate()
	for objective in maximise.size():
		if maximise[objective] != 0:
			for place in range(objective, values.size(), width):
				values[place] = -values[place]
	return values


static func _crowding(
	values: PackedFloat64Array, width: int, front_ranks: PackedInt32Array
) -> PackedFloat64Array:
	var distances := PackedFloat64Array()
	distances.resize(front_ranks.size())
	for front in _fronts(front_ranks):
		if front.size() <= 2:
			for index: int in front:
				distances[index] = INF
			continue
		for objective in width:
			_add_objective(front, values, objective, width, distances)
	return distances


static func _add_objective(
	front: Array[int],
	values: PackedFloat64Array,
	objective: int,
	width: int,
	distances: PackedFloat64Array
) -> void:
	var sorted := front.duplicate()
	sorted.sort_custom(
		func(a: int, b: int) -> bool:
			var first := values[a * width + objective]
			var second := values[b * width + objective]
			return first < second or (first == second and a < b)
	)
	var last := sorted.size() - 1
	var largest := values[sorted[last] * width + objective]
	var extent := largest - values[sorted[0] * width + objective]
	# Equal values have no ends, and with an infinite one nothing inside can be compared.
	if extent == 0.0 or is_nan(extent):
		return
	for place in range(1, last):
		var after := values[sorted[place + 1] * width + objective]
		var gap := (after - values[sorted[place - 1] * width + objective]) / extent
		if not is_nan(gap):
			distances[sorted[place]] += gap
	distances[sorted[0]] = INF
	distances[sorted[last]] = INF


# The individuals of each rank, by index, from the lowest rank on; any number may be a rank.
static func _fronts(front_ranks: PackedInt32Array) -> Array[Array]:
	var by_rank: Dictionary[int, Array] = {}
	for index in front_ranks.size():
		if not by_rank.has(front_ranks[index]):
			by_rank[front_ranks[index]] = [] as Array[int]
		by_rank[front_ranks[index]].append(index)
	by_rank.sort()
	return by_rank.values() as Array[Array]
