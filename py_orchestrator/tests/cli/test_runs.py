"""`evolve runs`: what a person sees of the runs that are there, however they ended."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evolve.cli import main
from evolve.storage.run_folder import RunFolder

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def runs(here: Path, capsys: Captured) -> Path:
    for seed in ("1", "2"):
        assert main.run(["train", "xor", "--seed", seed, "--generations", "2", "--quiet"]) == 0
    capsys.readouterr()
    return here / "runs"


def change_record(folder: Path, **changes: Any) -> None:  # noqa: ANN401
    record = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(record | changes))


def listed(capsys: Captured, *words: str) -> list[dict[str, Any]]:
    assert main.run(["runs", *words, "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert isinstance(content, list)
    return content


def test_the_latest_run_stands_first_with_how_far_it_came(runs: Path, capsys: Captured) -> None:
    change_record(runs / "xor-1-001", started="2020-01-01T00:00:00+00:00")
    assert main.run(["runs"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["run", "trains", "seed", "status", "generations", "best", "started", "took"]
    assert [line.split()[:5] for line in lines[1:]] == [
        ["xor-2-001", "xor", "2", "finished", "2/2"],
        ["xor-1-001", "xor", "1", "finished", "2/2"],
    ]


def test_scripts_get_every_figure(runs: Path, capsys: Captured) -> None:
    change_record(runs / "xor-2-001", started="2020-01-01T00:00:00+00:00")
    first = listed(capsys)[0]
    assert first["run"] == "runs/xor-1-001"
    assert (first["kind"], first["source"], first["seed"], first["status"]) == (
        "world",
        "xor",
        "1",
        "finished",
    )
    assert (first["generations"], first["goal"], first["evaluations"]) == (2, 2, 300)
    assert first["best"] > 2
    assert first["seconds"] > 0


@pytest.mark.parametrize("status", ["starting", "running"])
def test_a_run_that_nobody_holds_is_stopped_whatever_it_says(
    runs: Path, status: str, capsys: Captured
) -> None:
    change_record(runs / "xor-1-001", status=status)
    assert {one["run"]: one["status"] for one in listed(capsys)} == {
        "runs/xor-1-001": "stopped",
        "runs/xor-2-001": "finished",
    }
    assert main.run(["show", "xor-1-001"]) == 0
    assert "status       was stopped: 'train --resume' goes on with it" in capsys.readouterr().out


def test_a_run_that_a_program_holds_is_running_and_being_asked_does_not_disturb_it(
    runs: Path, capsys: Captured
) -> None:
    program = (
        "import sys; from pathlib import Path; from evolve.storage.run_folder import RunFolder\n"
        "folder = RunFolder.open(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    change_record(runs / "xor-1-001", status="running")
    with subprocess.Popen(
        [sys.executable, "-c", program, str(runs / "xor-1-001")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert "running" in [one["status"] for one in listed(capsys)]
        holder.communicate()
    assert "running" not in [one["status"] for one in listed(capsys)]
    RunFolder.open(runs / "xor-1-001").close()


def test_of_a_run_that_godot_keeps_nobody_says_that_it_was_stopped(runs: Path, capsys: Captured) -> None:
    change_record(runs / "xor-1-001", status="running")
    (runs / "xor-1-001" / "lock").unlink()
    assert "unknown" in [one["status"] for one in listed(capsys)]


def test_a_damaged_run_is_said_and_hides_no_other(runs: Path, capsys: Captured) -> None:
    (runs / "xor-1-001" / "run.json").write_text("{")
    assert main.run(["runs"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1].startswith("xor-2-001 ")
    assert said[2].startswith("runs/xor-1-001/run.json cannot be read: ")
    assert listed(capsys)[1]["status"] == "damaged"


def test_a_run_s_own_folder_is_listed_alone(runs: Path, capsys: Captured) -> None:
    assert [one["run"] for one in listed(capsys, str(runs / "xor-1-001"))] == [str(runs / "xor-1-001")]


@pytest.mark.usefixtures("here")
def test_no_runs_are_no_mistake_but_a_folder_that_is_not_there_is(capsys: Captured) -> None:
    assert main.run(["runs"]) == 0
    assert capsys.readouterr().out == "No runs are in runs: 'evolve train' makes one.\n"
    assert listed(capsys) == []
    assert main.run(["runs", "elsewhere"]) == 1
    assert capsys.readouterr().err == (
        "evolve: there is no folder elsewhere: check the name, or leave it out to see runs/\n"
    )
