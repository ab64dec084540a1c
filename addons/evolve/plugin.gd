@tool
extends EditorPlugin
## Registers what Evolve adds to the editor; it never trains, stores or draws anything itself.
##
## The nodes register themselves by their class names and icons. What is left: settings with their
## types and defaults, the importer of ONNX models, the Evolve panel, and its connection to running
## games. What is written into the project's file while the plugin is enabled, an autoload, goes
## when it is disabled.

const DebuggerLink := preload("editor/debugger_link.gd")
const Door := preload("editor/editor_door.gd")
const EvolvePanel := preload("editor/panel.gd")
const OnnxImporter := preload("editor/onnx_importer.gd")

const _AUTOLOAD := "EvolveSceneCheck"

var _link: DebuggerLink
var _panel: EvolvePanel
var _importer: OnnxImporter


func _enable_plugin() -> void:
	add_autoload_singleton(_AUTOLOAD, "engine/scene_check.gd")


func _disable_plugin() -> void:
	remove_autoload_singleton(_AUTOLOAD)
	EvolveSettings.withdraw()
	ProjectSettings.save()
	Door.forget_settings()


func _enter_tree() -> void:
	EvolveSettings.declare()
	Door.declare_settings()
	_importer = OnnxImporter.new()
	add_import_plugin(_importer)
	_link = DebuggerLink.new()
	_panel = EvolvePanel.new(_link.live)
	_panel.command_given.connect(_link.send)
	add_debugger_plugin(_link)
	add_control_to_bottom_panel(_panel, "Evolve")
	_link.live.run_began.connect(make_bottom_panel_item_visible.bind(_panel))
	get_undo_redo().version_changed.connect(Door.refresh_warnings)


func _exit_tree() -> void:
	get_undo_redo().version_changed.disconnect(Door.refresh_warnings)
	remove_control_from_bottom_panel(_panel)
	remove_debugger_plugin(_link)
	remove_import_plugin(_importer)
	_panel.queue_free()
