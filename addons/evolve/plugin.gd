@tool
extends EditorPlugin
## Registers what Evolve adds to the editor; it never trains, stores or draws anything itself.
##
## The nodes register themselves by their class names and icons. What is written into the project's
## file while the plugin is enabled, an autoload, goes when it is disabled.

const _AUTOLOAD := "EvolveSceneCheck"


func _enable_plugin() -> void:
	add_autoload_singleton(_AUTOLOAD, "engine/scene_check.gd")


func _disable_plugin() -> void:
	remove_autoload_singleton(_AUTOLOAD)
	EvolveSettings.withdraw()
	ProjectSettings.save()


func _enter_tree() -> void:
	EvolveSettings.declare()
