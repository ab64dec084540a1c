extends EvolveTest
## The Evolve panel as a whole, outside the editor: what it shows of a run, and what its buttons ask
## the game for.

const EvolvePanel := preload("res://addons/evolve/editor/panel.gd")
const ChampionFiles := preload("res://addons/evolve/editor/champion_files.gd")
const HeaderBar := preload("res://addons/evolve/editor/header_bar.gd")

var _live := EvolveLiveSessions.new()


func test_a_panel_without_a_game_says_so_and_has_nothing_to_press() -> void:
	var panel := _add_panel()
	await frames(3)
	check_equal(panel._header._state.text, "No run yet", "state")
	for button in _command_buttons(panel):
		check(button.disabled, "%s is disabled" % button.text)


func test_every_tab_shows_a_run_that_is_under_way() -> void:
	var panel := _add_panel()
	_play(60)
	for tab in panel._tabs.get_tab_count():
		panel._tabs.current_tab = tab
		panel.update()
		await frames(3)
	check_equal(panel._header._state.text, "Learning", "state")
	check_contains(panel._header._figures.text, "generation 60 of 100", "figures")
	var list := panel._live_tabs[1].get("_list") as Tree
	check_equal(list.get_root().get_child_count(), 3, "species in the list")
	check_equal(list.get_root().get_child(0).get_text(1), "50", "size of the oldest")


func test_the_front_has_a_tab_where_there_are_several_objectives() -> void:
	var panel := _add_panel()
	var place := panel._tabs.get_tab_idx_from_control(panel._front_tab)
	_play(1)
	panel.update()
	check(panel._tabs.is_tab_hidden(place), "it is hidden with one objective")
	_play(1, ["distance", "fuel"])
	panel.update()
	check(not panel._tabs.is_tab_hidden(place), "it is there with two")


func test_buttons_ask_the_game_for_what_they_say() -> void:
	var panel := _add_panel()
	_play(1)
	panel.update()
	var asked: Array[Array] = []
	panel.command_given.connect(
		func(command: String, data: Array) -> void: asked.append([command] + data)
	)
	for button in _command_buttons(panel):
		check(not button.disabled, "%s can be pressed" % button.text)
		button.pressed.emit()
	_live.take(0, "evolve:paused", [true])
	panel.update()
	check_equal(panel._header._pause.text, "Go on", "text when it is paused")
	panel._header._pause.pressed.emit()
	check_equal(asked, [["pause", true], ["step"], ["save"], ["stop"], ["pause", false]], "asked")


func test_a_game_that_is_started_again_begins_with_an_empty_panel() -> void:
	var panel := _add_panel()
	_play(5)
	_live.close(0)
	panel.update()
	check_equal(panel._header._state.text, "Closed", "state")
	_live.open(0)
	await frames(3)
	check_equal(panel._header._state.text, "No run yet", "state of the next game")
	check_contains(panel._header._figures.text, "Press Play", "what it says of the next game")


func test_two_games_can_be_chosen_between() -> void:
	var panel := _add_panel()
	_play(5)
	_live.take(1, "evolve:began", [{"scene": "res://other.tscn", "seed": 2}])
	await frames(2)
	check(panel._header._sessions.visible, "there is a choice")
	check_equal(panel._header._sessions.item_count, 2, "games")
	panel._header._choose_session(0)
	panel.update()
	check_contains(panel._header._figures.text, "generation 5 of 100", "figures")


func test_a_panel_of_little_height_and_width_still_draws() -> void:
	var panel := _add_panel()
	_play(20)
	for size: Vector2 in [Vector2(300, 120), Vector2(2400, 250)]:
		panel.size = size
		panel.update()
		await frames(3)
	check(panel.get_combined_minimum_size().y <= 250.0, "it fits into 250 pixels")


func test_headless_training_can_be_started_without_scrolling() -> void:
	var panel := _add_panel()
	panel.size = Vector2(900.0, 250.0)
	panel._tabs.current_tab = panel._tabs.get_tab_count() - 1
	await frames(3)
	var tab: Control = panel._tabs.get_current_tab_control()
	var start: Button = tab.get("_start")
	check(panel.get_global_rect().encloses(start.get_global_rect()), "the button is in the panel")


func test_what_is_said_gives_way_to_the_figures_and_a_failure_stays() -> void:
	var panel := _add_panel()
	_play(2)
	_live.take(0, "evolve:saved", ["/runs/champion.evo", ""])
	panel.update()
	check_contains(panel._header._figures.text, "is saved as /runs/champion.evo", "said")
	var file := OS.get_user_data_dir().path_join("evolve/a/champion.evo")
	panel._header.say("Saved as %s." % file)
	check_equal(panel._header._figures.text, "Saved as user://evolve/a/champion.evo.", "said")
	check_contains(panel._header._figures.tooltip_text, file, "tooltip")
	panel._header._process(60.0)
	check_contains(panel._header._figures.text, "generation 2 of 100", "a minute later")
	_live.take(0, "evolve:ended", [false, "an agent has no function sense().", ""])
	panel.update()
	panel._header._process(60.0)
	check_contains(panel._header._figures.text, "no function sense()", "why it failed")


func test_a_champion_is_saved_byte_by_byte_and_a_refusal_is_said() -> void:
	var path := make_folder().path_join("champion.evo")
	check_contains(ChampionFiles.save(_champion(), path), "is saved as", "sentence")
	check_equal(FileAccess.get_file_as_bytes(path), _champion(), "bytes")
	var refusal := ChampionFiles.save(_champion(), "/no/such/folder/champion.evo")
	check_contains(refusal, "cannot be written", "sentence")


func _add_panel() -> EvolvePanel:
	var panel := EvolvePanel.new(_live)
	panel.size = Vector2(1400.0, 260.0)
	return add(panel) as EvolvePanel


func _command_buttons(panel: EvolvePanel) -> Array[Button]:
	var header := panel._header
	return [header._pause, header._step, header._save, header._stop]


func _play(generations: int, objectives: PackedStringArray = ["fitness"]) -> void:
	var minimised: Array[bool] = [false]
	_live.open(0)
	var info := {
		"scene": "res://demos/xor/xor.tscn",
		"seed": 7,
		"generations": 100,
		"populations": PackedStringArray(["main"]),
		"objectives": objectives,
		"minimised": minimised,
	}
	check_equal(_live.take(0, "evolve:began", [info]), "", "refusal")
	for generation in generations:
		_live.take(0, "evolve:generations", [[_report(generation, objectives.size() > 1)]])
	_live.take(0, "evolve:champion", [_champion(), 1.0])


func _report(generation: int, has_front: bool) -> Dictionary:
	var species: Array[Dictionary] = []
	for id in 3:
		species.append({"population": "main", "id": id, "size": 50, "best": 2.5, "mean": 1.0})
	var report := {
		"generation": generation,
		"best": float(generation),
		"mean": 1.0,
		"best_ever": float(generation),
		"species": species,
		"steps_per_second": 9000.0,
	}
	if has_front:
		report["front"] = [PackedFloat64Array([1.0, 2.0]), PackedFloat64Array([2.0, 1.0])]
	return report


func _champion() -> PackedByteArray:
	var project := ProjectSettings.globalize_path("res://")
	return FileAccess.get_file_as_bytes(project.path_join("../spec/vectors/valid/champion.evo"))
