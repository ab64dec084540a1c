@tool
class_name EvolveSettings
extends RefCounted
## The project settings under [code]evolve/[/code], declared once; never holds a value of its own.

## Exported games ignore every [code]--evolve-*[/code] switch unless this setting is on.
const ALLOW_TRAINING_IN_EXPORTS := "evolve/allow_training_in_exports"
## Where Play keeps its runs, and where the panel looks for them.
const RUNS_FOLDER := "evolve/runs_folder"
## The file with the token for an inference service, never below [code]res://[/code]: what stands
## there, or in a setting, is exported with the game.
const INFERENCE_TOKEN_FILE := "evolve/inference_token_file"

## The variable by which the editor has Play join a run of the orchestrator; as good as the switch
## [code]--evolve-worker[/code].
const PLAY_AS_WORKER := "EVOLVE_PLAY_AS_WORKER"

## The variable that says what a worker is to the orchestrator; with [constant SPECTATOR] it plays
## the champions for somebody who watches, and nothing that is scored.
const ROLE := "EVOLVE_ROLE"
## See [constant ROLE].
const SPECTATOR := "spectator"

const _DEFAULTS: Dictionary[String, Variant] = {
	ALLOW_TRAINING_IN_EXPORTS: false,
	RUNS_FOLDER: "user://evolve",
	INFERENCE_TOKEN_FILE: "user://evolve_token",
}


## Makes the settings known, so that the editor lists them with type and default.
static func declare() -> void:
	for name: String in _DEFAULTS:
		if not ProjectSettings.has_setting(name):
			ProjectSettings.set_setting(name, _DEFAULTS[name])
		ProjectSettings.set_initial_value(name, _DEFAULTS[name])
		ProjectSettings.set_as_basic(name, true)
		ProjectSettings.add_property_info({"name": name, "type": typeof(_DEFAULTS[name])})


## Forgets the settings; those that were changed go from the project's file when it is saved.
static func withdraw() -> void:
	for name: String in _DEFAULTS:
		if ProjectSettings.has_setting(name):
			ProjectSettings.set_setting(name, null)


## Whether this program listens to [code]--evolve-*[/code] switches: always while developing,
## in an exported game only when the project says so.
static func training_allowed() -> bool:
	return not OS.has_feature("template") or bool(_value(ALLOW_TRAINING_IN_EXPORTS))


## Whether the editor started this game as a worker of an orchestrator.
static func plays_as_worker() -> bool:
	return training_allowed() and OS.has_environment(PLAY_AS_WORKER)


## Whether this worker only plays champions.
static func is_spectator() -> bool:
	return OS.get_environment(ROLE) == SPECTATOR


## Where runs are kept whose folder nobody named.
static func runs_folder() -> String:
	return str(_value(RUNS_FOLDER))


## The file with the token for an inference service; empty when it would be exported.
static func inference_token_file() -> String:
	var path := str(_value(INFERENCE_TOKEN_FILE))
	if path.begins_with("res://"):
		push_error(
			(
				"%s is %s, which is exported with the game: name a file in user://."
				% [INFERENCE_TOKEN_FILE, path]
			)
		)
		return ""
	return path


static func _value(name: String) -> Variant:
	return ProjectSettings.get_setting(name, _DEFAULTS[name])
