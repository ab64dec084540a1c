class_name EvolveCommandLine
extends RefCounted
## Reads the [code]--evolve-*[/code] arguments that stand behind [code]--[/code]; never acts on
## them.
##
## Arguments of other people's making are left alone; an [code]--evolve-[/code] argument that is not
## known is refused, so that a typing mistake never trains something else for an hour.

## What the program was started for.
enum Mode { PLAY, HEADLESS, WORKER }

## The biggest number that an option takes: seeds are 63 bits wide.
const MAXIMUM := "9223372036854775807"

const _HELP := (
	"known are --evolve-generations N, --evolve-seed N, --evolve-out FOLDER, --evolve-resume"
	+ " and --evolve-worker"
)

## What the program was started for.
var mode := Mode.PLAY
## Generations to complete, -1 when not given.
var generations := -1
## The run's seed, -1 when not given.
var run_seed := -1
## The run's folder, empty when not given.
var folder := ""
## Whether to go on from the folder's newest checkpoint.
var resume := false
## What is wrong, one sentence; empty when nothing is.
var error := ""

var _seen: Dictionary[String, bool] = {}


## Reads arguments, usually those of [method OS.get_cmdline_user_args].
static func parse(arguments: PackedStringArray) -> EvolveCommandLine:
	var line := EvolveCommandLine.new()
	var place := 0
	while place < arguments.size() and line.error.is_empty():
		place += line._read(arguments, place) if arguments[place].begins_with("--evolve-") else 1
	line._conclude()
	return line


# Reads the option at a place; says how many arguments it took up.
func _read(arguments: PackedStringArray, place: int) -> int:
	var option := arguments[place].get_slice("=", 0)
	var has_value := arguments[place].contains("=")
	var value := arguments[place].substr(option.length() + 1)
	if _seen.has(option):
		error = "%s stands there twice." % option
	_seen[option] = true
	if option in ["--evolve-worker", "--evolve-resume"]:
		if has_value:
			error = "%s takes no value, but got '%s'." % [option, value]
		return 1
	if not option in ["--evolve-generations", "--evolve-seed", "--evolve-out"]:
		error = "%s is no option of Evolve; %s." % [option, _HELP]
		return 1
	if not has_value and (place + 1 >= arguments.size() or arguments[place + 1].begins_with("--")):
		error = "%s needs a value behind it." % option
		return 1
	_take(option, value if has_value else arguments[place + 1])
	return 1 if has_value else 2


func _take(option: String, value: String) -> void:
	match option:
		"--evolve-generations":
			generations = _whole_number(option, value, 1)
		"--evolve-seed":
			run_seed = _whole_number(option, value, 0)
		"--evolve-out":
			folder = value
			if value.is_empty():
				error = "%s needs the name of a folder." % option


func _whole_number(option: String, value: String, least: int) -> int:
	var digits := value.lstrip("0") if value.length() > 1 else value
	digits = "0" if digits.is_empty() else digits
	var is_number := value.is_valid_int() and not value[0] in "+-"
	var fits := digits.length() < MAXIMUM.length()
	fits = fits or (digits.length() == MAXIMUM.length() and digits <= MAXIMUM)
	if not is_number or not fits or digits.to_int() < least:
		error = (
			"%s needs a whole number from %d to %s, but got '%s'." % [option, least, MAXIMUM, value]
		)
		return -1
	return digits.to_int()


func _conclude() -> void:
	resume = _seen.has("--evolve-resume")
	if _seen.has("--evolve-worker"):
		mode = Mode.WORKER
		if _seen.size() > 1 and error.is_empty():
			error = "--evolve-worker goes with no other option: the orchestrator decides."
	elif not _seen.is_empty():
		mode = Mode.HEADLESS
		if folder.is_empty() and error.is_empty():
			error = "--evolve-out FOLDER is missing: where shall checkpoints and champion go?"
