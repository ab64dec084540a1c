@tool
class_name EvolveLiveRun
extends RefCounted
## What the editor knows of a run in the game that it started: what the game's messages said so far.
##
## Play is another process, so nothing here is taken on trust: a message that makes no sense is
## refused in one sentence and changes nothing. Draws nothing, sends nothing.

## A part of it is different now: [code]&"state"[/code], [code]&"generations"[/code],
## [code]&"champion"[/code], [code]&"front"[/code] or [code]&"sentence"[/code].
signal changed(part: StringName)

## How the run stands.
enum State {
	## The game runs, and nothing was heard of a run.
	WAITING,
	## It learns.
	RUNNING,
	## It stands still until somebody lets it go on.
	PAUSED,
	## It has what it came for.
	FINISHED,
	## It had to end.
	FAILED,
	## The game plays for an orchestrator, which keeps the run.
	GUEST,
	## The game was closed in the middle of it.
	CLOSED,
}

const _STATE_TEXTS: Dictionary[State, String] = {
	State.WAITING: "No run yet",
	State.RUNNING: "Learning",
	State.PAUSED: "Paused",
	State.FINISHED: "Finished",
	State.FAILED: "Failed",
	State.GUEST: "Playing along",
	State.CLOSED: "Closed",
}

## How it stands.
var state := State.WAITING
## What the game said last about it: why it ended, what became of a save.
var sentence := ""
## The address of the orchestrator that the game plays for; empty when the run is its own.
var server := ""
## The scene that trains.
var scene := ""
## The run's seed.
var run_seed := 0
## The names of the populations.
var populations: PackedStringArray = []
## Generations to complete.
var generations_wanted := 0
## The folder of the run, absolute; empty without one.
var folder := ""
## The names of the objectives.
var objectives: PackedStringArray = []
## Of each objective, whether less of it is better.
var minimised: Array[bool] = []
## The figures of all generations.
var history := EvolveRunHistory.new()
## The report of the latest generation, empty before the first.
var latest: Dictionary = {}
## The Pareto front of the latest generation that sent one: a number for each objective.
var front: Array[PackedFloat64Array] = []
## The best brain so far, null before the first.
var champion: EvolveBrain = null
## Where the champion's file is, empty as long as the game has not said so.
var champion_path := ""


## Takes a message of the game, without its [code]evolve:[/code]. Gives what is wrong with it, one
## sentence; empty when all is well.
func take(message: String, data: Array) -> String:
	var takers: Dictionary[String, Callable] = {
		"began": _take_began,
		"joined": _take_joined,
		"generations": _take_generations,
		"champion": _take_champion,
		"paused": _take_paused,
		"ended": _take_ended,
		"saved": _take_saved,
	}
	if not takers.has(message):
		return (
			"the game sent 'evolve:%s', which this version of the add-on does not know." % message
		)
	return takers[message].call(data)


## The game is gone.
func close() -> void:
	if is_under_way() or state == State.GUEST:
		_set_state(State.CLOSED)


## Whether the game can be asked to pause, to save or to stop.
func is_under_way() -> bool:
	return state == State.RUNNING or state == State.PAUSED


## How it stands, in a word or two.
func state_text() -> String:
	return _STATE_TEXTS[state]


## Its figures in a line: the scene, the seed, the generation, the best fitness, the speed.
func figures() -> String:
	var parts := PackedStringArray()
	if not scene.is_empty():
		parts.append(scene.get_file())
		parts.append("seed %d" % run_seed if server.is_empty() else "as a worker of %s" % server)
	if not latest.is_empty():
		var done := int(latest["generation"]) + 1
		var wanted := " of %d" % generations_wanted if generations_wanted > 0 else ""
		parts.append("generation %d%s" % [done, wanted])
		parts.append("best %s" % EvolvePlotAxis.figure(float(latest["best_ever"])))
		var speed: Variant = latest.get("steps_per_second")
		if speed is float or speed is int:
			parts.append("%s steps/s" % EvolveLocalRun.grouped(roundi(float(speed))))
	return "  ·  ".join(parts)


## The species of the latest generation, oldest first: [code]population[/code], [code]id[/code],
## [code]size[/code], [code]best[/code], [code]mean[/code], and the [code]key[/code] of its colour.
func species_rows() -> Array[Dictionary]:
	var rows: Array[Dictionary] = []
	for entry: Dictionary in latest.get("species", []):
		var place := history.populations.find(str(entry.get("population", "main")))
		var row := entry.duplicate()
		row["key"] = EvolveRunHistory.species_key(place, int(entry["id"]))
		rows.append(row)
	rows.sort_custom(
		func(one: Dictionary, other: Dictionary) -> bool: return one["key"] < other["key"]
	)
	return rows


func _take_began(data: Array) -> String:
	if data.size() != 1 or not data[0] is Dictionary:
		return _refusal("began", "one dictionary")
	var info: Dictionary = data[0]
	for key: String in ["objectives", "populations"]:
		if not info.get(key, []) is Array and not info.get(key) is PackedStringArray:
			return "the game sent 'evolve:began' with '%s' that is no list of names." % key
	_forget()
	scene = str(info.get("scene", ""))
	run_seed = str(info.get("seed", 0)).to_int()
	folder = str(info.get("folder", ""))
	generations_wanted = str(info.get("generations", 0)).to_int()
	objectives = PackedStringArray(Array(info.get("objectives", [])).map(str))
	populations = PackedStringArray(Array(info.get("populations", [])).map(str))
	for flag: Variant in info.get("minimised", []):
		minimised.append(bool(flag))
	_show_new(State.RUNNING)
	return ""


func _take_joined(data: Array) -> String:
	if data.size() != 2:
		return _refusal("joined", "a scene and an address")
	_forget()
	scene = str(data[0])
	server = str(data[1])
	_show_new(State.GUEST)
	return ""


func _show_new(value: State) -> void:
	_set_state(value)
	for part: StringName in [&"generations", &"champion", &"front"]:
		changed.emit(part)


func _take_generations(data: Array) -> String:
	if data.size() != 1 or not data[0] is Array:
		return _refusal("generations", "one array of reports")
	var reports: Array = data[0]
	for entry: Variant in reports:
		if not entry is Dictionary:
			return _refusal("generations", "one array of reports")
		var report: Dictionary = entry
		var refusal := history.add_report(report)
		if not refusal.is_empty():
			return "the game sent 'evolve:generations' that cannot be used: %s" % refusal
		latest = report
		_take_front(report.get("front"))
	if not reports.is_empty():
		changed.emit(&"generations")
	return ""


func _take_front(sent: Variant) -> void:
	# With one objective the engine gives a count here, which is no front to draw.
	if not sent is Array:
		return
	var points: Array[PackedFloat64Array] = []
	for point: Variant in sent:
		if point is PackedFloat64Array:
			points.append(point)
	front = points
	changed.emit(&"front")


func _take_champion(data: Array) -> String:
	if data.size() != 2 or not data[0] is PackedByteArray:
		return _refusal("champion", "the bytes of a champion and its fitness")
	var found := EvolveBrain.new()
	found.data = data[0]
	if not found.problem().is_empty():
		return "the game sent a champion that cannot be read: %s." % found.problem()
	champion = found
	changed.emit(&"champion")
	return ""


func _take_paused(data: Array) -> String:
	if data.size() != 1 or not data[0] is bool:
		return _refusal("paused", "true or false")
	if is_under_way():
		_set_state(State.PAUSED if data[0] else State.RUNNING)
	return ""


func _take_ended(data: Array) -> String:
	if data.size() != 3 or not data[0] is bool:
		return _refusal("ended", "true or false, a sentence and the champion's path")
	sentence = str(data[1])
	champion_path = str(data[2])
	_set_state(State.FINISHED if data[0] else State.FAILED)
	changed.emit(&"sentence")
	return ""


func _take_saved(data: Array) -> String:
	if data.size() != 2:
		return _refusal("saved", "a path and a sentence")
	var path := str(data[0])
	if not path.is_empty():
		champion_path = path
	sentence = str(data[1]) if path.is_empty() else "The champion is saved as %s." % path
	changed.emit(&"sentence")
	return ""


func _forget() -> void:
	server = ""
	sentence = ""
	champion_path = ""
	history = EvolveRunHistory.new()
	latest = {}
	front = []
	minimised = []
	champion = null


func _set_state(value: State) -> void:
	state = value
	changed.emit(&"state")


func _refusal(message: String, expected: String) -> String:
	return "the game sent 'evolve:%s' without what belongs to it: %s." % [message, expected]
