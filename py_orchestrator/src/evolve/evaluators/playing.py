"""Plays episodes with a user's function, such that a careless one is deterministic too.

The global generators of `random` and numpy begin anew from each episode's seed, and are given back as they
were found. What a function keeps in its own variables from one episode to the next is its own affair.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from evolve.errors import EvaluatorFailed
from evolve.evaluators.complaints import complaint
from evolve.evaluators.episode import MAXIMUM_METRICS, Episode, episodes
from evolve.evaluators.scores import Row, WrongScoreError, read_scores

if TYPE_CHECKING:
    from evolve._native import Results, WorkBatch

Play = Callable[[Episode], Any]


class Played(NamedTuple):
    """What an episode came to, as `Results.add` takes it."""

    unit: int
    scores: list[Row]
    steps: int
    behaviour: list[Row]
    # What each brain noted; None when none did.
    metrics: list[dict[str, float]] | None


def play(batch: "WorkBatch", function: Play) -> "Results":
    """Play every unit of a batch with a function that returns an episode's score.

    What the function may return is described at `evaluator`; EvaluatorFailed says what was wrong with it,
    and carries the exception that the function raised.
    """
    from evolve._native import Results

    results = Results()
    with own_generators():
        for one in each_played(batch, function):
            results.add(*one)
    return results


def each_played(batch: "WorkBatch", function: Play) -> Iterator[Played]:
    """Play the units one by one, each when it is asked for."""
    objectives, behaviour = batch.objectives, batch.behaviour
    names: set[str] = set()
    for episode in episodes(batch):
        _seed_generators(episode.seed)
        try:
            returned = function(episode)
        except MemoryError:  # it is the machine that is short, and another worker may have more
            raise
        except (Exception, SystemExit) as error:
            raise EvaluatorFailed(f"{complaint(error, function)} ({_which(episode)})") from error
        try:
            scores, described = read_scores(returned, len(episode.brains), objectives, behaviour)
        except WrongScoreError as error:
            sentence = f"{_name(function)} returned {error.returned} {_which(episode)}: {error.expected}"
            raise EvaluatorFailed(sentence) from None
        yield Played(episode.unit, scores, episode.steps, described, _noted(episode, names, function))


@contextmanager
def own_generators() -> Iterator[None]:
    """Give the global generators back as they were."""
    plain, arrays = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(plain)
        np.random.set_state(arrays)


def _noted(episode: Episode, names: set[str], function: Play) -> list[dict[str, float]] | None:
    """What the brains of an episode noted; `names` are those of the episodes before."""
    if not any(brain.metrics for brain in episode.brains):
        return None
    names.update(*(brain.metrics for brain in episode.brains))
    if len(names) > MAXIMUM_METRICS:
        raise EvaluatorFailed(
            f"{_name(function)} noted metrics of {len(names)} different names until it was done "
            f"{_which(episode)}: a run has at most {MAXIMUM_METRICS}"
        )
    return [brain.metrics for brain in episode.brains]


def _name(function: Play) -> str:
    return str(getattr(function, "__qualname__", "the evaluator"))


def _which(episode: Episode) -> str:
    return f"in the episode with the seed {episode.seed}"


def _seed_generators(seed: int) -> None:
    random.seed(seed)
    # The old generator takes 32 bits.
    np.random.seed((seed ^ (seed >> 32)) & 0xFFFFFFFF)
