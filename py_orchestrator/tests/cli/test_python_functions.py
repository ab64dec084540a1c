"""The commands with a Python function in place of a scene."""

import json
from pathlib import Path

import pytest

from evolve.cli import main

Captured = pytest.CaptureFixture[str]

GAME = """
import evolve

@evolve.evaluator(inputs=["x"], outputs=["y"], ticks=7, generations=3, fitness=99.0,
                  config={"populations": {"main": {"size": 10}}})
def play(episode):
    for _ in range(episode.ticks):
        y = episode.brain.think([episode.random.random()])[0]
    return y
"""


@pytest.fixture(autouse=True)
def game(here: Path) -> None:
    (here / "my_game.py").write_text(GAME)


def test_config_show_says_what_the_function_asks_for(capsys: Captured) -> None:
    assert main.run(["config", "show", "my_game.py:play", "--set", "evaluation.repeats=2", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["kind"] == "python"
    asked = {key: one["from"] for key, one in facts["settings"].items() if one["from"] != "default"}
    assert asked == {
        "evaluation.episode_ticks": "python my_game",
        "evaluation.repeats": "--set",
        "populations.main.inputs": "python my_game",
        "populations.main.outputs": "python my_game",
        "populations.main.size": "python my_game",
    }


def test_a_champion_of_a_function_is_shown_and_played_over_many_seeds(capsys: Captured) -> None:
    assert main.run(["train", "my_game.py:play", "--quiet", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["generations"], result["evaluations"]) == (3, 30)
    assert main.run(["show", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)["record"]
    assert (record["kind"], record["source"]) == ("python", f"{Path.cwd() / 'my_game.py'}:play")
    assert record["stop"] == {"generations": 3, "fitness": 99.0, "explicit": False}
    scores = []
    for workers in ("1", "3"):
        assert main.run(["eval", "--seeds", "30", "--workers", workers, "--json"]) == 0
        scores.append(json.loads(capsys.readouterr().out)["scores"]["fitness"])
    assert scores[0] == scores[1]
    assert len(set(scores[0])) > 1


def test_a_function_that_is_gone_when_its_run_goes_on_is_one_sentence(capsys: Captured) -> None:
    main.run(["train", "my_game.py:play", "--quiet", "--out", "mine"])
    Path("my_game.py").write_text(GAME.replace("def play", "def plays"))
    capsys.readouterr()
    assert main.run(["train", "--resume", "mine"]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        "evolve: my_game.py has no function play: did you mean plays?"
    )


def test_a_wrong_setting_is_refused_before_anything_is_made(capsys: Captured) -> None:
    assert main.run(["train", "my_game.py:play", "--set", "evaluation.repeats=0"]) == 1
    assert capsys.readouterr().err == "evolve: evaluation.repeats is 0, but must be from 1 to 10000\n"
    assert not Path("runs").exists()


def test_a_worker_without_an_address_is_one_sentence(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EVOLVE_SERVER", raising=False)
    assert main.run(["worker", "my_game.py:play"]) == 1
    assert capsys.readouterr().err == (
        "evolve: a worker needs the server of a run, which 'evolve train … --guests' says: "
        "give server=, or put it into the environment's EVOLVE_SERVER\n"
    )


def test_verify_is_refused_before_anything_is_made(capsys: Captured) -> None:
    assert main.run(["train", "my_game.py:play", "--verify", "3"]) == 1
    assert capsys.readouterr().err == (
        "evolve: --verify needs a scene or a world: what brains sense in a Python function is not traced\n"
    )
    assert not Path("runs").exists()
