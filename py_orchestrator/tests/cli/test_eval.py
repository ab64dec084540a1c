"""`evolve eval`: what a person reads about a champion over many seeds, and how mistakes are answered."""

import json
from pathlib import Path
from typing import Any

import pytest

from evolve.cli import main

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluated")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        main.run(["train", "xor", "--generations", "2", "--quiet"])
        words = ["--set", "evaluation.episode_ticks=50"]
        main.run(["train", "maze", "--generations", "2", "--quiet", *words])
    return folder


@pytest.fixture(autouse=True)
def inside(trained: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.chdir(trained)
    capsys.readouterr()


def evaluated(capsys: Captured, *words: str) -> dict[str, Any]:
    assert main.run(["eval", *words, "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert isinstance(content, dict)
    return content


def test_the_number_of_workers_changes_no_score(capsys: Captured) -> None:
    one = evaluated(capsys, "maze-1-001", "--seeds", "20", "--workers", "1")
    assert evaluated(capsys, "maze-1-001", "--seeds", "20", "--workers", "3") == one
    assert len(one["scores"]["fitness"]) == one["episodes"] == 20
    assert one["objectives"]["fitness"]["best"] == max(one["scores"]["fitness"])


def test_seeds_begin_where_they_are_told_to(capsys: Captured) -> None:
    whole = evaluated(capsys, "maze-1-001", "--seeds", "8")["scores"]["fitness"]
    assert evaluated(capsys, "maze-1-001", "--seeds", "3", "--seed", "4")["scores"]["fitness"] == whole[3:6]


def test_a_run_s_own_settings_hold_and_a_world_that_is_named_has_its_own(capsys: Captured) -> None:
    assert evaluated(capsys, "maze-1-001", "--seeds", "4")["steps"] <= 4 * 50
    file = "runs/maze-1-001/champion.evo"
    assert evaluated(capsys, file, "--world", "maze", "--seeds", "4")["steps"] > 4 * 50


def test_a_person_reads_the_worst_with_its_seed(capsys: Captured) -> None:
    assert main.run(["eval", "maze-1-001", "--seeds", "20"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "runs/maze-1-001/champion.evo in maze: 20 episodes, seeds 1 to 20"
    assert lines[2].split("  ")[0] == "objective"
    figures = evaluated(capsys, "maze-1-001", "--seeds", "20")["objectives"]["fitness"]
    assert lines[3].split()[4:6] == [f"{figures['worst']:.6g}", str(figures["worst_seed"])]
    assert lines[5].startswith("In training it was scored ")
    assert len(lines) == 6


def test_a_world_without_chance_is_said_to_be_one(capsys: Captured) -> None:
    assert main.run(["eval", "xor-1-001", "--seeds", "3"]) == 0
    said = capsys.readouterr().out
    assert said.endswith("Every episode gave the same: nothing in it is drawn from the seed.\n")
    assert evaluated(capsys, "xor-1-001", "--seeds", "3")["objectives"]["fitness"]["deviation"] == 0.0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["runs/xor-1-001/champion.evo"],
            "runs/xor-1-001/champion.evo does not say what it was trained in: "
            "name it with --world, or name a run",
        ),
        (
            ["xor-1-001", "--world", "double-pole"],
            "runs/xor-1-001/champion.evo senses a, b, but here it would be position, velocity, long_angle, "
            "long_velocity, short_angle, short_velocity: name what it was trained in with --world",
        ),
        (["xor-1-001", "--world", "moon"], "'moon' is no world and no scene: worlds are xor, "),
        (["none.evo", "--world", "xor"], "there is no champion none.evo: check the path"),
        (["none"], "there is no run 'none': runs/ holds "),
    ],
)
def test_mistakes_are_one_sentence(words: list[str], sentence: str, capsys: Captured) -> None:
    assert main.run(["eval", *words]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"evolve: {sentence}")
    assert captured.err.count("\n") == 1
