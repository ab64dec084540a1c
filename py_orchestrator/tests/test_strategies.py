"""Several objectives and behaviours through the public ask/tell API, as a researcher would write it."""

import json
from pathlib import Path
from typing import Any

import pytest

from evolve import (
    Champion,
    ConfigError,
    Evolution,
    EvolveError,
    ResultError,
    Results,
    complete_config,
    world_config,
)


def maze(**selection: object) -> str:
    config: dict[str, Any] = json.loads(world_config("maze"))
    config["populations"][0]["size"] = 40
    config["selection"] = selection
    return complete_config(json.dumps(config))


def pareto() -> str:
    config: dict[str, Any] = json.loads(world_config("maze"))
    config["populations"][0]["size"] = 40
    config["selection"] = {"strategy": "nsga2", "complexity": True}
    config["evaluation"]["objectives"] = [
        {"name": "fitness", "direction": "maximise"},
        {"name": "travelled", "direction": "minimise"},
    ]
    return complete_config(json.dumps(config))


def generation(evolution: Evolution) -> dict[str, Any]:
    while True:
        batch = evolution.ask(1_000)
        assert batch is not None
        report = evolution.tell(batch.evaluate("maze"))["report"]
        if report is not None:
            return dict(report)


def test_nsga2_keeps_a_front_that_nobody_in_it_dominates(tmp_path: Path) -> None:
    evolution = Evolution(pareto(), 3)
    reports = [generation(evolution) for _ in range(6)]
    assert (evolution.units, reports[-1]["evaluations"]) == (80, 40 + 5 * 80)
    gallery = evolution.gallery()
    assert len(gallery) == reports[-1]["front"] > 1
    assert [one["name"] for one in reports[-1]["objectives"]] == ["fitness", "travelled"]
    path = tmp_path / "brain.evo"
    evolution.save_exhibit(1, str(path))
    assert Champion.load(str(path)).fitness == gallery[1]["fitness"] == gallery[1]["objectives"][0]
    with pytest.raises(EvolveError, match=r"place is 99, but the gallery has \d+"):
        evolution.save_exhibit(99, str(path))


def test_map_elites_shows_who_holds_which_cell() -> None:
    evolution = Evolution(maze(strategy="map_elites"), 3)
    report = generation(evolution)
    gallery = evolution.gallery()
    assert len(gallery) == report["elites"] > 1
    assert report["species"] == []
    cells = {
        tuple(int(value / size * 20) for value, size in zip(one["behaviour"], (200, 150), strict=True))
        for one in gallery
    }
    assert len(cells) == len(gallery)


def test_a_run_by_novelty_is_the_same_after_a_resume(tmp_path: Path) -> None:
    whole = Evolution(maze(strategy="novelty"), 3)
    for _ in range(5):
        generation(whole)
    parted = Evolution(maze(strategy="novelty"), 3)
    for _ in range(2):
        generation(parted)
    parted.save(str(tmp_path / "checkpoint"))
    parted = Evolution.load(str(tmp_path / "checkpoint"))
    for _ in range(3):
        report = generation(parted)
    assert report["archive"] == 25
    assert parted.save(str(tmp_path / "parted")) == whole.save(str(tmp_path / "whole"))


def test_scores_of_ones_own_need_a_behaviour_where_it_is_asked_for() -> None:
    evolution = Evolution(maze(strategy="novelty"), 3)
    batch = evolution.ask(2)
    assert batch is not None
    assert (batch.objectives, batch.behaviour) == (["fitness"], ["x", "y"])
    results = Results()
    results.add(batch.units[0], [[1.0]], 3, behaviour=[[0.5, 2.0]])
    assert evolution.tell(Results.from_bytes(results.to_bytes()))["accepted"] == 1
    bare = Results()
    bare.add(batch.units[1], [[1.0]], 3)
    with pytest.raises(
        ResultError, match="have 0 numbers of behaviour for each member where the configuration has 2"
    ):
        evolution.tell(bare)
    with pytest.raises(ResultError, match="2 rows of behaviour for 1 members"):
        bare.add(batch.units[1], [[1.0]], 3, behaviour=[[], []])
    with pytest.raises(ResultError, match="a row of scores for each member, all of one length"):
        bare.add(batch.units[1], [[1.0], []], 3)


def test_strategies_that_lack_what_they_need_are_refused() -> None:
    config = json.loads(world_config("xor"))
    config["selection"] = {"strategy": "novelty"}
    with pytest.raises(
        ConfigError, match=r"evaluation.behaviour is an empty list, but must be a list with at least one"
    ):
        complete_config(json.dumps(config))
    config["selection"] = {"strategy": "roulette"}
    with pytest.raises(
        ConfigError, match=r"selection.strategy: unknown variant `roulette`, expected one of `fitness`"
    ):
        complete_config(json.dumps(config))
