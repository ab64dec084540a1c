@tool
extends EditorDebuggerPlugin
## Carries messages between the editor and the games it started; understands none of them.

## What the games said.
var live := EvolveLiveSessions.new()


func _has_capture(capture: String) -> bool:
	return capture == "evolve"


func _capture(message: String, data: Array, session_id: int) -> bool:
	var refusal := live.take(session_id, message, data)
	if not refusal.is_empty():
		push_warning("Evolve: %s" % refusal)
	return true


func _setup_session(session_id: int) -> void:
	var session := get_session(session_id)
	session.started.connect(live.open.bind(session_id))
	session.stopped.connect(live.close.bind(session_id))


## Asks the game of the run that is looked at for something; nothing happens when it is gone.
func send(command: String, data: Array = []) -> void:
	var session := get_session(live.chosen_session()) if live.chosen_session() >= 0 else null
	if session != null and session.is_active():
		session.send_message("evolve:%s" % command, data)
