"""`evolve train` when something is wrong: one sentence, a code that is not 0, and nothing lost."""

import errno
import json
import socket
from pathlib import Path

import pytest
from tests.cli.test_train import Captured, result, train

from evolve.storage.run_folder import RunFolder
from evolve.training.run import RunUnderWay


def complaint(captured: Captured) -> str:
    """The last line on stderr; stdout stays empty on failure."""
    said = captured.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    return said.err.splitlines()[-1]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["xorr"],
            "evolve: 'xorr' is no world and no scene: worlds are xor, double-pole, double-pole-hidden, "
            "maze, a scene is a path that ends with .tscn, and a Python function is written FILE.py:FUNCTION",
        ),
        (
            ["xor", "--config", "no.toml"],
            "evolve: there is no configuration file no.toml: check the name after --config",
        ),
        (
            ["xor", "--config", "bad.toml"],
            "evolve: bad.toml is no valid TOML: Invalid value (at line 1, column 5)",
        ),
        (
            ["xor", "--out", "file/run"],
            "evolve: file/run is in the way of a folder: name another one with --out FOLDER",
        ),
        (["--resume", "nothing"], "evolve: there is no run 'nothing': runs/ holds none here"),
        (
            ["--resume", "x", "--set", "a=1"],
            "evolve: --set does not go with --resume: a run keeps what it was started with",
        ),
        (
            ["xor", "--set", "evaluation.repeats=0"],
            "evolve: evaluation.repeats is 0, but must be from 1 to 10000",
        ),
    ],
)
def test_bad_input_is_one_sentence_and_code_1(words: list[str], sentence: str, capsys: Captured) -> None:
    Path("bad.toml").write_text("a = = 1\n")
    Path("file").write_text("")
    assert train(*words) == 1
    assert complaint(capsys) == sentence
    assert not Path("runs").exists()


@pytest.mark.usefixtures("here")
def test_an_unknown_setting_is_named(capsys: Captured) -> None:
    assert train("xor", "--set", "mutations.rate=1") == 1
    assert "mutations" in complaint(capsys)
    assert not Path("runs").exists()


@pytest.mark.usefixtures("here")
def test_a_run_is_never_written_over(capsys: Captured) -> None:
    train("xor", "--generations", "1", "--out", "mine", "--quiet")
    capsys.readouterr()
    assert train("xor", "--out", "mine") == 1
    assert complaint(capsys) == (
        "evolve: mine already holds a run: go on with it with --resume mine, or name another folder"
    )


@pytest.mark.usefixtures("here")
def test_a_resumed_run_keeps_its_seed_and_its_world(capsys: Captured) -> None:
    train("xor", "--generations", "1", "--out", "mine", "--quiet")
    capsys.readouterr()
    assert train("--resume", "mine", "--seed", "2") == 1
    assert complaint(capsys) == "evolve: the run mine has the seed 1: leave out --seed"
    assert train("double-pole", "--resume", "mine") == 1
    assert complaint(capsys) == "evolve: the run mine trains xor, not double-pole: leave it out"


@pytest.mark.usefixtures("here")
def test_a_folder_that_cannot_be_written_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def refuse(path: Path, **_options: object) -> None:
        # The super-user, whom tests may run as, is never refused by a real folder.
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert train("xor", "--out", "closed/run") == 1
    assert complaint(capsys) == (
        "evolve: closed/run cannot be written: allow it, or put the run elsewhere with --out FOLDER"
    )


@pytest.mark.usefixtures("here")
def test_a_full_disk_ends_the_run_and_loses_no_finished_generation(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    train("xor", "--seed", "7", "--generations", "6", "--json")
    undisturbed = result(capsys)["digest"]
    drop = RunFolder.drop_old_checkpoints

    def full_after_three(folder: RunFolder) -> None:
        if folder.checkpoint(3).exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        drop(folder)

    with monkeypatch.context() as full:
        full.setattr(RunFolder, "drop_old_checkpoints", full_after_three)
        assert train("xor", "--seed", "7", "--generations", "6", "--out", "mine") == 1
    assert capsys.readouterr().err.splitlines()[-2:] == [
        "evolve: no space is left for mine/checkpoints/generation-000003.evolve: "
        "free some, or put the run elsewhere with --out FOLDER",
        "Nothing that was finished is lost: 'evolve train --resume mine' goes on after 3 generations.",
    ]
    assert train("--resume", "mine", "--json") == 0
    assert result(capsys)["digest"] == undisturbed


@pytest.mark.usefixtures("here")
def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    settle = RunUnderWay.settle

    def interrupted(run: RunUnderWay) -> None:
        settle(run)
        if run.generations == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(RunUnderWay, "settle", interrupted)
    assert train("xor", "--out", "mine") == 130
    assert complaint(capsys) == (
        "evolve: stopped; 2 generations are on disk: 'evolve train --resume mine' goes on from there"
    )
    assert json.loads(Path("mine/run.json").read_text())["status"] == "interrupted"


def test_a_port_in_use_is_one_sentence(here: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    project = here / "game"
    (project / ".godot").mkdir(parents=True)
    (project / "project.godot").touch()
    (project / "track.tscn").touch()
    engine = here / "godot"
    engine.write_text("#!/bin/sh\necho 4.6.3.stable\n")
    engine.chmod(0o755)
    monkeypatch.setenv("GODOT", str(engine))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert train("game/track.tscn", "--port", str(port)) == 1
    assert complaint(capsys) == (
        f"evolve: port {port} is in use by another program: "
        "leave out --port to take a free one, or name another"
    )
    # A run that came to nothing leaves nothing.
    assert list(Path("runs").iterdir()) == []


def test_an_objective_that_a_world_does_not_measure_leaves_no_run_behind(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("maze", "--objective", "nonsense", "--generations", "2") == 1
    assert complaint(capsys) == (
        "evolve: world maze measures fitness, x, y, travelled, but the objective nonsense was asked for"
    )
    assert not any((here / "runs").iterdir())
