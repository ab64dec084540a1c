"""The add-on's folder copied alone into projects of others: enabled, opened, played, and disabled again."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.system.small_game import SmallGame, troubles

pytestmark = [
    pytest.mark.system,
    # The editor starts up to four times; on a machine with much else to do that takes a while.
    pytest.mark.timeout(400),
    pytest.mark.skipif(not os.environ.get("GODOT"), reason="GODOT names no engine: tools/test sees to it"),
]

LIBRARIES = ("*.so", "*.dll", "*.dylib", "*.wasm")
WARNING_NAMES = """extends SceneTree


func _initialize() -> void:
	for property: Dictionary in ProjectSettings.get_property_list():
		if str(property["name"]).begins_with("debug/gdscript/warnings/") and property["type"] == TYPE_INT:
			print(property["name"])
	quit()
"""

Make = Callable[..., SmallGame]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def build(**options: object) -> SmallGame:
        return SmallGame(tmp_path / "game", **options)  # type: ignore[arg-type]

    return build


@pytest.fixture(scope="module")
def strictest(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Every warning that this engine has, as an error."""
    folder = tmp_path_factory.mktemp("warnings")
    (folder / "project.godot").write_text("config_version=5\n")
    (folder / "names.gd").write_text(WARNING_NAMES)
    command = [os.environ["GODOT"], "--headless", "--path", str(folder), "--script", "res://names.gd"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    names = re.findall(r"^debug/(gdscript/warnings/\w+)$", answer.stdout, re.MULTILINE)
    assert len(names) > 30
    return "\n" + "".join(f"{name}=2\n" for name in names)


@pytest.mark.parametrize(
    ("has_neighbours", "is_strict"),
    [(False, False), (True, True)],
    ids=["empty, defaults", "others, strictest"],
)
def test_enabled_and_played_without_an_error_or_a_warning(
    make: Make, strictest: str, has_neighbours: bool, is_strict: bool
) -> None:
    game = make(has_neighbours=has_neighbours, warnings=strictest if is_strict else "")
    opened = game.edit("enable", "evolve")
    assert troubles(opened) == []
    assert "res://addons/evolve/plugin.cfg" in game.settings()
    played = game.play()
    assert troubles(played) == []
    assert "trained evo" in played
    assert "moved alike" in played
    assert ("neighbours tools 3 1" in played) == has_neighbours


def test_the_warnings_of_the_strict_game_are_not_asleep(make: Make, strictest: str) -> None:
    game = make(warnings=strictest)
    (game.folder / "player.gd").write_text("extends Node2D\n\nvar untyped = 3\n")
    assert "Warning treated as error" in game.edit("enable", "evolve")


def test_without_the_native_library_a_champion_plays_and_it_is_said_once(make: Make) -> None:
    game = make(without=LIBRARIES)
    opened, played = game.edit("enable", "evolve"), game.play("level")
    # The engine itself misses the file that evolve.gdextension names, and says so; nobody else does.
    for trouble in troubles(opened + played):
        assert re.search(r"open_dynamic_library|dynamic library not found|loading extension", trouble), (
            trouble
        )
    assert "moved alike" in played
    assert played.count("brains think in GDScript") == 1


def test_disabling_leaves_no_trace_even_where_somebody_else_enabled(make: Make) -> None:
    game = make(has_neighbours=True)
    # The engine writes the settings in its own words first, and at the second start a .uid beside the
    # champion, so that only what the plugin does is compared.
    game.edit("disable", "evolve")
    game.edit("disable", "evolve")
    settings, files = game.settings(), game.files()
    game.edit("enable", "evolve")
    enabled = game.settings()
    assert "evolve/plugin.cfg" in enabled
    assert "EvolveSceneCheck" in enabled.split("[autoload]")[1].split("[editor_plugins]")[0]
    # A colleague fetches the project: it comes without the engine's cache.
    shutil.rmtree(game.folder / ".godot")
    game.note_extension()
    assert troubles(game.edit("disable", "evolve")) == []
    assert game.settings() == settings
    assert game.files() == files
