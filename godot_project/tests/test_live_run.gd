extends EvolveTest
## What the panel knows of a run in the game: fed with messages, and with messages that are none.


func test_a_run_that_began_has_the_figures_of_its_generations() -> void:
	var run := _began()
	check_equal(run.state, EvolveLiveRun.State.RUNNING, "state")
	check_equal(run.take("generations", [[_report(0), _report(1)]]), "", "refusal")
	check_equal(run.history.size(), 2, "generations")
	check_equal(
		run.figures(),
		"xor.tscn  ·  seed 7  ·  generation 2 of 50  ·  best 1.5  ·  12,345 steps/s",
		"figures"
	)


func test_the_species_are_rows_by_their_age_with_a_colour_each() -> void:
	var run := _began()
	var report := _report(0)
	report["species"] = [_species(4, 10), _species(2, 20)]
	run.take("generations", [[report]])
	var rows := run.species_rows()
	check_equal(rows.map(func(row: Dictionary) -> int: return row["id"]), [2, 4], "ids")
	check_different(rows[0]["key"], rows[1]["key"], "keys")


func test_a_front_is_kept_until_the_next_one_and_a_count_is_none() -> void:
	var run := _began()
	var report := _report(0)
	report["front"] = [PackedFloat64Array([1.0, 2.0]), PackedFloat64Array([2.0, 1.0])]
	run.take("generations", [[report]])
	check_equal(run.front.size(), 2, "points")
	var without := _report(1)
	without["front"] = 9
	run.take("generations", [[without]])
	check_equal(run.front.size(), 2, "points after a report with a count")


func test_a_champion_is_read_from_its_bytes() -> void:
	var run := _began()
	check_equal(run.take("champion", [_champion(), 1.0]), "", "refusal")
	check_equal(run.champion.input_names, PackedStringArray(["a", "b"]), "inputs")


func test_a_run_pauses_goes_on_saves_and_ends_as_the_game_says() -> void:
	var run := _began()
	run.take("paused", [true])
	check_equal(run.state_text(), "Paused", "state")
	run.take("paused", [false])
	check_equal(run.state_text(), "Learning", "state")
	run.take("saved", ["/runs/champion.evo", ""])
	check_equal(run.sentence, "The champion is saved as /runs/champion.evo.", "sentence")
	run.take("saved", ["", "there is no champion yet."])
	check_equal(run.sentence, "there is no champion yet.", "sentence")
	run.take("ended", [true, "the goal is reached", "/runs/champion.evo"])
	check_equal(run.state_text(), "Finished", "state")
	run.take("paused", [true])
	check_equal(run.state_text(), "Finished", "state after a late message")
	run.close()
	check_equal(run.state_text(), "Finished", "state when the game is closed")


func test_a_game_that_plays_for_an_orchestrator_says_so_and_takes_no_orders() -> void:
	var run := _began()
	check_equal(run.take("joined", ["res://cars.tscn", "ws://127.0.0.1:1/worker"]), "", "refusal")
	check_equal(run.state_text(), "Playing along", "state")
	check_equal(run.figures(), "cars.tscn  ·  as a worker of ws://127.0.0.1:1/worker", "figures")
	check(not run.is_under_way(), "it takes no orders")
	check_equal(run.history.size(), 0, "generations of the run before")
	run.close()
	check_equal(run.state_text(), "Closed", "state when the game is closed")


func test_a_message_that_makes_no_sense_is_refused_in_a_sentence_and_changes_nothing() -> void:
	var run := _began()
	run.take("generations", [[_report(0)]])
	run.take("champion", [_champion(), 1.0])
	for message: Array in [
		["began", []],
		["began", [3]],
		["joined", []],
		["began", [{"objectives": 3}]],
		["generations", []],
		["generations", [{}]],
		["generations", [[3]]],
		["generations", [[{"generation": "x"}]]],
		["champion", [PackedByteArray([1, 2, 3]), 1.0]],
		["champion", ["bytes", 1.0]],
		["paused", ["yes"]],
		["ended", [true]],
		["saved", []],
		["shutdown", []],
	]:
		var refusal := run.take(str(message[0]), message[1] as Array)
		check(refusal.begins_with("the game sent "), "%s: '%s'" % [message, refusal])
		check(refusal.ends_with("."), "'%s' is a sentence" % refusal)
	check_equal(run.history.size(), 1, "generations")
	check_equal(run.state, EvolveLiveRun.State.RUNNING, "state")
	check_not_null(run.champion, "champion")


func test_a_game_that_is_closed_in_the_middle_leaves_its_curves() -> void:
	var live := EvolveLiveSessions.new()
	live.open(0)
	live.take(0, "evolve:began", [{"scene": "res://a.tscn"}])
	live.take(0, "evolve:generations", [[_report(0)]])
	live.close(0)
	check_equal(live.chosen().state_text(), "Closed", "state")
	check_equal(live.chosen().history.size(), 1, "generations")
	live.open(0)
	check_equal(live.chosen().history.size(), 0, "generations of the next game")
	check_equal(live.chosen().state_text(), "No run yet", "state of the next game")


func test_of_several_games_the_one_whose_run_began_last_is_looked_at() -> void:
	var live := EvolveLiveSessions.new()
	for session in 3:
		live.open(session)
	live.take(0, "evolve:began", [{"scene": "res://a.tscn"}])
	live.take(2, "evolve:began", [{"scene": "res://b.tscn"}])
	check_equal(live.sessions(), PackedInt32Array([0, 2]), "sessions with a run")
	check_equal(live.chosen().scene, "res://b.tscn", "scene")
	var parts: Array[StringName] = []
	live.part_changed.connect(func(part: StringName) -> void: parts.append(part))
	live.take(0, "evolve:generations", [[_report(0)]])
	check_equal(parts.size(), 0, "parts that changed for a run that is not looked at")
	live.choose(0)
	check_equal(live.chosen().history.size(), 1, "generations of the other run")


func _began() -> EvolveLiveRun:
	var run := EvolveLiveRun.new()
	var refusal := (
		run
		. take(
			"began",
			[
				{
					"scene": "res://demos/xor/xor.tscn",
					"seed": 7,
					"generations": 50,
					"objectives": ["fitness"],
					"minimised": [false],
					"populations": PackedStringArray(["main"]),
				}
			]
		)
	)
	check_equal(refusal, "", "refusal")
	return run


func _report(generation: int) -> Dictionary:
	return {
		"generation": generation,
		"best": 1.0,
		"mean": 0.5,
		"best_ever": 1.5,
		"species": [_species(1, 150)],
		"steps_per_second": 12_345.0,
	}


func _species(id: int, size: int) -> Dictionary:
	return {"population": "main", "id": id, "size": size, "best": 1.0, "mean": 0.5}


func _champion() -> PackedByteArray:
	var project := ProjectSettings.globalize_path("res://")
	return FileAccess.get_file_as_bytes(project.path_join("../spec/vectors/valid/champion.evo"))
