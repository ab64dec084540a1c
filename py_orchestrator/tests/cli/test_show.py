"""`evolve show`: a run and a champion in words and as JSON."""

import json
from pathlib import Path

import pytest

from evolve.cli import main

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def trained(here: Path, capsys: Captured) -> Path:
    assert main.run(["train", "xor", "--seed", "7", "--generations", "3", "--quiet"]) == 0
    capsys.readouterr()
    return here / "runs" / "xor-7-001"


def test_the_latest_run_is_shown_in_words(trained: Path, capsys: Captured) -> None:
    assert main.run(["show"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "runs/xor-7-001"
    assert lines[1:3] == ["world        xor", "seed         7"]
    assert lines[4] == "status       finished: 3 generations, as asked"
    assert lines[5].startswith("generations  3, the last with mean 2.")
    assert lines[6].startswith("champions    ")
    assert lines[7] == "species      the largest of the last generation"
    assert lines[8].startswith("  #")
    assert "senses       a, b" in lines
    assert "does         xor" in lines
    assert any(line.startswith("  xor        = steep_sigmoid(") for line in lines)
    assert trained.is_dir()


@pytest.mark.usefixtures("trained")
@pytest.mark.parametrize("name", ["xor-7-001", "runs/xor-7-001"])
def test_a_run_is_found_by_name_and_by_folder_and_shown_as_json(name: str, capsys: Captured) -> None:
    assert main.run(["show", name, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["generations"] == 3
    assert (facts["record"]["seed"], facts["status"]) == ("7", "finished")
    assert facts["history"]["scores"][0]["objective"] == "fitness"
    assert sum(one["size"] for one in facts["history"]["species"]) == 150
    assert facts["history"]["champions"][-1]["fitness"] == facts["champion"]["fitness"]
    assert facts["champion"]["inputs"] == ["a", "b"]
    assert all(isinstance(node["id"], str) for node in facts["champion"]["nodes"])


def test_a_champion_file_is_shown(trained: Path, capsys: Captured) -> None:
    assert main.run(["show", str(trained / "champion.evo")]) == 0
    assert capsys.readouterr().out.startswith("fitness      ")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("none.evo", "evolve: there is no champion none.evo: check the path\n"),
        ("none", "evolve: there is no run 'none': runs/ holds none here\n"),
    ],
)
def test_what_is_not_there_is_one_sentence(target: str, sentence: str, capsys: Captured) -> None:
    assert main.run(["show", target]) == 1
    assert capsys.readouterr().err == sentence


@pytest.mark.usefixtures("here")
def test_a_file_that_is_no_champion_is_one_sentence(capsys: Captured) -> None:
    Path("odd.evo").write_bytes(b"nonsense")
    assert main.run(["show", "odd.evo"]) == 1
    assert capsys.readouterr().err.startswith("evolve: odd.evo is no champion: ")


@pytest.mark.usefixtures("trained")
def test_an_unknown_run_names_those_that_are_there(capsys: Captured) -> None:
    assert main.run(["show", "xor-8"]) == 1
    assert capsys.readouterr().err == "evolve: there is no run 'xor-8': runs/ holds xor-7-001\n"


@pytest.mark.usefixtures("here")
def test_every_objective_and_population_is_shown(capsys: Captured) -> None:
    config = "[[evaluation.objectives]]\nname = 'fitness'\n[[evaluation.objectives]]\nname = 'x'\n"
    Path("two.toml").write_text(config)
    words = ["--config", "two.toml", "--set", "selection.strategy=nsga2"]
    assert main.run(["train", "maze", "--generations", "2", "--quiet", *words]) == 0
    capsys.readouterr()
    assert main.run(["show"]) == 0
    lines = capsys.readouterr().out.splitlines()
    place = lines.index("scores       of the last generation")
    assert [line.split()[:2] for line in lines[place + 1 : place + 3]] == [["fitness", "best"], ["x", "best"]]


def test_a_damaged_history_hides_nothing_else(trained: Path, capsys: Captured) -> None:
    (trained / "history.sqlite").write_bytes(b"nonsense" * 100)
    assert main.run(["show"]) == 0
    said = capsys.readouterr().out
    assert "history      runs/xor-7-001/history.sqlite cannot be read (file is not a database): " in said
    assert "senses       a, b" in said
