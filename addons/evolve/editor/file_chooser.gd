@tool
extends RefCounted
## Asks for files and folders, and shows dialogs that are gone when they are answered.


## Asks for a folder anywhere.
static func ask_for_folder(asker: Node, title: String, chosen: Callable) -> void:
	var dialog := FileDialog.new()
	dialog.title = title
	dialog.file_mode = FileDialog.FILE_MODE_OPEN_DIR
	dialog.access = FileDialog.ACCESS_FILESYSTEM
	dialog.dir_selected.connect(chosen)
	show_once(asker, dialog)


## Asks where to save a file; champions belong into the project, other files anywhere.
static func ask_where_to_save(
	asker: Node, title: String, name: String, filter: String, in_project: bool, chosen: Callable
) -> void:
	var dialog := FileDialog.new()
	dialog.title = title
	dialog.file_mode = FileDialog.FILE_MODE_SAVE_FILE
	dialog.access = (FileDialog.ACCESS_RESOURCES if in_project else FileDialog.ACCESS_FILESYSTEM)
	dialog.filters = PackedStringArray([filter])
	dialog.current_file = name
	dialog.file_selected.connect(chosen)
	show_once(asker, dialog)


## Shows a dialog, and frees it when it is answered.
static func show_once(asker: Node, dialog: AcceptDialog) -> void:
	dialog.visibility_changed.connect(
		func() -> void:
			if not dialog.visible:
				dialog.queue_free()
	)
	asker.add_child(dialog)
	if dialog is FileDialog:
		dialog.popup_centered_ratio(0.5)
	else:
		dialog.popup_centered()
