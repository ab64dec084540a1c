@tool
extends VBoxContainer
## The Evolve panel at the bottom of the editor: a line about the run, and tabs below it.
##
## It only puts together: what is known of a run is in [EvolveLiveSessions], what the tabs show in
## their own files. Parts of a run that change are brought up to date five times a second at most,
## and only what is seen.

## The run shall do something, see [code]debugger_link.gd[/code].
signal command_given(command: String, data: Array)

const ChampionFiles := preload("champion_files.gd")
const ChampionTab := preload("champion_tab.gd")
const Door := preload("editor_door.gd")
const FileChooser := preload("file_chooser.gd")
const FitnessTab := preload("fitness_tab.gd")
const FrontTab := preload("front_tab.gd")
const HeaderBar := preload("header_bar.gd")
const HeadlessTab := preload("headless_tab.gd")
const LiveTab := preload("live_tab.gd")
const OrchestratorDialog := preload("orchestrator_dialog.gd")
const RunsTab := preload("runs_tab.gd")
const SpeciesTab := preload("species_tab.gd")

const _INTERVAL := 0.2
const _HEIGHT := 250.0

var _live: EvolveLiveSessions
var _header := HeaderBar.new()
var _tabs := TabContainer.new()
var _front_tab := FrontTab.new()
var _runs_tab := RunsTab.new()
var _live_tabs: Array[LiveTab] = []
var _files := ChampionFiles.new()
# Parts of the run that are different from what is shown.
var _stale: Dictionary[StringName, bool] = {}
var _since_update := 0.0


## A panel that shows what is known of the games' runs.
func _init(live: EvolveLiveSessions = EvolveLiveSessions.new()) -> void:
	name = "Evolve"
	custom_minimum_size.y = Door.scaled(_HEIGHT)
	_live = live
	_live.chosen_changed.connect(_show_chosen)
	_live.part_changed.connect(func(part: StringName) -> void: _stale[part] = true)
	_header.command_given.connect(command_given.emit)
	_header.session_chosen.connect(_live.choose)
	_header.orchestrator_asked.connect(
		func() -> void: FileChooser.show_once(self, OrchestratorDialog.new())
	)
	_tabs.size_flags_vertical = SIZE_EXPAND_FILL
	for child: Node in [_header, _tabs, _files]:
		add_child(child)
	_add_tabs()
	_files.said.connect(_header.say)


func _ready() -> void:
	_show_chosen()


func _process(delta: float) -> void:
	_since_update += delta
	if _since_update >= _INTERVAL and not _stale.is_empty() and is_visible_in_tree():
		_since_update = 0.0
		update()


## Brings everything that is seen up to date.
func update() -> void:
	var run := _live.chosen()
	var parts := _stale.keys()
	_stale.clear()
	_header.show_run(run)
	_tabs.set_tab_hidden(_tabs.get_tab_idx_from_control(_front_tab), run.objectives.size() < 2)
	for tab in _live_tabs:
		tab.refresh(Array(parts, TYPE_STRING_NAME, &"", null))
	if &"state" in parts:
		_runs_tab.refresh()
	if &"sentence" in parts:
		_header.say(run.sentence)


func _add_tabs() -> void:
	var champion_tab := ChampionTab.new()
	var headless_tab := HeadlessTab.new()
	_live_tabs = [FitnessTab.new(), SpeciesTab.new(), _front_tab, champion_tab]
	for tab: Control in _live_tabs + [_runs_tab, headless_tab]:
		_tabs.add_child(tab)
	champion_tab.save_asked.connect(_files.save_as)
	champion_tab.export_asked.connect(_files.export_as)
	_runs_tab.save_asked.connect(_files.save_as)
	_runs_tab.export_asked.connect(_files.export_as)
	_runs_tab.said.connect(_header.say)
	headless_tab.run_changed.connect(_runs_tab.refresh)


func _show_chosen() -> void:
	_header.show_sessions(_live)
	for tab in _live_tabs:
		tab.show_run(_live.chosen())
	_stale[&"state"] = true
	if is_node_ready():
		update()
