extends EvolveTest
## A game as players get it: exported with the release program, the native library beside it.
## time limit: 300 s

const _SCENES: PackedStringArray = [
	"res://tests/fixtures/counting_agent.gd",
	"res://tests/fixtures/counting_agent.tscn",
	"res://tests/fixtures/counting_trainer.tscn",
]
const _PROJECT := """config_version=5
[application]
config/name="Shipped"
run/main_scene="res://tests/fixtures/counting_trainer.tscn"
[autoload]
Player="*res://player.gd"
[editor_plugins]
enabled=PackedStringArray("res://addons/evolve/plugin.cfg")
%s
"""
# Plays a champion, says what it came to, and leaves.
const _PLAYER := """extends Node
func _ready() -> void:
	var brain: EvolveBrain = preload("res://champion.evo")
	var thought := brain.make_mind().think(PackedFloat32Array([0.5, 1.0]))
	print("backend ", Evolve.backend())
	print("thought ", thought.to_byte_array().hex_encode())
	var imported: EvolveBrain = preload("res://walker.onnx")
	print("imported ", imported.make_mind().think(PackedFloat32Array([1.0, 1.0])))
	for frame in 200:
		await get_tree().process_frame
	get_tree().quit(7)
"""
const _PRESETS := """[preset.0]
name="Linux"
platform="Linux"
runnable=true
export_filter="all_resources"
include_filter=""
exclude_filter=""
export_path="game"
[preset.0.options]
custom_template/release="%s"
binary_format/embed_pck=false
binary_format/architecture="x86_64"
"""

var _switches: PackedStringArray = ["--", "--evolve-generations", "1", "--evolve-out"]


func test_an_exported_game_plays_its_champion_natively_and_ignores_the_switches() -> void:
	var game := _export("")
	if game.is_empty():
		return
	var folder := make_folder().path_join("run")
	var played := _play(game, _switches + PackedStringArray([folder]))
	check_equal(played.exit_code, 7, played.output.right(1000))
	check_equal(played.lines_after("backend"), PackedStringArray(["native"]))
	var champion := FileAccess.get_file_as_bytes(game.get_base_dir().path_join("../champion.evo"))
	var thought := EvolveBrain.from_bytes(champion).make_mind().think(
		PackedFloat32Array([0.5, 1.0])
	)
	check_equal(
		played.lines_after("thought"), PackedStringArray([thought.to_byte_array().hex_encode()])
	)
	check_equal(played.lines_after("imported"), PackedStringArray(["[7.0]"]))
	check_equal(DirAccess.dir_exists_absolute(folder), false, "a run that was asked for")
	check_equal(played.output.contains("--evolve"), false, "words about switches")
	OS.set_environment("EVOLVE_SERVER", "ws://127.0.0.1:9/evolve")
	OS.set_environment("EVOLVE_TOKEN", "secret")
	var asked := _play(game, ["--", "--evolve-worker"])
	OS.unset_environment("EVOLVE_SERVER")
	OS.unset_environment("EVOLVE_TOKEN")
	check_equal(asked.exit_code, 7, asked.output.right(1000))


func test_an_exported_game_whose_project_says_so_trains() -> void:
	var game := _export("[evolve]\nallow_training_in_exports=true\n")
	if game.is_empty():
		return
	var folder := make_folder().path_join("run")
	var trained := _play(game, _switches + PackedStringArray([folder]))
	check_equal(trained.exit_code, 0, trained.output.right(1000))
	check_equal(FileAccess.file_exists(folder.path_join("champion.evo")), true, "champion")


# The exported game's program; empty, with the test skipped, where there is nothing to export with.
func _export(settings: String) -> String:
	var template := OS.get_executable_path().get_base_dir().path_join("godot-template-release")
	if not FileAccess.file_exists(template):
		skip("the engine here came without the program that exported games run on")
	if skip_without_native():
		return ""
	seconds_limit = 180.0
	var project := make_folder()
	var files: Dictionary[String, String] = {
		"project.godot": _PROJECT % settings,
		"player.gd": _PLAYER,
		"export_presets.cfg": _PRESETS % template,
		".godot/extension_list.cfg": "res://addons/evolve/evolve.gdextension\n",
	}
	for path in _SCENES:
		files[path.trim_prefix("res://")] = FileAccess.get_file_as_string(path)
	for name in files:
		DirAccess.make_dir_recursive_absolute(project.path_join(name).get_base_dir())
		FileAccess.open(project.path_join(name), FileAccess.WRITE).store_string(files[name])
	var vector := ProjectSettings.globalize_path("res://").path_join("../spec/vectors/valid")
	DirAccess.copy_absolute(vector.path_join("champion.evo"), project.path_join("champion.evo"))
	DirAccess.copy_absolute("res://tests/fixtures/policy.onnx", project.path_join("walker.onnx"))
	_copy("res://addons/evolve", project.path_join("addons/evolve"))
	EvolveChildGodot.run(["--path", project, "--import"])
	var game := project.path_join("build/game")
	DirAccess.make_dir_absolute(game.get_base_dir())
	var export := EvolveChildGodot.run(["--path", project, "--export-release", "Linux", game])
	if not FileAccess.file_exists(game):
		fail("there is no game: " + export.output.right(1000))
		return ""
	return game


func _play(game: String, arguments: PackedStringArray) -> EvolveChildGodot:
	# The copy lies elsewhere than the libraries that the program was built for.
	var libraries := OS.get_executable_path().get_base_dir().path_join("../lib")
	var folders := PackedStringArray()
	for folder in DirAccess.get_directories_at(libraries):
		folders.append(libraries.path_join(folder))
	OS.set_environment("LD_LIBRARY_PATH", ":".join(folders))
	var run := EvolveChildGodot.start_program(game, arguments).finished()
	OS.unset_environment("LD_LIBRARY_PATH")
	return run


func _copy(from: String, to: String) -> void:
	DirAccess.make_dir_recursive_absolute(to)
	for folder in DirAccess.get_directories_at(from):
		_copy(from.path_join(folder), to.path_join(folder))
	for file in DirAccess.get_files_at(from):
		DirAccess.copy_absolute(from.path_join(file), to.path_join(file))
