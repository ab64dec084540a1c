extends EvolveTest
## EvolvePlot as a control: it draws whatever it is given without an error, and reads out what is
## under the mouse.


func test_every_mode_is_drawn_empty_with_one_generation_and_with_thousands() -> void:
	for mode: EvolvePlot.Mode in EvolvePlot.Mode.values():
		var plot := _add_plot(mode)
		for generation in 3000:
			if generation < 2 or generation == 2999:
				await frames(2)
			plot.add_report(_report(generation))
		plot.set_front(["distance", "fuel"], [PackedFloat64Array([1, 2])], [false, true])
		await frames(2)
		check(plot._painter().is_empty() == false, "something is plotted in mode %d" % mode)


func test_figures_that_are_not_finite_and_controls_without_room_are_drawn_too() -> void:
	for mode: EvolvePlot.Mode in EvolvePlot.Mode.values():
		var plot := _add_plot(mode)
		plot.custom_minimum_size = Vector2.ZERO
		for figure: float in [NAN, INF, -INF, 1e308, -1e308, 0.0]:
			var report := _report(0)
			for key: String in ["best", "mean", "best_ever"]:
				report[key] = figure
			plot.add_report(report)
			plot.set_front(
				["a", "b"], [PackedFloat64Array([figure, 1.0]), PackedFloat64Array([1.0])]
			)
			plot.size = Vector2(3.0, 2.0)
			await frames(2)
		check_equal(plot.size, Vector2(3.0, 2.0), "size")


func test_the_mouse_over_a_generation_reads_its_figures_out() -> void:
	var plot := _add_plot(EvolvePlot.Mode.FITNESS)
	for generation in 11:
		plot.add_report(_report(generation))
	await frames(2)
	var reading := plot._reading_at(plot._frame.pixel(7.2, 5.0))
	check_equal(
		reading.get("lines"),
		PackedStringArray(["generation 7", "best ever 6", "best 6", "mean 3", "2 species"]),
		"lines"
	)
	check_equal(plot._reading_at(Vector2(-50.0, 0.0)), {}, "outside")


func test_the_mouse_over_a_point_of_the_front_names_it_and_a_click_tells_which() -> void:
	var plot := _add_plot(EvolvePlot.Mode.FRONT)
	var points: Array[PackedFloat64Array] = [
		PackedFloat64Array([1.0, 9.0]), PackedFloat64Array([4.0, 2.5])
	]
	plot.set_front(["distance", "fuel"], points, [false, true])
	await frames(2)
	var at := plot._frame.pixel(4.0, 2.5) + Vector2(3.0, 0.0)
	check_equal(
		plot._reading_at(at).get("lines"),
		PackedStringArray(["2 of 2", "distance 4", "fuel 2.5"]),
		"lines"
	)
	var pressed := PackedInt32Array()
	plot.point_pressed.connect(func(place: int) -> void: pressed.append(place))
	var click := InputEventMouseButton.new()
	click.button_index = MOUSE_BUTTON_LEFT
	click.pressed = true
	click.position = at
	plot._gui_input(click)
	check_equal(pressed, PackedInt32Array([1]), "points that were pressed")


func test_a_plot_fills_itself_from_the_signal_of_its_trainer() -> void:
	var trainer := EvolveTrainer.new()
	var plot := _add_plot(EvolvePlot.Mode.FITNESS)
	plot.trainer = trainer
	trainer.generation_finished.emit(_report(0))
	check_equal(plot._history.size(), 1, "generations")
	plot.trainer = null
	trainer.generation_finished.emit(_report(1))
	check_equal(plot._history.size(), 1, "generations after it was taken away")
	trainer.free()


func test_a_report_that_is_none_is_an_error_that_says_why() -> void:
	expect_error("EvolvePlot.add_report: a report needs a 'generation', a whole number from 0.")
	_add_plot(EvolvePlot.Mode.FITNESS).add_report({})
	await frames(1)
	check(true, "it goes on")


func _add_plot(mode: EvolvePlot.Mode) -> EvolvePlot:
	var plot := EvolvePlot.new()
	plot.mode = mode
	plot.size = Vector2(600.0, 250.0)
	add(plot)
	return plot


func _report(generation: int) -> Dictionary:
	var old := {"population": "main", "id": 1, "size": 9, "best": 1.0, "mean": 0.5}
	var young := {"population": "main", "id": generation, "size": 3, "best": 1.0, "mean": 0.5}
	return {
		"generation": generation,
		"best": float(generation),
		"mean": generation / 2.0,
		"best_ever": float(generation),
		"species": [old, young],
	}
