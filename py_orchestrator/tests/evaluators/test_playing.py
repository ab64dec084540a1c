"""Playing a batch with a function: every unit is scored, and a careless function is repeatable too."""

import json
import random

import numpy as np
import pytest
from tests.evaluators import games

import evolve
from evolve.evaluators.playing import each_played


def test_the_scores_of_xor_are_those_of_the_native_world() -> None:
    batch = games.batch_of(games.xor)
    assert evolve.play(batch, games.xor).to_bytes() == batch.evaluate("xor").to_bytes()


def test_a_score_does_not_depend_on_what_was_played_before() -> None:
    batch = games.batch_of(games.careless, units=20)
    whole = {played.unit: played.scores for played in each_played(batch, games.careless)}
    again = list(each_played(games.batch_of(games.careless, units=7), games.careless))
    assert all(whole[played.unit] == played.scores for played in again)


def test_episodes_have_seeds_and_a_generator_each() -> None:
    config = evolve.configuration(inputs=["x"], outputs=["y"], ticks=9, config={"evaluation": {"repeats": 2}})
    batch = evolve.Evolution(config, 3).ask(8)
    assert batch is not None
    first, other = list(evolve.episodes(batch))[:2]
    assert (first.seed, first.ticks) == (batch.seeds[0], 9)
    assert first.seed != other.seed
    assert first.random.random() == random.Random(first.seed).random() != other.random.random()


def test_the_caller_s_generators_go_on_as_if_nothing_had_been() -> None:
    random.seed(5)
    np.random.seed(5)
    expected = (random.random(), np.random.random())
    random.seed(5)
    np.random.seed(5)
    evolve.play(games.batch_of(games.careless), games.careless)
    assert (random.random(), np.random.random()) == expected


def test_those_who_meet_know_where_they_come_from() -> None:
    populations = [
        {"name": "hunters", "inputs": ["x"], "outputs": ["left", "right"], "size": 6, "group": 2},
        {"name": "prey", "inputs": ["x", "z"], "outputs": ["jump"], "size": 6},
    ]
    config = {"populations": populations, "evaluation": {"together": True}}
    batch = evolve.Evolution(evolve.configuration(config=config), 1).ask(3)
    assert batch is not None
    for episode in evolve.episodes(batch):
        assert [brain.population for brain in episode.brains] == ["hunters", "hunters", "prey"]
        assert [brain.inputs for brain in episode.brains] == [["x"], ["x"], ["x", "z"]]
        assert [len(brain.think([0.5] * len(brain.inputs))) for brain in episode.brains] == [2, 2, 1]
        assert episode.brains[2].outputs == ["jump"]
        with pytest.raises(
            evolve.EvolveUserError, match=r"3 brains meet in this episode: use episode\.brains"
        ):
            _ = episode.brain


def test_steps_are_the_thoughts_of_all_brains() -> None:
    (played,) = each_played(games.batch_of(games.xor, units=1), games.xor)
    assert played.steps == 4


def test_an_exception_is_told_with_its_line_and_carried_along() -> None:
    with pytest.raises(evolve.EvaluatorFailed) as failed:
        evolve.play(games.batch_of(games.raising, seed=1), games.raising)
    seed = games.batch_of(games.raising).seeds[0]
    line = games.raising.__code__.co_firstlineno + 2
    assert str(failed.value).endswith(
        f"games.py, line {line}, in raising: ZeroDivisionError: division by zero "
        f"(in the episode with the seed {seed})"
    )
    assert isinstance(failed.value.__cause__, ZeroDivisionError)


def test_a_wrong_score_is_told_with_the_seed_of_its_episode() -> None:
    batch = games.batch_of(games.undefined)
    with pytest.raises(evolve.EvaluatorFailed) as failed:
        evolve.play(batch, games.undefined)
    assert str(failed.value) == (
        f"undefined returned nan for fitness in the episode with the seed {batch.seeds[0]}: "
        "a score is a finite number"
    )


def test_what_a_person_says_becomes_the_configuration() -> None:
    config = json.loads(
        evolve.configuration(
            inputs=["x"],
            outputs=["y"],
            group=2,
            objectives={"speed": "maximise", "fuel": "minimise"},
            behaviour={"where": (-1.0, 2.0)},
            ticks=50,
            config={"populations": {"main": {"size": 40}}},
        )
    )
    assert config["evaluation"]["objectives"] == [
        {"direction": "maximise", "name": "speed"},
        {"direction": "minimise", "name": "fuel"},
    ]
    assert config["selection"]["strategy"] == "nsga2"
    assert config["evaluation"]["behaviour"][0] | {"bins": 0} == {
        "name": "where",
        "low": -1.0,
        "high": 2.0,
        "bins": 0,
    }
    assert (config["evaluation"]["together"], config["evaluation"]["episode_ticks"]) == (True, 50)
    assert (config["populations"][0]["group"], config["populations"][0]["size"]) == (2, 40)
