"""`--verify N`: the sample, what is too much, and what a person is told."""

import json
from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from evolve import Champion, Evolution, WorkBatch, complete_config, world_config
from evolve.errors import EvolveUserError
from evolve.training.native_backend import NativeBackend
from evolve.training.verification import explain, figures, sample, verify, words
from evolve.workers.checks import Checks
from evolve.workers.comparison import Difference, Play, PlaysDiffer, compare


@given(
    some.integers(0, 2**63 - 1),
    some.integers(0, 1_000),
    some.integers(1, 60),
    some.integers(1, 5),
    some.integers(1, 100),
)
def test_a_sample_has_that_many_different_units_of_the_generation(
    seed: int, generation: int, units: int, islands: int, count: int
) -> None:
    chosen = sample(seed, generation, units * islands, islands, count)
    assert len(chosen) == min(count, units * islands)
    for unit in chosen:
        assert unit >> 32 == generation
        assert unit >> 24 & 0xFF < islands
        assert unit & 0xFFFFFF < units
    assert chosen == sample(seed, generation, units * islands, islands, count)


def test_samples_of_a_run_are_not_the_same_places_over_and_over() -> None:
    places = {unit & 0xFFFFFFFF for generation in range(50) for unit in sample(7, generation, 100, 1, 5)}
    assert len(places) > 80


def test_a_chosen_unit_is_one_of_those_that_the_engine_hands_out() -> None:
    evolution = Evolution(world_config("xor"), 3)
    batch = evolution.ask(10_000)
    assert batch is not None
    assert sample(3, 0, evolution.units, 1, 20) <= set(batch.units)


def test_more_than_a_frame_can_carry_is_refused_with_what_would_fit() -> None:
    config = json.loads(world_config("xor")) | {"evaluation": {"episode_ticks": 1_000_000}}
    evolution = Evolution(complete_config(json.dumps(config)), 1)
    verify(Checks(), evolution, 16)
    with pytest.raises(EvolveUserError) as refusal:
        verify(Checks(), evolution, 17)
    assert str(refusal.value) == (
        "--verify 17 is too much for episodes of up to 1,000,000 ticks, whose traces would take more than "
        "8 MiB in a generation: --verify 16 is the most for them"
    )


def checks_with(equal: int, elsewhere: int, abandoned: int = 0) -> Checks:
    checks = Checks()
    checks.equal, checks.elsewhere, checks.abandoned = equal, elsewhere, abandoned
    return checks


@pytest.mark.parametrize(
    ("checks", "is_world", "sentence"),
    [
        (checks_with(0, 0), False, ""),
        (checks_with(1, 1), False, "Verified 1 unit on another worker: all equal."),
        (checks_with(1200, 1200), False, "Verified 1,200 units on another worker: all equal."),
        (
            checks_with(9, 0),
            False,
            "Verified 9 units by playing each again on the one worker there is: all equal.",
        ),
        (checks_with(9, 4), False, "Verified 9 units, 4 of them on another worker: all equal."),
        (
            checks_with(9, 0),
            True,
            "Verified 9 units by playing each again, alone on one thread: all equal.",
        ),
        (
            checks_with(9, 9, 2),
            False,
            "Verified 9 units on another worker: all equal. 2 more could not be: three workers died playing "
            "it again.",
        ),
    ],
)
def test_the_end_says_what_was_verified(checks: Checks, is_world: bool, sentence: str) -> None:
    assert words(checks, is_world) == sentence
    assert figures(checks) == {
        "equal": checks.equal,
        "elsewhere": checks.elsewhere,
        "abandoned": checks.abandoned,
    }


@pytest.fixture
def difference() -> Difference:
    evolution = Evolution(world_config("double-pole"), 3)
    batch = evolution.ask(1)
    assert batch is not None
    batch.ask_for_traces(batch.units)
    results = batch.evaluate("double-pole")
    episode = results.episode(batch.units[0])
    assert episode is not None
    other = array("Q", episode["trace"])
    other[4] ^= 1 << 50
    second = Play("worker-2", {**episode, "scores": [0.5], "trace": other.tobytes()})
    found = compare(batch.units[0], batch.to_bytes(), Play("worker-1", episode), second)
    assert found is not None
    return found


def test_what_differs_is_explained_and_the_brain_that_played_is_there(
    difference: Difference, tmp_path: Path
) -> None:
    said = explain(difference, tmp_path / "differing", 3).splitlines()
    batch = WorkBatch.from_bytes(difference.frame)
    path = tmp_path / "differing/unit-0-of-generation-0-main-0.evo"
    assert said[0] == (
        "unit 0 of generation 0 was not the same when it was played again: "
        "tick 5 is the first in which its agents sensed something else"
    )
    assert said[1] == f"  who played      main 0, {batch.ticks[0]:,} ticks at most, seed {batch.seeds[0]}"
    assert said[3] == f"  worker-2        fitness 0.5; {len(difference.second.entries):,} ticks"
    assert said[-1] == (
        f"  to see it       give {path} to an EvolveAgent, with {batch.seeds[0]} as its replay_seed"
    )
    champion = Champion.load(str(path))
    assert champion.fitness == difference.first.episode["scores"][0]
    observations = [0.1] * len(champion.inputs)
    assert champion.think(observations) == batch.think(0, observations)


def test_a_brain_that_cannot_be_written_hides_nothing_else(difference: Difference, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = explain(difference, tmp_path / "file", 3).splitlines()
    assert "tick 5 is the first" in said[0]
    assert "give its brains (which could not be written: File exists) to an EvolveAgent" in said[-1]


class Once:
    """Work of one batch."""

    def __init__(self) -> None:
        self.evolution = Evolution(world_config("xor"), 3)

    @property
    def over(self) -> str | None:
        return "one generation" if self.evolution.generation else None

    def __getattr__(self, name: str) -> object:
        return getattr(self.evolution, name)

    def settle(self) -> None:
        pass


def test_a_world_that_is_not_the_same_alone_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    work = Once()
    checks = Checks()
    verify(checks, work.evolution, 3)
    monkeypatch.setattr(
        Checks, "read", lambda self, results, read=Checks.read: _later(read(self, results), results)
    )
    with pytest.raises(PlaysDiffer) as ended:
        NativeBackend("xor", 2, checks).train(lambda _announcement: work)  # type: ignore[arg-type, return-value]
    difference = ended.value.difference
    assert (difference.first.worker, difference.second.worker) == ("all threads", "alone")


def _later(episodes: dict[int, dict[str, object]], results: object) -> dict[int, dict[str, object]]:
    """A world in which whoever plays alone is scored better."""
    if len(results.units) > 1:  # type: ignore[attr-defined]
        return episodes
    return {unit: {**episode, "scores": [99.0]} for unit, episode in episodes.items()}
