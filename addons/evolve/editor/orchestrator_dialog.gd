@tool
extends ConfirmationDialog
## Asks for the address and the token of an orchestrator, and plays the open scene as a worker of
## its run. The token is kept nowhere.

const Door := preload("editor_door.gd")

const _ADDRESS := "orchestrator_address"
const _USUAL := "ws://127.0.0.1:8765"

var _address := LineEdit.new()
var _token := LineEdit.new()
var _refusal := Label.new()


func _init() -> void:
	title = "Connect to orchestrator"
	ok_button_text = "Play as worker"
	dialog_hide_on_ok = false
	_address.text = Door.remembered(_ADDRESS, _USUAL)
	_token.secret = true
	_token.placeholder_text = "printed by the orchestrator"
	var rows := VBoxContainer.new()
	var about := Label.new()
	about.text = (
		"Plays the open scene as one more worker of a run that the orchestrator keeps.\n"
		+ "The game gets address and token; the project keeps neither."
	)
	rows.add_child(about)
	for field: Array in [["Address", _address], ["Token", _token]]:
		var label := Label.new()
		label.text = field[0]
		rows.add_child(label)
		rows.add_child(field[1] as LineEdit)
	rows.add_child(_refusal)
	add_child(rows)
	register_text_enter(_token)
	confirmed.connect(_connect)


func _connect() -> void:
	var refusal := EvolveWorkerPlay.problem_of(_address.text, _token.text)
	if refusal.is_empty() and Door.open_scene().is_empty():
		refusal = "Open the scene with the EvolveTrainer first: it is what a worker plays."
	_refusal.text = refusal
	if not refusal.is_empty():
		return
	Door.remember(_ADDRESS, _address.text)
	EvolveWorkerPlay.play_as_worker(_address.text, _token.text, Door.play_open_scene)
	_token.text = ""
	hide()
