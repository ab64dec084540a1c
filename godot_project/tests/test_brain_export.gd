extends EvolveTest
## A game that ships a champion: packed by the exporter, run alone, without the native library.

const _FILES: Dictionary[String, String] = {
	"project.godot":
	'config_version=5\n[application]\nconfig/name="Shipped"\nrun/main_scene="res://main.tscn"\n',
	"main.tscn":
	(
		'[gd_scene load_steps=2 format=3]\n\n[ext_resource type="Script" path="res://main.gd" id="1"]\n'
		+ '\n[node name="Main" type="Node"]\nscript = ExtResource("1")\n'
	),
	"main.gd":
	(
		'extends Node\nfunc _ready() -> void:\n\tvar brain: EvolveBrain = preload("res://champion.evo")'
		+ '\n\tprint("inputs ", ",".join(brain.input_names))\n\tfor life in 2:\n'
		+ "\t\tvar seen := PackedFloat32Array([0.5, 1.0])\n"
		+ '\t\tprint("thought ", brain.make_mind().think(seen).to_byte_array().hex_encode())\n'
		+ "\tget_tree().quit()\n"
	),
	"export_presets.cfg":
	(
		'[preset.0]\nname="Linux"\nplatform="Linux"\nrunnable=true\nexport_filter="all_resources"\n'
		+ 'include_filter=""\nexclude_filter=""\nexport_path="game"\n[preset.0.options]\n'
	),
}


func test_an_exported_game_has_its_champion_and_says_once_that_it_thinks_in_gdscript() -> void:
	if OS.get_name() != "Linux":
		skip("the game is exported for Linux")
		return
	seconds_limit = 120.0
	var project := _make_project()
	EvolveChildGodot.run(["--path", project, "--import"])
	var pack := make_folder().path_join("game.pck")
	var exported := EvolveChildGodot.run(["--path", project, "--export-pack", "Linux", pack])
	if not FileAccess.file_exists(pack):
		fail("there is no pack: " + exported.output.right(1000))
		return
	var game := EvolveChildGodot.run(["--path", pack.get_base_dir(), "--main-pack", pack])
	check_equal(game.exit_code, 0, game.output.right(1000))
	check_equal(game.lines_after("inputs"), PackedStringArray(["a,b"]), "inputs")
	check_equal(game.output.count("brains think in GDScript"), 1, "times it says so")
	var champion := FileAccess.get_file_as_bytes(project.path_join("champion.evo"))
	var mind := EvolveBrain.from_bytes(champion).make_mind()
	var thought := mind.think(PackedFloat32Array([0.5, 1.0])).to_byte_array().hex_encode()
	check_equal(game.lines_after("thought"), PackedStringArray([thought, thought]), "thoughts")


func _make_project() -> String:
	var project := make_folder()
	for name: String in _FILES:
		FileAccess.open(project.path_join(name), FileAccess.WRITE).store_string(_FILES[name])
	var vector := "res://../spec/vectors/valid/champion.evo"
	var champion := ProjectSettings.globalize_path("res://").path_join(vector.trim_prefix("res://"))
	DirAccess.copy_absolute(champion, project.path_join("champion.evo"))
	_copy_scripts("res://addons/evolve", project.path_join("addons/evolve"))
	return project


# Without the library, as on a platform that has none.
func _copy_scripts(from: String, to: String) -> void:
	DirAccess.make_dir_recursive_absolute(to)
	for folder in DirAccess.get_directories_at(from):
		_copy_scripts(from.path_join(folder), to.path_join(folder))
	for file in DirAccess.get_files_at(from):
		if file.get_extension() in ["gd", "uid", "svg"]:
			DirAccess.copy_absolute(from.path_join(file), to.path_join(file))
