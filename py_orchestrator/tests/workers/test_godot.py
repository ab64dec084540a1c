"""Finding the engine and the scene, and the command of a worker."""

from pathlib import Path

import pytest

from evolve.errors import EvolveUserError
from evolve.workers.godot import Engine, Scene, demo_scene, find_engine, find_scene, worker_command


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "game"
    (root / ".godot").mkdir(parents=True)
    (root / "project.godot").touch()
    (root / "levels").mkdir()
    (root / "levels" / "track.tscn").touch()
    return root


def engine(folder: Path, says: str, name: str = "godot") -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' '{says}'\n")
    program.chmod(0o755)
    return program


def complaint_of_find_engine() -> str:
    with pytest.raises(EvolveUserError) as refused:
        find_engine()
    return str(refused.value)


def test_the_engine_named_in_the_environment_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = engine(tmp_path, "4.4.1.stable.official.abc")
    monkeypatch.setenv("GODOT", str(program))
    assert find_engine() == Engine(str(program), "4.4.1.stable.official.abc")


def test_godot4_on_the_path_comes_before_godot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine(tmp_path, "4.4.stable")
    four = engine(tmp_path, "4.6.3.stable", "godot4")
    monkeypatch.delenv("GODOT", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert find_engine() == Engine(str(four), "4.6.3.stable")


def test_no_engine_is_one_sentence_with_three_ways_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GODOT", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert complaint_of_find_engine() == (
        "no Godot engine was found: install Godot 4.4 or later, put its path into the environment "
        "variable GODOT, or use tools/evolve, which fetches one"
    )


@pytest.mark.parametrize("version", ["4.3.stable.official", "3.6.stable", "2.1"])
def test_an_engine_that_is_too_old_is_named_with_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    program = engine(tmp_path, version)
    monkeypatch.setenv("GODOT", str(program))
    assert complaint_of_find_engine() == (
        f"{program} is Godot {version}, too old for Evolve: install 4.4 or later, or name one in GODOT"
    )


def test_a_program_that_is_no_engine_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = engine(tmp_path, "usage: cat")
    monkeypatch.setenv("GODOT", str(program))
    assert (
        complaint_of_find_engine() == f"{program} does not say which Godot it is (it says 'cat'): check GODOT"
    )


def test_a_program_that_is_not_there_or_cannot_run_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GODOT", "/nowhere/godot")
    assert complaint_of_find_engine() == (
        "there is no program /nowhere/godot: put the path of Godot 4.4 or later into GODOT"
    )
    (tmp_path / "data").write_bytes(b"\x7fnothing")
    (tmp_path / "data").chmod(0o755)
    monkeypatch.setenv("GODOT", str(tmp_path / "data"))
    assert complaint_of_find_engine() == (
        f"{tmp_path / 'data'} cannot be started as a Godot engine: Exec format error"
    )


def test_a_scene_is_found_in_its_project(project: Path) -> None:
    scene = find_scene(str(project / "levels" / "track.tscn"))
    assert scene == Scene(project, "res://levels/track.tscn")
    assert scene.name == "track"


def test_a_resource_path_is_found_from_inside_the_project(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "levels")
    assert find_scene("res://levels/track.tscn") == Scene(project, "res://levels/track.tscn")


@pytest.mark.usefixtures("here")
def test_scenes_that_cannot_be_trained_are_one_sentence_each(project: Path) -> None:
    (project / "../loose.tscn").touch()
    (project / ".godot").rmdir()
    for name, complaint in {
        "none.tscn": r"there is no scene .*none\.tscn: check the path, or leave it out to train the XOR demo",
        "loose.tscn": r"loose\.tscn lies in no Godot project: no folder above it has a project\.godot",
        "game/levels/track.tscn": r"game was never imported: open it once in the Godot editor, or run",
        "res://a.tscn": r"res://a\.tscn needs a project: no folder above .* has a project\.godot",
    }.items():
        with pytest.raises(EvolveUserError, match=complaint):
            find_scene(name)


def test_the_demo_is_found_in_the_checkout_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVOLVE_CHECKOUT", str(tmp_path))
    with pytest.raises(EvolveUserError, match="the XOR demo is not here"):
        demo_scene()
    (tmp_path / "godot_project/demos/xor").mkdir(parents=True)
    (tmp_path / "godot_project/demos/xor/xor.tscn").touch()
    assert demo_scene() == tmp_path / "godot_project/demos/xor/xor.tscn"


def test_a_worker_runs_headless_at_a_fixed_step_and_its_token_is_on_no_command_line() -> None:
    command = worker_command(
        Engine("/opt/godot", "4.6.3"),
        Scene(Path("/game"), "res://a.tscn"),
        "ws://127.0.0.1:5/worker",
        "secret",
    )
    assert command.arguments == [
        "/opt/godot",
        "--headless",
        "--fixed-fps",
        "60",
        "--path",
        "/game",
        "res://a.tscn",
        "--",
        "--evolve-worker",
    ]
    assert command.environment == {"EVOLVE_SERVER": "ws://127.0.0.1:5/worker", "EVOLVE_TOKEN": "secret"}
