extends EvolveTest
## ONNX files that lie in a project: each is a brain, or an error says why it is none.
## time limit: 120 s

const _PROJECT := """config_version=5
[application]
config/name="Theirs"
[editor_plugins]
enabled=PackedStringArray("res://addons/evolve/plugin.cfg")
"""
const _KEPT := '[remap]\n\nimporter="keep"\n'
const _LOOK := """extends SceneTree
func _initialize() -> void:
	var brain := load("res://walker.onnx") as EvolveBrain
	print("names ", brain.input_names, brain.output_names)
	print("thought ", brain.make_mind().think(PackedFloat32Array([1.0, 1.0])))
	quit()
"""


func test_a_file_of_the_project_is_the_brain_that_its_bytes_are() -> void:
	if skip_without_native():
		return
	var brain := load("res://tests/fixtures/policy.onnx") as EvolveBrain
	if not check_not_null(brain, "brain"):
		return
	check_equal(brain.data, FileAccess.get_file_as_bytes("res://tests/fixtures/policy.evo"))
	check_equal(brain.resource_path, "res://tests/fixtures/policy.onnx")


func test_a_first_import_makes_brains_and_names_what_stands_in_the_way() -> void:
	if skip_without_native():
		return
	seconds_limit = 100.0
	var project := _project()
	var said := EvolveChildGodot.run(["--path", project, "--import"]).output
	check_equal(
		said.contains(
			"res://selu.onnx is no brain for games: the operator Selu cannot be imported"
		),
		true,
		said.right(2000)
	)
	check_equal(
		said.contains("res://torn.onnx is no brain for games: this is no sound"), true, "torn"
	)
	check_equal(said.contains("choose Keep File in the Import dock"), true, "the way out")
	check_equal(said.contains("walker.onnx is no brain"), false, "the other one")
	check_equal(said.contains("kept.onnx is no brain"), false, "what is kept")
	var look := EvolveChildGodot.run(["--path", project, "--script", "res://look.gd"])
	check_equal(look.lines_after("names"), PackedStringArray(['["a", "b"]["x"]']), look.output)
	check_equal(look.lines_after("thought"), PackedStringArray(["[7.0]"]))


func test_what_the_panel_exports_into_a_project_is_kept_as_it_is() -> void:
	var settings := "res://tests/exported.onnx.import"
	EvolveOnnxExport.keep(ProjectSettings.globalize_path(settings.trim_suffix(".import")))
	var kept := FileAccess.get_file_as_string(settings)
	DirAccess.remove_absolute(settings)
	check_equal(kept, _KEPT)
	var elsewhere := make_folder().path_join("exported.onnx")
	EvolveOnnxExport.keep(elsewhere)
	check_equal(FileAccess.file_exists("%s.import" % elsewhere), false, "elsewhere")


# A project of somebody else, who has just copied the add-on into it.
func _project() -> String:
	var project := make_folder()
	var files: Dictionary[String, String] = {
		"project.godot": _PROJECT,
		"look.gd": _LOOK,
		"torn.onnx": "no model",
		"kept.onnx": "no model",
		"kept.onnx.import": _KEPT,
		".godot/extension_list.cfg": "res://addons/evolve/evolve.gdextension\n",
	}
	for name in files:
		DirAccess.make_dir_recursive_absolute(project.path_join(name).get_base_dir())
		FileAccess.open(project.path_join(name), FileAccess.WRITE).store_string(files[name])
	DirAccess.copy_absolute("res://tests/fixtures/policy.onnx", project.path_join("walker.onnx"))
	var theirs := FileAccess.get_file_as_bytes("res://tests/fixtures/policy.onnx").hex_encode()
	var selu := theirs.replace(
		"Relu".to_utf8_buffer().hex_encode(), "Selu".to_utf8_buffer().hex_encode()
	)
	FileAccess.open(project.path_join("selu.onnx"), FileAccess.WRITE).store_buffer(
		selu.hex_decode()
	)
	var folder := DirAccess.open(project)
	folder.make_dir("addons")
	var addon := ProjectSettings.globalize_path("res://addons/evolve")
	check_equal(folder.create_link(addon, project.path_join("addons/evolve")), OK, "link")
	return project
