extends EvolveTest
## RustNsga2 and RustGeneticOps, as GDScript sees them.

const NSGA2 := &"RustNsga2"
const OPS := &"RustGeneticOps"


func test_ranks_are_those_of_the_definition() -> void:
	var nsga2 := _nsga2()
	if nsga2 == null:
		return
	var random := RandomNumberGenerator.new()
	random.seed = 5
	for case in 60:
		var width := 1 + case % 5
		var values := _table(random, 30, width, case % 2 == 0)
		var ranks: PackedInt32Array = nsga2.call(&"ranks", values, width, PackedByteArray())
		check_equal(ranks, _ranks_by_definition(values, width), "ranks of case %d" % case)


func test_a_maximised_objective_is_better_when_larger() -> void:
	var nsga2 := _nsga2()
	if nsga2 == null:
		return
	var values := PackedFloat64Array([1.0, 5.0, 1.0, 7.0, 2.0, 7.0])
	var ranks: PackedInt32Array = nsga2.call(&"ranks", values, 2, PackedByteArray([0, 1]))
	check_equal(ranks, PackedInt32Array([1, 0, 1]), "ranks")


func test_crowding_is_infinite_at_the_ends_and_the_share_of_the_range_between() -> void:
	var nsga2 := _nsga2()
	if nsga2 == null:
		return
	var values := PackedFloat64Array([0.0, 4.0, 1.0, 3.0, 4.0, 0.0])
	var ranks := PackedInt32Array([0, 0, 0])
	var summed: PackedFloat64Array = nsga2.call(&"crowding", values, 2, ranks, false)
	check_equal(summed, PackedFloat64Array([INF, 2.0, INF]), "summed")
	var mean: PackedFloat64Array = nsga2.call(&"crowding", values, 2, ranks, true)
	check_equal(mean, PackedFloat64Array([INF, 1.0, INF]), "mean")


func test_survivors_come_by_rank_and_then_by_crowding() -> void:
	var nsga2 := _nsga2()
	if nsga2 == null:
		return
	var values := PackedFloat64Array([0.0, 4.0, 1.0, 3.0, 4.0, 0.0, 9.0, 9.0, 1.1, 2.9])
	var chosen: PackedInt32Array = nsga2.call(&"select", values, 2, PackedByteArray(), 3)
	check_equal(chosen, PackedInt32Array([0, 2, 4]), "survivors")


func test_the_fitter_of_two_wins_the_tournament() -> void:
	var nsga2 := _nsga2()
	if nsga2 == null:
		return
	var ranks := PackedInt32Array([1, 0])
	var crowding := PackedFloat64Array([9.0, 1.0])
	var winners: PackedInt32Array = nsga2.call(&"tournament", ranks, crowding, 3, 7)
	check_equal(winners, PackedInt32Array([1, 1, 1]), "winners")


func test_operators_stay_within_the_bounds_and_repeat_themselves() -> void:
	if skip_without_native():
		return
	var lower := PackedFloat64Array([0.0, -5.0, 2.0])
	var upper := PackedFloat64Array([1.0, 5.0, 2.0])
	var rows := PackedFloat64Array()
	for row in 20:
		rows.append_array([row / 20.0, row - 5.0 if row < 10 else 5.0, 2.0])
	for operator: Array in [
		[&"sbx", 15.0], [&"blend", 0.5], [&"polynomial", 20.0], [&"gaussian", 0.3]
	]:
		var changed := _apply(operator[0], rows, lower, upper, operator[1], 1)
		check_equal(changed.size(), rows.size(), "size after %s" % operator[0])
		check_different(changed, rows, "rows after %s" % operator[0])
		check_equal(
			changed, _apply(operator[0], rows, lower, upper, operator[1], 1), "the same seed"
		)
		check_different(
			changed, _apply(operator[0], rows, lower, upper, operator[1], 2), "another seed"
		)
		for at in changed.size():
			var inside := changed[at] >= lower[at % 3] and changed[at] <= upper[at % 3]
			check_equal(inside, true, "%s keeps value %d inside" % [operator[0], at])


func test_what_makes_no_sense_gives_an_empty_array_and_a_sentence() -> void:
	var nsga2 := _nsga2()
	if nsga2 == null:
		return
	var none := PackedByteArray()
	var some := PackedFloat64Array([1.0, 2.0, 3.0])
	var broken := PackedFloat64Array([1.0, NAN])
	var ranks := PackedInt32Array([0])
	var ranking := Callable(nsga2, &"ranks")
	_check_refused(ranking.bind(some, 2, none), "3 values do not make rows of 2")
	_check_refused(ranking.bind(some, -1, none), "at least one objective is needed")
	_check_refused(ranking.bind(broken, 2, none), "objective 1 of row 0 is not a number")
	var selecting := Callable(nsga2, &"select")
	_check_refused(selecting.bind(some, 3, none, 2), "2 cannot be chosen from 1")
	_check_refused(selecting.bind(some, 3, none, -2), "count is -2; it must be 0 or more")
	var crowding := Callable(nsga2, &"crowding").bind(some, 1, ranks, false)
	_check_refused(crowding, "1 ranks were given where 3 are needed")
	var bound := PackedFloat64Array([0.0])
	var unbounded := _apply.bind(&"sbx", some, bound, PackedFloat64Array(), 15.0, 1)
	_check_refused(unbounded, "0 upper bounds were given where 1 are needed")
	var negative := _apply.bind(&"gaussian", some, bound, bound, -1.0, 1)
	_check_refused(negative, "deviation is -1; it must be between 0 and 1,000")
	var of_nobody := Callable(ClassDB, &"class_call_static").bind(
		OPS, &"tournament", PackedFloat64Array(), 2, 1, 1
	)
	_check_refused(of_nobody, "1 cannot be chosen from 0")


func _check_refused(refused: Callable, sentence: String) -> void:
	expect_error(sentence)
	var answer: Variant = refused.call()
	check_equal(len(answer), 0, "length of the answer to: %s" % sentence)
	check_equal(EvolveNative.last_error(), sentence, "error")


func _apply(
	operator: StringName,
	rows: PackedFloat64Array,
	lower: PackedFloat64Array,
	upper: PackedFloat64Array,
	parameter: float,
	draw: int
) -> PackedFloat64Array:
	return ClassDB.class_call_static(OPS, operator, rows, lower, upper, parameter, 1.0, draw)


func _nsga2() -> RefCounted:
	if skip_without_native():
		return null
	var nsga2: RefCounted = ClassDB.instantiate(NSGA2)
	check_not_null(nsga2, "RustNsga2")
	return nsga2


func _table(
	random: RandomNumberGenerator, count: int, width: int, coarse: bool
) -> PackedFloat64Array:
	var values := PackedFloat64Array()
	for at in count * width:
		values.append(float(random.randi_range(0, 3)) if coarse else random.randf())
	return values


func _ranks_by_definition(values: PackedFloat64Array, width: int) -> PackedInt32Array:
	@warning_ignore("integer_division")
	var count := values.size() / width
	var ranks := PackedInt32Array()
	ranks.resize(count)
	ranks.fill(-1)
	var rank := 0
	while -1 in ranks:
		var left: Array = range(count).filter(func(place: int) -> bool: return ranks[place] == -1)
		for place: int in left:
			var dominated := func(other: int) -> bool:
				return _dominates(values, width, other, place)
			if not left.any(dominated):
				ranks[place] = rank
		rank += 1
	return ranks


func _dominates(values: PackedFloat64Array, width: int, one: int, other: int) -> bool:
	var better := false
	for column in width:
		var ours := values[one * width + column]
		var theirs := values[other * width + column]
		if ours > theirs:
			return false
		better = better or ours < theirs
	return better
