extends EvolveTest
## The fallback's NSGA-II against the definitions and the native one, on random, tied and
## degenerate sets.

const NONE: PackedByteArray = []

var _nsga2 := EvolveFallbackNsga2.new()


func test_ranks_crowding_survivors_and_winners_are_the_native_ones() -> void:
	if not ClassDB.class_exists(&"RustNsga2"):
		skip("the native library has no RustNsga2")
		return
	var native: RefCounted = ClassDB.instantiate(&"RustNsga2")
	var random := EvolveFallbackStream.of_user(24)
	for case in 1_000:
		var width := 1 + case % 6
		var maximise := _flags(width, random)
		var count := 1 + random.below(50)
		var values := _objectives(count, width, random)
		var ranks := _nsga2.ranks(values, width, maximise)
		var distances := _nsga2.crowding(values, width, ranks, case % 2 == 0)
		var survivors := _nsga2.select(values, width, maximise, case % (count + 1))
		var winners := _nsga2.tournament(ranks, distances, case % 70, case)
		var expected: Array = [
			native.call(&"ranks", values, width, maximise),
			native.call(&"crowding", values, width, ranks, case % 2 == 0),
			native.call(&"select", values, width, maximise, case % (count + 1)),
			native.call(&"tournament", ranks, distances, case % 70, case),
		]
		check_equal([ranks, distances, survivors, winners], expected, "case %d" % case)


func test_ranks_are_one_more_than_the_highest_rank_that_dominates() -> void:
	var random := EvolveFallbackStream.of_user(21)
	for case in 400:
		var width := 1 + case % 5
		var maximise := _flags(width, random)
		var values := _objectives(random.below(40), width, random)
		var ranks := _nsga2.ranks(values, width, maximise)
		var count := ranks.size()
		check_equal(count * width, values.size(), "ranks of case %d" % case)
		for index in count:
			var expected := 0
			for other in count:
				if _dominates(values, width, maximise, other, index):
					expected = maxi(expected, ranks[other] + 1)
			check_equal(ranks[index], expected, "rank of %d in case %d" % [index, case])


func test_crowding_adds_the_gaps_between_neighbours() -> void:
	var front := PackedFloat64Array([0.0, 4.0, 1.0, 2.0, 2.0, 1.0, 4.0, 0.0])
	var distances := _nsga2.crowding(front, 2, PackedInt32Array([0, 0, 0, 0]), false)
	check_equal(distances, PackedFloat64Array([INF, 1.25, 1.25, INF]), "distances")


func test_an_objective_without_range_adds_nothing_and_has_no_ends() -> void:
	var same := PackedInt32Array([0, 0, 0])
	var flat := PackedFloat64Array([5.0, 1.0, 5.0, 2.0, 5.0, 3.0])
	var distances := _nsga2.crowding(flat, 2, same, false)
	check_equal(distances, PackedFloat64Array([INF, 1.0, INF]), "one flat objective")
	distances = _nsga2.crowding(flat, 2, same, true)
	check_equal(distances, PackedFloat64Array([INF, 0.5, INF]), "the mean of two objectives")
	flat = PackedFloat64Array([5.0, 5.0, 5.0])
	distances = _nsga2.crowding(flat, 1, same, false)
	check_equal(distances, PackedFloat64Array([0.0, 0.0, 0.0]), "all equal")


func test_any_number_may_be_a_rank() -> void:
	var values := PackedFloat64Array([1.0, 2.0, 3.0, 4.0, 8.0])
	var distances := _nsga2.crowding(values, 1, PackedInt32Array([-7, -7, 900, -7, -7]), false)
	check_equal(distances, PackedFloat64Array([INF, 3.0 / 7.0, INF, 6.0 / 7.0, INF]), "distances")


func test_a_maximised_objective_is_a_minimised_one_turned_over() -> void:
	var random := EvolveFallbackStream.of_user(22)
	for case in 100:
		var values := _objectives(30, 3, random)
		var turned := values.duplicate()
		for place in range(1, turned.size(), 3):
			turned[place] = -turned[place]
		var flags := PackedByteArray([0, 1, 0])
		var expected := _nsga2.ranks(turned, 3, NONE)
		check_equal(_nsga2.ranks(values, 3, flags), expected, "ranks of case %d" % case)
		expected = _nsga2.select(turned, 3, NONE, 13)
		check_equal(_nsga2.select(values, 3, flags, 13), expected, "survivors of case %d" % case)


func test_survivors_are_the_fittest_by_rank_then_crowding_then_index() -> void:
	var random := EvolveFallbackStream.of_user(23)
	for case in 300:
		var width := 1 + case % 4
		var maximise := _flags(width, random)
		var values := _objectives(1 + random.below(40), width, random)
		var ranks := _nsga2.ranks(values, width, maximise)
		var distances := _nsga2.crowding(_turned(values, width, maximise), width, ranks, false)
		var order: Array = range(ranks.size())
		order.sort_custom(
			func(a: int, b: int) -> bool:
				if ranks[a] != ranks[b]:
					return ranks[a] < ranks[b]
				return distances[a] > distances[b] or (distances[a] == distances[b] and a < b)
		)
		var wanted := random.below(ranks.size() + 1)
		var expected := PackedInt32Array(order.slice(0, wanted))
		var chosen := _nsga2.select(values, width, maximise, wanted)
		expected.sort()
		chosen.sort()
		check_equal(chosen, expected, "survivors of case %d" % case)


func test_whole_fronts_survive_in_the_order_of_their_indices() -> void:
	var values := PackedFloat64Array([3.0, 1.0, 2.0, 2.0, 1.0, 3.0, 9.0, 9.0])
	var chosen := _nsga2.select(values, 2, NONE, 4)
	check_equal(chosen, PackedInt32Array([0, 1, 2, 3]), "all")
	chosen = _nsga2.select(values, 2, NONE, 2)
	check_equal(chosen, PackedInt32Array([0, 2]), "the two ends")


func test_objectives_that_make_no_sense_are_refused_with_the_reason() -> void:
	var nothing := PackedInt32Array()
	var three := PackedFloat64Array([1.0, 2.0, 3.0])
	expect_error("EvolveFallbackNsga2.ranks: 3 objectives are no rows of 2")
	check_equal(_nsga2.ranks(three, 2, NONE), nothing, "a remainder")
	expect_error("EvolveFallbackNsga2.ranks: 3 objectives are no rows of 0")
	check_equal(_nsga2.ranks(three, 0, NONE), nothing, "no objectives")
	expect_error("EvolveFallbackNsga2.ranks: maximise has 2 flags, but must have none or 1")
	check_equal(_nsga2.ranks(three, 1, PackedByteArray([0, 0])), nothing, "flags")
	expect_error("EvolveFallbackNsga2.select: count is 4, but there are 3 / 1 of them")
	check_equal(_nsga2.select(three, 1, NONE, 4), nothing, "too many survivors")
	expect_error("EvolveFallbackNsga2.crowding: 1 ranks do not fit 3 objectives")
	var distances := _nsga2.crowding(three, 1, PackedInt32Array([0]), false)
	check_equal(distances, PackedFloat64Array(), "too few ranks")
	three[1] = NAN
	expect_error("EvolveFallbackNsga2.ranks: objectives[1] is not a number")
	check_equal(_nsga2.ranks(three, 1, NONE), nothing, "not a number")


func test_a_tournament_is_won_by_the_fitter_of_each_pair() -> void:
	var ranks := PackedInt32Array([1, 0, 1, 2])
	var distances := PackedFloat64Array([2.0, 0.0, 3.0, INF])
	for draw_seed in 50:
		var winners := _nsga2.tournament(ranks, distances, 2, draw_seed)
		check_equal(winners.size(), 2, "winners")
		check(1 in winners, "the best wins its round")
		check(not 3 in winners, "the worst loses its round")
	expect_error("EvolveFallbackNsga2.tournament: 1 rounds with 4 ranks, 1 distances")
	var refused := _nsga2.tournament(ranks, PackedFloat64Array([1.0]), 1, 1)
	check_equal(refused, PackedInt32Array(), "too few distances")


# Random numbers, a few steps with many ties, or only two values; now and then an infinite one.
func _objectives(count: int, width: int, random: EvolveFallbackStream) -> PackedFloat64Array:
	var steps: int = [1_000_000, 5, 2][random.below(3)]
	var values := PackedFloat64Array()
	for place in count * width:
		values.append(random.below(steps))
	if random.chance(0.1) and not values.is_empty():
		values[random.below(values.size())] = INF if random.chance(0.5) else -INF
	return values


func _flags(width: int, random: EvolveFallbackStream) -> PackedByteArray:
	var flags := PackedByteArray()
	for objective in width:
		flags.append(random.below(2))
	return flags


func _turned(
	values: PackedFloat64Array, width: int, maximise: PackedByteArray
) -> PackedFloat64Array:
	var turned := values.duplicate()
	for place in turned.size():
		if maximise[place % width] != 0:
			turned[place] = -turned[place]
	return turned


func _dominates(
	values: PackedFloat64Array, width: int, maximise: PackedByteArray, one: int, other: int
) -> bool:
	var is_better := false
	for objective in width:
		var difference := values[one * width + objective] - values[other * width + objective]
		if maximise[objective] != 0:
			difference = -difference
		if difference > 0.0:
			return false
		is_better = is_better or difference < 0.0
	return is_better
