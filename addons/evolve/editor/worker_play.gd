@tool
class_name EvolveWorkerPlay
extends RefCounted
## Plays a scene as a worker of an orchestrator: the game is given the address, the token and the
## switch, and nothing of them stays behind in the project or in the editor.
##
## The token goes through the environment, which other users of the machine cannot read, unlike a
## command line.

const _ARGUMENTS := "editor/run/main_run_args"
const _SWITCH := "-- --evolve-worker"


## What is wrong with an address or a token, one sentence; empty when nothing is.
static func problem_of(address: String, token: String) -> String:
	if not (address.begins_with("ws://") or address.begins_with("wss://")):
		return "The address has to begin with ws:// or wss://, like ws://127.0.0.1:8765."
	if address.get_slice("://", 1).is_empty() or address.contains(" "):
		return "The address '%s' names no machine; one looks like ws://127.0.0.1:8765." % address
	if token.strip_edges().is_empty():
		return "The token is missing: the orchestrator prints it when it starts."
	return ""


## Calls [param play], which starts a game, with everything in place for a worker; afterwards all is
## as it was.
static func play_as_worker(address: String, token: String, play: Callable) -> void:
	var before := str(ProjectSettings.get_setting(_ARGUMENTS, ""))
	OS.set_environment("EVOLVE_SERVER", address)
	OS.set_environment("EVOLVE_TOKEN", token)
	# Only in memory: the project's file is not written.
	ProjectSettings.set_setting(_ARGUMENTS, with_switch(before))
	play.call()
	ProjectSettings.set_setting(_ARGUMENTS, before)
	OS.unset_environment("EVOLVE_SERVER")
	OS.unset_environment("EVOLVE_TOKEN")


## The arguments of a game, with the switch behind those that are there already.
static func with_switch(arguments: String) -> String:
	if arguments.begins_with("-- ") or arguments.contains(" -- "):
		return arguments + " --evolve-worker"
	return (arguments + " " + _SWITCH).strip_edges()
