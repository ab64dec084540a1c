extends EvolveTest
## The arithmetic behind EvolvePlot: axes, thinning, stacks of species, stairs of a front, and the
## history of a run.


func test_the_ticks_of_an_axis_are_round_and_hold_all_values_between_them() -> void:
	var axis := EvolvePlotAxis.around(-0.37, 3.91, 5)
	check_equal(axis.ticks(), PackedFloat64Array([-1.0, 0.0, 1.0, 2.0, 3.0, 4.0]), "ticks")
	var chance := RandomNumberGenerator.new()
	chance.seed = 3
	for trial in 500:
		var least := chance.randfn() * pow(10.0, chance.randi_range(-8, 12))
		var greatest := least + absf(chance.randfn()) * pow(10.0, chance.randi_range(-8, 12))
		var some := EvolvePlotAxis.around(least, greatest, 6)
		# What sticks out by less than a millionth of a tick cannot be seen.
		var slack := some.step * 1e-6
		var holds := some.low <= least + slack and some.high >= greatest - slack
		check(holds, "the axis holds %s to %s" % [least, greatest])
		check(some.ticks().size() in range(2, 10), "%d ticks" % some.ticks().size())


func test_no_two_ticks_of_an_axis_have_the_same_text() -> void:
	for span: Array in [[0.0, 1e-4], [99.9, 100.1], [0, 25_000], [-3e6, 9e6], [1e13, 2e13], [5, 5]]:
		var axis := EvolvePlotAxis.around(span[0] as float, span[1] as float, 6)
		var texts: Dictionary[String, bool] = {}
		for tick in axis.ticks():
			texts[axis.text(tick)] = true
		check_equal(texts.size(), axis.ticks().size(), "texts of %s: %s" % [span, texts.keys()])


func test_an_axis_of_values_that_are_not_finite_is_one_all_the_same() -> void:
	for span: Array in [[NAN, NAN], [INF, -INF], [-INF, 3.0], [-1e308, 1e308]]:
		var axis := EvolvePlotAxis.around(span[0] as float, span[1] as float, 6)
		check(is_finite(axis.low) and axis.high > axis.low, "axis of %s" % [span])


func test_a_counting_axis_has_few_different_ends() -> void:
	var ends: Dictionary[float, bool] = {}
	for last in 1000:
		var axis := EvolvePlotAxis.counting(last, 6)
		check(axis.high >= last and axis.step == floorf(axis.step), "axis up to %d" % last)
		ends[axis.high] = true
	check(ends.size() < 40, "%d ends" % ends.size())


func test_an_axis_of_generations_begins_with_the_first_and_has_room_for_a_lone_one() -> void:
	for last: int in [1, 2, 3, 40, 1000]:
		var axis := EvolvePlotAxis.generations(last, 6)
		check_equal(axis.share(1.0), 0.0, "share of the first of %d" % last)
		check(axis.high >= last and axis.high > axis.low, "axis up to %d" % last)


func test_a_figure_is_short_and_never_rounded_to_nothing() -> void:
	check_equal(EvolvePlotAxis.figure(3.0), "3")
	check_equal(EvolvePlotAxis.figure(2.99999), "3")
	check_equal(EvolvePlotAxis.figure(3.14159), "3.142")
	check_equal(EvolvePlotAxis.figure(-1234.5678), "-1235")
	check_different(EvolvePlotAxis.figure(1e-12), "0")
	check_equal(EvolvePlotAxis.figure(NAN), "nan")


func test_thinning_keeps_every_peak_and_few_points() -> void:
	var values := PackedFloat64Array()
	for place in 10_000:
		values.append(sin(place * 0.7))
	values[4321] = 99.0
	values[77] = -99.0
	var kept := EvolvePlotThinning.places(values, 200)
	check(4321 in kept and 77 in kept, "both peaks are kept")
	check(kept.size() <= 400, "%d points" % kept.size())
	var sorted := kept.duplicate()
	sorted.sort()
	check_equal(kept, sorted, "places")


func test_thinning_leaves_what_is_drawn_where_it_is_as_a_run_goes_on() -> void:
	var values := PackedFloat64Array()
	for place in 900:
		values.append(fposmod(place * 0.618, 1.0))
	var before := EvolvePlotThinning.places(values.slice(0, 800), 250)
	var after := EvolvePlotThinning.places(values, 250)
	check_equal(after.slice(0, before.size()), before, "places")


func test_values_that_are_not_finite_interrupt_a_line_and_break_nothing() -> void:
	var values := PackedFloat64Array([1.0, NAN, INF, 2.0])
	var gap := EvolvePlotThinning.GAP
	check_equal(
		EvolvePlotThinning.places(values, 10), PackedInt32Array([0, gap, gap, 3]), "one by one"
	)
	check_equal(EvolvePlotThinning.places(values, 2), PackedInt32Array([0, 3]), "in twos")
	check_equal(EvolvePlotThinning.places([], 2), PackedInt32Array(), "nothing")


func test_samples_begin_with_the_first_and_end_with_the_last() -> void:
	for count: int in [1, 2, 3, 299, 300, 301, 12_345]:
		var kept := EvolvePlotThinning.samples(count, 300)
		check_equal(kept[0], 0, "first of %d" % count)
		check_equal(kept[-1], count - 1, "last of %d" % count)
		check(kept.size() <= 302, "%d samples of %d" % [kept.size(), count])


func test_species_are_stacked_by_age_and_without_gaps() -> void:
	var history := EvolveRunHistory.new()
	history.add_report(_report(0, {1: 10}))
	history.add_report(_report(1, {3: 2, 1: 5, 2: 3}))
	history.add_report(_report(2, {3: 10}))
	var stacks := EvolvePlotSpecies.stack(history, PackedInt32Array([0, 1, 2]))
	check_equal(stacks.keys(), [1, 2, 3], "order")
	check_equal(stacks[1], PackedFloat64Array([0.0, 10.0, 0.0, 5.0, 0.0, 0.0]), "the oldest")
	check_equal(stacks[2], PackedFloat64Array([10.0, 10.0, 5.0, 8.0, 0.0, 0.0]), "the second")
	check_equal(stacks[3], PackedFloat64Array([10.0, 10.0, 8.0, 10.0, 0.0, 10.0]), "the third")
	var painter := EvolvePlotSpecies.new()
	painter.history = history
	check_equal(painter.key_at(1, 6.0), 2, "the species at a height of 6")
	check_equal(painter.key_at(1, 11.0), -1, "the species above all")


func test_species_of_two_populations_with_one_id_are_two() -> void:
	var report := _report(0, {1: 10})
	report["species"].append({"population": "prey", "id": 1, "size": 4, "best": 0.0, "mean": 0.0})
	var history := EvolveRunHistory.new()
	history.add_report(report)
	var stacks := EvolvePlotSpecies.stack(history, PackedInt32Array([0]))
	check_equal(stacks.size(), 2, "species")
	var painter := EvolvePlotSpecies.new()
	painter.history = history
	check_equal(painter.title_of(history.species_keys[1]), "prey: species 1", "title")


func test_the_stairs_of_a_front_pass_through_those_that_nobody_beats_and_no_others() -> void:
	var pairs: Array[PackedFloat64Array] = []
	for pair: Array in [[1, 5], [3, 3], [2, 2], [5, 1], [1, 4]]:
		pairs.append(PackedFloat64Array(pair))
	var more := _flat(EvolvePlotFront.stairs(pairs, false, false))
	check_equal(more, PackedFloat64Array([5, 1, 3, 1, 3, 3, 1, 3, 1, 5]), "more is better")
	var less := _flat(EvolvePlotFront.stairs(pairs, true, true))
	check_equal(less, PackedFloat64Array([1, 4, 2, 4, 2, 2, 5, 2, 5, 1]), "less is better")


func test_a_history_goes_on_where_a_resumed_run_began() -> void:
	var history := EvolveRunHistory.new()
	for generation in 5:
		history.add_report(_report(generation, {1: 4, 2: generation + 1}))
	history.add_report(_report(2, {7: 9}, 0.5))
	check_equal(history.generations, PackedInt64Array([1, 2, 3]), "generations")
	check_equal(history.species_keys.slice(-3), PackedInt64Array([1, 2, 7]), "species")
	check_equal(history.best[2], 0.5, "best")


func test_a_history_forgets_the_older_half_when_it_is_full() -> void:
	var history := EvolveRunHistory.new()
	for generation in EvolveRunHistory.LIMIT + 1:
		history.add_report({"generation": generation, "best": 1, "mean": 0, "best_ever": 1})
	check_equal(history.size(), 50_001, "generations")
	check_equal(history.generations[-1], EvolveRunHistory.LIMIT + 1, "the last one")
	check_equal(history.species_ends.size(), history.size(), "ends")


func test_a_report_that_is_none_is_refused_in_a_sentence_and_leaves_no_trace() -> void:
	var history := EvolveRunHistory.new()
	var spoilt := {
		"generation": "3", "best": null, "mean": [], "best_ever": "x", "species": [{"id": 1}]
	}
	for key: String in spoilt:
		var report := _report(0, {1: 1})
		report[key] = spoilt[key]
		var refusal := history.add_report(report)
		check(refusal.ends_with("."), "a sentence for %s: '%s'" % [key, refusal])
	check_equal(history.size(), 0, "generations")


func test_a_history_is_read_from_a_metrics_table_and_a_torn_row_is_left_out() -> void:
	var text := (
		"generation,best,mean,best_ever,species,evaluations,steps,seconds\n"
		+ "0,2.5,1.25,2.5,3,150,600,0.1\n1,nan,1.5,2.5,4,150,600,0.1\n2,3.0,1."
	)
	var history := EvolveRunHistory.of_metrics(text)
	check_equal(history.generations, PackedInt64Array([1, 2]), "generations")
	check_equal(history.best_ever, PackedFloat64Array([2.5, 2.5]), "best ever")
	check(is_nan(history.best[1]), "a best that is no number stays none")
	check_equal(history.species_counts, PackedInt32Array([3, 4]), "species")
	check_equal(EvolveRunHistory.of_metrics("no table").size(), 0, "generations of no table")


func _flat(line: Array[PackedFloat64Array]) -> PackedFloat64Array:
	var flat := PackedFloat64Array()
	for pair in line:
		flat.append_array(pair)
	return flat


func _report(generation: int, sizes: Dictionary, best: float = 1.0) -> Dictionary:
	var species: Array[Dictionary] = []
	for id: int in sizes:
		species.append(
			{"population": "main", "id": id, "size": sizes[id], "best": best, "mean": 0.5}
		)
	return {
		"generation": generation, "best": best, "mean": 0.5, "best_ever": best, "species": species
	}
