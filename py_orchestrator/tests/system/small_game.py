"""Small games that others wrote, with the add-on copied into them; the real engine opens and plays them."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.system.processes import ROOT

ADDON = ROOT.parent / "addons" / "evolve"
CHAMPION = ROOT.parent / "spec" / "vectors" / "valid" / "champion.evo"
TROUBLE = re.compile(r"^\s*(?:USER |SCRIPT )*(?:ERROR|WARNING):")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
SECONDS = 150

SETTINGS = """config_version=5

[application]

config/name="A game"
run/main_scene="res://main.tscn"
config/features=PackedStringArray("4.4")

[autoload]
{autoloads}
[debug]
{warnings}
[editor_plugins]

enabled=PackedStringArray({plugins})
"""

# Without an inferred type or a loose call: it has to pass with every warning as an error.
GAME = {
    "player.gd": """extends Node2D

@onready var _agent: EvolveAgent = $EvolveAgent


func sense() -> PackedFloat32Array:
	return PackedFloat32Array([position.x / 100.0, 1.0])


func act(outputs: PackedFloat32Array) -> void:
	position.x += outputs[0]
	_agent.add_fitness(position.x)
""",
    "player.tscn": """[gd_scene load_steps=3 format=3]

[ext_resource type="Script" path="res://player.gd" id="1"]
[ext_resource type="Script" path="res://addons/evolve/nodes/evolve_agent.gd" id="2"]

[node name="Player" type="Node2D"]
script = ExtResource("1")

[node name="EvolveAgent" type="Node" parent="."]
script = ExtResource("2")
""",
    "main.gd": """extends Node

@onready var _trainer: EvolveTrainer = $EvolveTrainer


func _ready() -> void:
	var _failed: int = _trainer.training_failed.connect(_on_training_failed)
	var _finished: int = _trainer.training_finished.connect(_on_training_finished)


func _on_training_failed(reason: String) -> void:
	printerr("failed: ", reason)
	get_tree().quit(1)


func _on_training_finished(champion_path: String) -> void:
	print("trained ", champion_path.get_extension())
	var _changed: Error = get_tree().change_scene_to_file("res://level.tscn")
""",
    "main.tscn": """[gd_scene load_steps=4 format=3]

[ext_resource type="Script" path="res://main.gd" id="1"]
[ext_resource type="Script" path="res://addons/evolve/nodes/evolve_trainer.gd" id="2"]
[ext_resource type="PackedScene" path="res://player.tscn" id="3"]

[node name="Main" type="Node"]
script = ExtResource("1")

[node name="EvolveTrainer" type="Node" parent="."]
script = ExtResource("2")
agent_scene = ExtResource("3")
input_names = PackedStringArray("x", "one")
output_names = PackedStringArray("speed")
population_size = 10
generations = 2
episode_ticks = 20
""",
    "level.gd": """extends Node

var _ticks: int = 0

@onready var _first: Node2D = $First
@onready var _second: Node2D = $Second


func _physics_process(_delta: float) -> void:
	_ticks += 1
	if _ticks > 30:
		var is_alike: bool = _first.position.x != 0.0 and _first.position == _second.position
		print("moved alike" if is_alike else "moved to %s, %s" % [_first.position, _second.position])
		get_tree().quit()
""",
    "level.tscn": """[gd_scene load_steps=4 format=3]

[ext_resource type="Script" path="res://level.gd" id="1"]
[ext_resource type="PackedScene" path="res://player.tscn" id="2"]
[ext_resource type="Resource" path="res://champion.evo" id="3"]

[node name="Level" type="Node"]
script = ExtResource("1")

[node name="First" parent="." instance=ExtResource("2")]

[node name="EvolveAgent" parent="First" index="0"]
brain = ExtResource("3")

[node name="Second" parent="." instance=ExtResource("2")]

[node name="EvolveAgent" parent="Second" index="0"]
brain = ExtResource("3")
""",
}

# Ticks a plugin in the project settings, or unticks it, as the words behind -- say, and leaves. Not a
# coroutine: those are cancelled when the first scan reloads scripts.
SWITCH = """@tool
extends EditorPlugin

var _frames: int = 0


func _process(_delta: float) -> void:
	var words: PackedStringArray = OS.get_cmdline_user_args()
	if words.is_empty() or EditorInterface.get_resource_filesystem().is_scanning():
		return
	_frames += 1
	if _frames == 10:
		EditorInterface.set_plugin_enabled(words[1], words[0] == "enable")
	elif _frames == 20:
		var _saved: Error = ProjectSettings.save()
		get_tree().quit()
"""


def _plugin(name: str, script: str) -> dict[str, str]:
    config = f'[plugin]\n\nname="{name}"\ndescription=""\nauthor=""\nversion="1"\nscript="plugin.gd"\n'
    return {f"addons/{name}/plugin.cfg": config, f"addons/{name}/plugin.gd": script}


# Two add-ons of others, with names that anybody might take.
NEIGHBOURS = {
    **_plugin("tools", "@tool\nextends EditorPlugin\n"),
    "addons/tools/settings.gd": "class_name Settings\nextends Resource\n\n@export var volume: float = 1.0\n",
    "addons/tools/global.gd": 'extends Node\n\nvar title: String = "tools"\n',
    **_plugin("brains", "@tool\nextends EditorPlugin\n"),
    "addons/brains/brain.gd": "class_name Brain\nextends Node\n\nvar network: Network = Network.new()\n",
    "addons/brains/network.gd": "class_name Network\nextends RefCounted\n\nvar genome: int = 3\n",
    "addons/brains/runner.gd": """extends Brain


func _ready() -> void:
	print("neighbours ", Global.title, " ", network.genome, " ", Settings.new().volume)
""",
}


@dataclass
class SmallGame:
    folder: Path
    has_neighbours: bool = False
    # Lines below [debug] of the project's settings.
    warnings: str = ""
    without: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shutil.copytree(ADDON, self.folder / "addons/evolve", ignore=shutil.ignore_patterns(*self.without))
        files = GAME | _plugin("switch", SWITCH) | (NEIGHBOURS if self.has_neighbours else {})
        # By name, as the engine writes them.
        plugins = ["brains", "switch", "tools"] if self.has_neighbours else ["switch"]
        autoloads = '\nGlobal="*res://addons/tools/global.gd"\nRunner="*res://addons/brains/runner.gd"\n'
        files["project.godot"] = SETTINGS.format(
            autoloads=autoloads if self.has_neighbours else "",
            warnings=self.warnings,
            plugins=", ".join(f'"res://addons/{name}/plugin.cfg"' for name in plugins),
        )
        for name, text in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text)
        shutil.copyfile(CHAMPION, self.folder / "champion.evo")
        self.environment = {**os.environ, "XDG_DATA_HOME": str(self.folder.parent / "data")}
        self.note_extension()

    def note_extension(self) -> None:
        """A first start aborts at an extension that it does not know, but only a headless one."""
        if (self.folder / "addons/evolve/evolve.gdextension").is_file():
            (self.folder / ".godot").mkdir()
            (self.folder / ".godot/extension_list.cfg").write_text("res://addons/evolve/evolve.gdextension\n")

    def edit(self, *words: str) -> str:
        """The editor, which imports what is new, and does what the switch is told."""
        return self._run("--editor", *(["--", *words] if words else ["--quit"]))

    def play(self, scene: str = "main") -> str:
        """The main scene trains, and then changes to the level, where two agents have a champion."""
        # Frames, not seconds: a game that never ends is ended all the same.
        return self._run("--fixed-fps", "60", "--quit-after", "20000", f"res://{scene}.tscn")

    def settings(self) -> str:
        return (self.folder / "project.godot").read_text()

    def files(self) -> set[str]:
        """What there is but for the engine's own cache."""
        paths = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        return {path.as_posix() for path in paths if path.parts[0] != ".godot"}

    def _run(self, *words: str) -> str:
        command = [os.environ["GODOT"], "--headless", "--path", str(self.folder), *words]
        answer = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=SECONDS, env=self.environment
        )
        output = COLOURS.sub("", answer.stdout + answer.stderr)
        assert answer.returncode == 0, output
        return output


def troubles(output: str) -> list[str]:
    """Every error and warning with the line below it, whoever is to blame."""
    lines = output.splitlines()
    return [
        " | ".join(part.strip() for part in lines[number : number + 2])
        for number, line in enumerate(lines)
        if TROUBLE.match(line)
    ]
