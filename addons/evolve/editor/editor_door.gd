@tool
extends RefCounted
## What the panel asks of the editor: icons, colours, settings, the scene that is open. Outside the
## editor, where tests run, there are sensible answers too.

## The editor setting with the command of the orchestrator.
const COMMAND_SETTING := "evolve/orchestrator_command"

const _DEFAULT_COMMAND := "evolve"
const _SECTION := "evolve"


## Makes the editor setting known.
static func declare_settings() -> void:
	var settings := EditorInterface.get_editor_settings()
	if not settings.has_setting(COMMAND_SETTING):
		settings.set_setting(COMMAND_SETTING, _DEFAULT_COMMAND)
	settings.set_initial_value(COMMAND_SETTING, _DEFAULT_COMMAND, false)
	settings.add_property_info({"name": COMMAND_SETTING, "type": TYPE_STRING})


## Forgets the editor setting, unless somebody changed it.
static func forget_settings() -> void:
	var settings := EditorInterface.get_editor_settings()
	if settings.get_setting(COMMAND_SETTING) == _DEFAULT_COMMAND:
		settings.erase(COMMAND_SETTING)


## The command that starts the orchestrator.
static func orchestrator_command() -> String:
	if not Engine.is_editor_hint():
		return _DEFAULT_COMMAND
	return str(EditorInterface.get_editor_settings().get_setting(COMMAND_SETTING))


## Something that the panel remembers for this project, outside of it.
static func remembered(key: String, otherwise: Variant) -> Variant:
	if not Engine.is_editor_hint():
		return otherwise
	return EditorInterface.get_editor_settings().get_project_metadata(_SECTION, key, otherwise)


## Remembers something for this project.
static func remember(key: String, value: Variant) -> void:
	if Engine.is_editor_hint():
		EditorInterface.get_editor_settings().set_project_metadata(_SECTION, key, value)


## The file of the scene that is open; empty without one.
static func open_scene() -> String:
	var root := EditorInterface.get_edited_scene_root() if Engine.is_editor_hint() else null
	return root.scene_file_path if root != null else ""


## The trainer of the scene that is open; null without one.
static func open_trainer() -> EvolveTrainer:
	var root := EditorInterface.get_edited_scene_root() if Engine.is_editor_hint() else null
	if root == null or root is EvolveTrainer:
		return root as EvolveTrainer
	for node in root.find_children("*", "Node", true, true):
		if node is EvolveTrainer:
			return node as EvolveTrainer
	return null


## The trainer of the scene that is open looks for what is wrong with its settings again. The scene
## tree asks it only when a property of its own is different, and a resource of it that is edited in
## the inspector says nothing.
static func refresh_warnings() -> void:
	var trainer := open_trainer()
	if trainer != null:
		trainer.update_configuration_warnings()


## Plays the scene that is open.
static func play_open_scene() -> void:
	EditorInterface.play_current_scene()


## A sentence with the project's user folder as [code]user://[/code]: a line of the panel has no
## room for the long way there.
static func with_short_paths(sentence: String) -> String:
	return sentence.replace(OS.get_user_data_dir(), "user:/")


## A file came into the project.
static func rescan_files() -> void:
	if Engine.is_editor_hint():
		EditorInterface.get_resource_filesystem().scan()


## Gives a button one of the editor's icons, where there are any.
static func set_icon(button: Button, icon: StringName) -> void:
	if button.has_theme_icon(icon, &"EditorIcons"):
		button.icon = button.get_theme_icon(icon, &"EditorIcons")


## Shows one of the editor's icons instead of a button's text, which becomes its help.
static func shorten_to_icon(button: Button, icon: StringName) -> void:
	if not button.has_theme_icon(icon, &"EditorIcons"):
		return
	set_icon(button, icon)
	if not button.text.is_empty():
		button.tooltip_text = ("%s\n%s" % [button.text, button.tooltip_text]).strip_edges()
		button.text = ""


## One of the editor's colours, or the colour of text where there is none.
static func colour(control: Control, name: StringName) -> Color:
	if control.has_theme_color(name, &"Editor"):
		return control.get_theme_color(name, &"Editor")
	return control.get_theme_color(&"font_color", &"Label")


## A length in pixels for the scale of this editor.
static func scaled(length: float) -> float:
	return length * (EditorInterface.get_editor_scale() if Engine.is_editor_hint() else 1.0)
