@tool
class_name EvolveWorkerPlay
extends RefCounted
## Plays a scene as a worker of an orchestrator: the game is given the address and the token, and
## nothing of them stays behind in the project or in the editor.
##
## They go through the environment, which other users of the machine cannot read, unlike a command
## line; and the editor lets nobody else add to the command line of a game.

## What an address looks like.
const EXAMPLE := "ws://127.0.0.1:41234/worker"

const _PATH := "/worker"


## What is wrong with an address, a token or a certificate's path, one sentence; empty when nothing
## is.
static func problem_of(address: String, token: String, certificate: String = "") -> String:
	if not (address.begins_with("ws://") or address.begins_with("wss://")):
		return "The address has to begin with ws:// or wss://, like %s." % EXAMPLE
	if address.get_slice("://", 1).is_empty() or address.contains(" "):
		return "The address '%s' names no machine; one looks like %s." % [address, EXAMPLE]
	if token.strip_edges().is_empty():
		return "The token is missing: the orchestrator prints it when it starts."
	var flaw := EvolveTrust.problem_of(certificate) if address.begins_with("wss://") else ""
	return flaw.left(1).to_upper() + flaw.substr(1)


## Address and token in the line that the orchestrator prints for guests, [code]… address ADDRESS
## token TOKEN[/code]; empty when it is no such line.
static func read_invitation(line: String) -> PackedStringArray:
	var words := line.split(" ", false)
	var address := words.find("address")
	var token := words.find("token")
	if address < 0 or token < 0 or maxi(address, token) + 1 >= words.size():
		return []
	return [words[address + 1], words[token + 1]]


## An address with the orchestrator's path, where it names none.
static func whole_address(address: String) -> String:
	var plain := address.strip_edges().trim_suffix("/")
	return plain if plain.get_slice("://", 1).contains("/") else plain + _PATH


## Calls [param play], which starts a game, with everything in place for a worker; afterwards all is
## as it was.
static func play_as_worker(
	address: String,
	token: String,
	play: Callable,
	certificate: String = "",
	only_watches: bool = false
) -> void:
	var environment: Dictionary[String, String] = {
		"EVOLVE_SERVER": address, "EVOLVE_TOKEN": token, EvolveSettings.PLAY_AS_WORKER: "1"
	}
	if only_watches:
		environment[EvolveSettings.ROLE] = EvolveSettings.SPECTATOR
	if not certificate.is_empty():
		environment[EvolveTrust.VARIABLE] = certificate
	var before: Dictionary[String, String] = {}
	for name in environment:
		before[name] = OS.get_environment(name)
		OS.set_environment(name, environment[name])
	play.call()
	for name in environment:
		if before[name].is_empty():
			OS.unset_environment(name)
		else:
			OS.set_environment(name, before[name])
