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
from evolve.evaluators.episode import Episode, episodes
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
            name = getattr(function, "__qualname__", "the evaluator")
            sentence = f"{name} returned {error.returned} {_which(episode)}: {error.expected}"
            raise EvaluatorFailed(sentence) from None
        yield Played(episode.unit, scores, episode.steps, described)


@contextmanager
def own_generators() -> Iterator[None]:
    """Give the global generators back as they were."""
    plain, arrays = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(plain)
        np.random.set_state(arrays)


def _which(episode: Episode) -> str:
    return f"in the episode with the seed {episode.seed}"


def _seed_generators(seed: int) -> None:
    random.seed(seed)
    # The old generator takes 32 bits.
    np.random.seed((seed ^ (seed >> 32)) & 0xFFFFFFFF)
