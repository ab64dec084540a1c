"""One champion over many seeds: the same scores in any order, and whoever plays them."""

import json
import statistics
from pathlib import Path
from typing import Any

import pytest

from evolve import Champion, Evolution, Results, complete_config, world_config
from evolve.errors import EvolveUserError
from evolve.training.evaluation import Evaluation, refuse_misfit

CONFIG: dict[str, Any] = json.loads(complete_config(world_config("maze")))


@pytest.fixture(scope="module")
def champion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    evolution = Evolution(world_config("maze"), 7)
    while evolution.generation < 1:
        batch = evolution.ask(64)
        assert batch is not None
        evolution.tell(batch.evaluate("maze"))
    path = tmp_path_factory.mktemp("champion") / "champion.evo"
    evolution.save_champion(str(path))
    return path


def play(evaluation: Evaluation, count: int) -> Results:
    batch = evaluation.ask(count)
    assert batch is not None
    return batch.evaluate("maze")


def finish(evaluation: Evaluation, count: int) -> list[float]:
    while not evaluation.over:
        evaluation.tell(play(evaluation, count))
    return evaluation.scores_of(0)


def test_a_score_depends_on_the_seed_alone(champion: Path) -> None:
    whole = finish(Evaluation(Champion.load(str(champion)), range(5, 25), CONFIG), 64)
    assert finish(Evaluation(Champion.load(str(champion)), range(5, 25), CONFIG), 3) == whole
    assert finish(Evaluation(Champion.load(str(champion)), range(24, 4, -1), CONFIG), 7) == whole[::-1]
    assert len(set(whole)) > 1


def test_training_gave_the_score_that_its_seed_gives_here(champion: Path) -> None:
    evolution = Evolution(world_config("maze"), 7)
    batch = evolution.ask(evolution.units)
    assert batch is not None
    told = evolution.tell(batch.evaluate("maze"))
    assert told["report"] is not None
    again = finish(Evaluation(Champion.load(str(champion)), batch.seeds, CONFIG), 64)
    assert told["report"]["best"] in again


def test_units_that_were_lost_come_again_and_the_first_answer_counts(champion: Path) -> None:
    evaluation = Evaluation(Champion.load(str(champion)), range(10), CONFIG)
    lost = evaluation.ask(4)
    assert lost is not None
    assert evaluation.release(lost.units) == 4
    assert evaluation.release(lost.units) == 0
    assert evaluation.waiting() == 10
    first = play(evaluation, 10)
    assert evaluation.tell(first)["accepted"] == 10
    assert evaluation.tell(lost.evaluate("maze")) == {"accepted": 0, "dropped": 4, "report": None}
    assert evaluation.over


def test_a_unit_is_handed_out_again_until_it_has_a_score(champion: Path) -> None:
    evaluation = Evaluation(Champion.load(str(champion)), range(5), CONFIG)
    evaluation.tell(play(evaluation, 3))
    again = evaluation.ask_again([1, 3])
    assert again is not None
    assert (again.units, again.seeds) == ([3], [3])
    assert evaluation.ask_again([1]) is None


def test_an_episode_that_ends_every_worker_ends_the_command_with_its_seed(champion: Path) -> None:
    evaluation = Evaluation(Champion.load(str(champion)), range(30, 40), CONFIG)
    with pytest.raises(
        EvolveUserError, match=r"the episode with the seed 34 ended three workers .*\(it died\)"
    ):
        evaluation.condemn(4, "it died")


def test_a_unit_that_nobody_asked_for_is_refused(champion: Path) -> None:
    evaluation = Evaluation(Champion.load(str(champion)), range(3), CONFIG)
    results = Results()
    results.add(17, [[1.0]], steps=1)
    with pytest.raises(ValueError, match="nobody asked for the unit 17"):
        evaluation.tell(results)


def test_the_figures_are_those_of_the_scores(champion: Path) -> None:
    evaluation = Evaluation(Champion.load(str(champion)), range(30, 50), CONFIG)
    scores = finish(evaluation, 64)
    figures = evaluation.figures(0)
    assert (figures.worst, figures.best) == (min(scores), max(scores))
    assert scores[figures.worst_seed - 30] == min(scores)
    assert scores[figures.best_seed - 30] == max(scores)
    assert (figures.mean, figures.median) == (statistics.fmean(scores), statistics.median(scores))


def test_where_less_is_better_the_worst_is_the_most(champion: Path) -> None:
    config = json.loads(json.dumps(CONFIG))
    config["evaluation"]["objectives"][0]["direction"] = "minimise"
    evaluation = Evaluation(Champion.load(str(champion)), range(10), config)
    scores = finish(evaluation, 64)
    assert evaluation.figures(0).worst == max(scores)


def test_a_champion_that_meets_others_or_senses_other_things_is_refused_in_a_sentence() -> None:
    champion = Path("champion.evo")
    population = CONFIG["populations"][0]
    refuse_misfit(champion, population["inputs"], population["outputs"], CONFIG)
    together = CONFIG | {"evaluation": CONFIG["evaluation"] | {"together": True}}
    two = CONFIG | {"populations": [population, population]}
    group = CONFIG | {"populations": [population | {"group": 2}]}
    for config in (together, two, group):
        with pytest.raises(EvolveUserError, match="meets others in its episodes, and eval plays it alone"):
            refuse_misfit(champion, population["inputs"], population["outputs"], config)
    with pytest.raises(EvolveUserError) as refused:
        refuse_misfit(champion, ["a"], population["outputs"], CONFIG)
    assert str(refused.value).startswith("champion.evo senses a, but here it would be left, half_left, ")
    with pytest.raises(EvolveUserError, match=r"champion.evo does b, but here it would be turn, speed: "):
        refuse_misfit(champion, population["inputs"], ["b"], CONFIG)
