@tool
class_name EvolveLiveSessions
extends RefCounted
## The runs of all games that the editor started, one for each, and which of them is looked at.

## Another run is looked at, or the list of them is different.
signal chosen_changed

## A part of the run that is looked at is different, see [signal EvolveLiveRun.changed].
signal part_changed(part: StringName)

## A run began, in any of the games.
signal run_began

# Runs by the number of their debugger session.
var _runs: Dictionary[int, EvolveLiveRun] = {}
var _chosen := -1
var _nothing := EvolveLiveRun.new()


## The run that is looked at; an empty one where there is none.
func chosen() -> EvolveLiveRun:
	return _runs.get(_chosen, _nothing)


## The session of the run that is looked at, -1 without one.
func chosen_session() -> int:
	return _chosen


## The sessions that have had a run, in the order of their numbers.
func sessions() -> PackedInt32Array:
	var found := PackedInt32Array()
	for session in _runs:
		if _runs[session].state != EvolveLiveRun.State.WAITING:
			found.append(session)
	found.sort()
	return found


## What to call a session's run in a list.
func title_of(session: int) -> String:
	var run: EvolveLiveRun = _runs[session]
	return "%d: %s, %s" % [session + 1, run.scene.get_file(), run.state_text().to_lower()]


## Looks at the run of a session.
func choose(session: int) -> void:
	if _chosen != session:
		_chosen = session
		chosen_changed.emit()


## A game was started: what is known of its session's last one is history.
func open(session: int) -> void:
	if _runs.has(session):
		_runs[session].changed.disconnect(_on_changed)
	var run := EvolveLiveRun.new()
	run.changed.connect(_on_changed.bind(session))
	_runs[session] = run
	chosen_changed.emit()


## A game was closed.
func close(session: int) -> void:
	if _runs.has(session):
		_runs[session].close()
		chosen_changed.emit()


## Takes a message of a game, [code]evolve:[/code] included. Gives what is wrong with it, one
## sentence; empty when all is well.
func take(session: int, message: String, data: Array) -> String:
	if not _runs.has(session):
		open(session)
	var refusal := _runs[session].take(message.trim_prefix("evolve:"), data)
	if message in ["evolve:began", "evolve:joined"] and refusal.is_empty():
		choose(session)
		run_began.emit()
	return refusal


func _on_changed(part: StringName, session: int) -> void:
	if session == _chosen:
		part_changed.emit(part)
	elif part == &"state":
		chosen_changed.emit()
