@tool
extends EditorPlugin
## Registers what Evolve adds to the editor; it never trains, stores or draws anything itself.
##
## The nodes register themselves by their class names and icons, so there is one thing left to do:
## declare the project settings, so that they show up with their type and default.


func _enter_tree() -> void:
	EvolveSettings.declare()
