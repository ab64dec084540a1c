@tool
extends HBoxContainer
## The panel's first line: how the run stands, its figures, and what can be done with it.

## The run shall do something, see [code]debugger_link.gd[/code].
signal command_given(command: String, data: Array)

## Somebody wants to join a run of the orchestrator.
signal orchestrator_asked

## Another one of the games' runs shall be looked at.
signal session_chosen(session: int)

const Door := preload("editor_door.gd")

const _COLOURS: Dictionary[EvolveLiveRun.State, StringName] = {
	EvolveLiveRun.State.RUNNING: &"success_color",
	EvolveLiveRun.State.PAUSED: &"warning_color",
	EvolveLiveRun.State.FINISHED: &"accent_color",
	EvolveLiveRun.State.GUEST: &"success_color",
	EvolveLiveRun.State.FAILED: &"error_color",
}

# What to do while there is nothing to show.
const _INVITATION := "Press Play: the run of a scene with an EvolveTrainer is shown here."
# Long enough to read a path.
const _READING_SECONDS := 8.0

var _state := Label.new()
var _figures := Label.new()
var _sessions := OptionButton.new()
var _pause := Button.new()
var _step := Button.new()
var _save := Button.new()
var _stop := Button.new()
var _run := EvolveLiveRun.new()
var _said := ""
var _reading_seconds := 0.0


func _init() -> void:
	_figures.size_flags_horizontal = SIZE_EXPAND_FILL
	_figures.text_overrun_behavior = TextServer.OVERRUN_TRIM_ELLIPSIS
	_figures.mouse_filter = MOUSE_FILTER_STOP
	_sessions.item_selected.connect(_choose_session)
	add_child(_state)
	add_child(_figures)
	add_child(_sessions)
	_add_button(_pause, "Pause", "Holds the training where it is.", _toggle_pause)
	_add_button(_step, "Step", "Trains one generation, then pauses.", _give.bind("step"))
	_add_button(
		_save, "Save", "Writes the champion so far into the run's folder.", _give.bind("save")
	)
	_add_button(_stop, "Stop", "Ends the training; what was learnt is kept.", _give.bind("stop"))
	add_child(VSeparator.new())
	_add_button(
		Button.new(),
		"Orchestrator…",
		"Connects to an orchestrator: plays the open scene as a worker of its run.",
		orchestrator_asked.emit
	)
	show_run(_run)


func _process(delta: float) -> void:
	_reading_seconds -= delta
	if _reading_seconds < 0.0:
		set_process(false)
		_said = ""
		_show_line()


func _notification(what: int) -> void:
	# Before it is ready, its buttons have no theme.
	if what == NOTIFICATION_READY or (what == NOTIFICATION_THEME_CHANGED and is_node_ready()):
		Door.set_icon(_step, &"NextFrame")
		Door.set_icon(_save, &"Save")
		Door.set_icon(_stop, &"Stop")
		show_run(_run)


## Shows how a run stands.
func show_run(run: EvolveLiveRun) -> void:
	_run = run
	_state.text = run.state_text()
	_state.add_theme_color_override(
		&"font_color", Door.colour(self, _COLOURS.get(run.state, &"font_color"))
	)
	_show_line()
	var is_paused := run.state == EvolveLiveRun.State.PAUSED
	_pause.text = "Go on" if is_paused else "Pause"
	Door.set_icon(_pause, &"Play" if is_paused else &"Pause")
	for button: Button in [_pause, _step, _save, _stop]:
		button.disabled = not run.is_under_way()


## Shows a sentence for a while, in the place of the figures: a line of its own would move what is
## below it from under the mouse.
func say(sentence: String) -> void:
	_said = sentence
	_reading_seconds = _READING_SECONDS
	set_process(true)
	_show_line()


## Shows which of the games' runs there are to choose from.
func show_sessions(live: EvolveLiveSessions) -> void:
	var sessions := live.sessions()
	_sessions.visible = sessions.size() > 1
	_sessions.clear()
	for session in sessions:
		_sessions.add_item(live.title_of(session), session)
		if session == live.chosen_session():
			_sessions.select(_sessions.item_count - 1)


func _show_line() -> void:
	# Why a run failed is worth more than its figures, however long ago it was said.
	var lasting := _run.figures()
	if _run.state == EvolveLiveRun.State.WAITING:
		lasting = _INVITATION
	elif _run.state == EvolveLiveRun.State.FAILED:
		lasting = _run.sentence
	_figures.tooltip_text = lasting if _said.is_empty() else _said
	_figures.text = Door.with_short_paths(_figures.tooltip_text)


func _add_button(button: Button, text: String, tip: String, pressed: Callable) -> void:
	button.text = text
	button.tooltip_text = tip
	button.pressed.connect(pressed)
	add_child(button)


func _choose_session(place: int) -> void:
	session_chosen.emit(_sessions.get_item_id(place))


func _toggle_pause() -> void:
	command_given.emit("pause", [_run.state != EvolveLiveRun.State.PAUSED])


func _give(command: String) -> void:
	command_given.emit(command, [])
