@tool
extends ConfirmationDialog
## Asks for the address and the token of an orchestrator, and plays the open scene as a worker of
## its run. The token is kept nowhere.

const Door := preload("editor_door.gd")

const _ADDRESS := "orchestrator_address"
const _CERTIFICATE := "orchestrator_certificate"
var _address := LineEdit.new()
var _token := LineEdit.new()
var _certificate := LineEdit.new()
var _only_watches := CheckBox.new()
var _refusal := Label.new()


func _init() -> void:
	title = "Connect to orchestrator"
	ok_button_text = "Play as worker"
	dialog_hide_on_ok = false
	_address.text = Door.remembered(_ADDRESS, "")
	_address.placeholder_text = EvolveWorkerPlay.EXAMPLE
	_address.focus_exited.connect(_take_invitation)
	_token.secret = true
	_token.placeholder_text = "printed by the orchestrator"
	_certificate.text = Door.remembered(_CERTIFICATE, "")
	_certificate.placeholder_text = "for wss:// only: a PEM file; empty: this machine's authorities"
	var rows := VBoxContainer.new()
	var about := Label.new()
	about.text = (
		"Plays the open scene as one more worker of a run that the orchestrator keeps.\n"
		+ "Start the run with 'evolve train SCENE --guests', and paste the line with address\n"
		+ "and token that it prints. The game gets both; the token is kept nowhere."
	)
	rows.add_child(about)
	for field: Array in [["Address", _address], ["Token", _token], ["Certificate", _certificate]]:
		var label := Label.new()
		label.text = field[0]
		rows.add_child(label)
		rows.add_child(field[1] as LineEdit)
	_only_watches.text = "Only watch the champion"
	_only_watches.tooltip_text = "Play the best brains of the moment; nothing here is scored."
	rows.add_child(_only_watches)
	rows.add_child(_refusal)
	add_child(rows)
	register_text_enter(_address)
	register_text_enter(_token)
	register_text_enter(_certificate)
	confirmed.connect(_connect)


func _notification(what: int) -> void:
	if what == NOTIFICATION_VISIBILITY_CHANGED and visible:
		_refusal.add_theme_color_override(&"font_color", Door.colour(_refusal, &"error_color"))
		# Deferred: the dialog gives the focus to its button.
		_address.grab_focus.call_deferred()


# The whole line may be pasted: each field takes what is its own.
func _take_invitation() -> void:
	var invitation := EvolveWorkerPlay.read_invitation(_address.text)
	if not invitation.is_empty():
		_address.text = invitation[0]
		_token.text = invitation[1]


func _connect() -> void:
	_take_invitation()
	var certificate := _certificate.text.strip_edges()
	var refusal := EvolveWorkerPlay.problem_of(_address.text, _token.text, certificate)
	if refusal.is_empty() and Door.open_scene().is_empty():
		refusal = "Open the scene with the EvolveTrainer first: it is what a worker plays."
	_refusal.text = refusal
	if not refusal.is_empty():
		return
	Door.remember(_ADDRESS, _address.text)
	Door.remember(_CERTIFICATE, certificate)
	var address := EvolveWorkerPlay.whole_address(_address.text)
	var token := _token.text.strip_edges()
	EvolveWorkerPlay.play_as_worker(
		address, token, Door.play_open_scene, certificate, _only_watches.button_pressed
	)
	_token.text = ""
	hide()
