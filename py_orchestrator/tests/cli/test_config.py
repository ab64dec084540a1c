"""`evolve config show`: what a run would have is what a run has, and who asked for each setting."""

import json
from pathlib import Path
from typing import Any

import pytest

from evolve import Evolution
from evolve.cli import main

Captured = pytest.CaptureFixture[str]

FILE = "[mutation]\nweight_rate = 0.3\nbias_rate = 0.4\n[[populations]]\nname = 'main'\nsize = 30\n"


def shown(capsys: Captured, *words: str) -> dict[str, Any]:
    assert main.run(["config", "show", *words, "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert isinstance(content, dict)
    return content


@pytest.fixture
def asked(here: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Settings from everywhere."""
    (here / "fast.toml").write_text(FILE)
    monkeypatch.setenv("EVOLVE_SET_MUTATION__BIAS_RATE", "0.5")
    monkeypatch.setenv("EVOLVE_SET_MUTATION__ADD_NODE_RATE", "0.25")
    return ["--config", "fast.toml", "--set", "mutation.add_node_rate=0.125", "--population", "40"]


def test_a_run_has_the_configuration_that_was_shown(asked: list[str], capsys: Captured) -> None:
    config = shown(capsys, "maze", *asked)["config"]
    assert main.run(["train", "maze", *asked, "--generations", "1", "--json", "--quiet"]) == 0
    checkpoint = json.loads(capsys.readouterr().out)["checkpoint"]
    assert json.loads(Evolution.load(checkpoint).config) == config


def test_every_value_names_who_asked_for_it_last(asked: list[str], capsys: Captured) -> None:
    settings = shown(capsys, "maze", *asked)["settings"]
    expected = {
        "mutation.weight_rate": (0.3, 0.8, "fast.toml"),
        "mutation.bias_rate": (0.5, 0.9, "EVOLVE_SET_MUTATION__BIAS_RATE"),
        "mutation.add_node_rate": (0.125, 0.02, "--set"),
        "populations.main.size": (40, 150, "--population"),
        "selection.strategy": ("novelty", "fitness", "world maze"),
        "mutation.replace_rate": (0.1, 0.1, "default"),
        "populations.main.outputs": (["turn", "speed"], None, "world maze"),
    }
    found = {key: tuple(settings[key].values()) for key in expected}
    assert found == expected


@pytest.mark.usefixtures("here")
def test_who_asks_for_what_was_there_already_is_named_all_the_same(capsys: Captured) -> None:
    settings = shown(capsys, "xor", "--set", "mutation.weight_rate=0.8")["settings"]
    assert settings["mutation.weight_rate"]["from"] == "--set"


@pytest.mark.usefixtures("here")
def test_a_person_reads_what_differs_and_how_much_does_not(capsys: Captured) -> None:
    assert main.run(["config", "show", "xor", "--set", "mutation.weight_rate=0.5"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["setting", "value", "default", "from"]
    assert "mutation.weight_rate" in [line.split("  ")[0] for line in lines]
    assert lines[-1].endswith(" more settings of the world xor have their defaults: --all shows them.")
    hidden = int(lines[-1].split()[0])
    assert main.run(["config", "show", "xor", "--all"]) == 0
    everything = capsys.readouterr().out.splitlines()
    assert len(everything) == len(lines) - 2 + hidden
    assert any(line.split() == ["mutation.weight_rate", "0.8", "0.8", "default"] for line in everything)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["xor", "--set", "evaluation.repeats=0"], "evaluation.repeats is 0, but must be from 1 to 10000"),
        (["nowhere.tscn"], "there is no scene "),
        (["xor", "--config", "no.toml"], "there is no configuration file no.toml: check the name"),
    ],
)
def test_mistakes_are_one_sentence(words: list[str], sentence: str, capsys: Captured) -> None:
    assert main.run(["config", "show", *words]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"evolve: {sentence}")


def test_a_run_that_goes_on_keeps_its_settings_whatever_the_environment_says(
    asked: list[str], capsys: Captured
) -> None:
    words = ["--generations", "1", "--quiet", "--out", "mine"]
    assert main.run(["train", "xor", *words, *asked]) == 0
    capsys.readouterr()
    assert main.run(["train", "--resume", "mine", "--generations", "2", "--json"]) == 0
    said = capsys.readouterr()
    assert "EVOLVE_SET_MUTATION__BIAS_RATE is left out: a run keeps what it was started with." in said.err
    assert "fast.toml" not in said.err
    config = json.loads(Evolution.load(json.loads(said.out)["checkpoint"]).config)
    assert config["mutation"]["add_node_rate"] == 0.125
