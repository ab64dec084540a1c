@tool
extends MarginContainer
## What the tabs that show a live run have in common: they bring themselves up to date when they are
## looked at, and cost nothing while they are not.

## The run that is shown.
var run := EvolveLiveRun.new()

# Parts of the run that are different from what is shown.
var _stale: Dictionary[StringName, bool] = {}


func _notification(what: int) -> void:
	if what == NOTIFICATION_VISIBILITY_CHANGED or what == NOTIFICATION_THEME_CHANGED:
		_update_if_seen()


## Shows another run.
func show_run(shown: EvolveLiveRun) -> void:
	run = shown
	refresh([&"state", &"generations", &"champion", &"front"])


## Parts of the run are different now.
func refresh(parts: Array[StringName]) -> void:
	for part in parts:
		_stale[part] = true
	_update_if_seen()


# Brings a part of what is shown up to date; each tab has its own.
func _update(_part: StringName) -> void:
	pass


func _update_if_seen() -> void:
	if _stale.is_empty() or not is_node_ready() or not is_visible_in_tree():
		return
	var parts := _stale.keys()
	_stale.clear()
	for part: StringName in parts:
		_update(part)
