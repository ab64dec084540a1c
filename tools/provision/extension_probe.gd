extends SceneTree
## Says whether the engine has loaded Evolve's native library; `tools/evolve doctor` runs it.


func _initialize() -> void:
	var extension: String = "res://addons/evolve/evolve.gdextension"
	print("extension loaded: ", GDExtensionManager.is_extension_loaded(extension))
	quit()
