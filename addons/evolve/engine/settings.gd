class_name EvolveSettings
extends RefCounted
## The project settings under [code]evolve/[/code], declared once; never holds a value of its own.

## Exported games ignore every [code]--evolve-*[/code] switch unless this setting is on.
const ALLOW_TRAINING_IN_EXPORTS := "evolve/allow_training_in_exports"


## Makes the settings known, so that the editor lists them with type and default.
static func declare() -> void:
	if not ProjectSettings.has_setting(ALLOW_TRAINING_IN_EXPORTS):
		ProjectSettings.set_setting(ALLOW_TRAINING_IN_EXPORTS, false)
	ProjectSettings.set_initial_value(ALLOW_TRAINING_IN_EXPORTS, false)
	ProjectSettings.set_as_basic(ALLOW_TRAINING_IN_EXPORTS, true)
	ProjectSettings.add_property_info(
		{"name": ALLOW_TRAINING_IN_EXPORTS, "type": TYPE_BOOL, "hint": PROPERTY_HINT_NONE}
	)


## Whether this program listens to [code]--evolve-*[/code] switches: always while developing,
## in an exported game only when the project says so.
static func training_allowed() -> bool:
	if not OS.has_feature("template"):
		return true
	return bool(ProjectSettings.get_setting(ALLOW_TRAINING_IN_EXPORTS, false))
