"""What an evaluator is given: one episode, the brains that play in it, and a generator of its own."""

import json
import math
import random
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from evolve.errors import EvolveUserError

if TYPE_CHECKING:
    from evolve._native import WorkBatch

# Names of metrics that a run may have, and the characters of one.
MAXIMUM_METRICS: Final = 64
_LONGEST_NAME: Final = 64


class Cast:
    """Which population each member of a batch comes from; looked up when somebody asks."""

    def __init__(self, batch: "WorkBatch") -> None:
        self._batch = batch

    def population(self, member: int) -> dict[str, Any]:
        """Name, inputs and outputs of the population of a member."""
        populations, places = self._frame
        return populations[places[member]]

    @cached_property
    def _frame(self) -> tuple[list[dict[str, Any]], list[int]]:
        import safetensors.numpy

        frame = self._batch.to_bytes()
        tensors = safetensors.numpy.load(frame)
        header = json.loads(frame[8 : 8 + int.from_bytes(frame[:8], "little")])
        populations = json.loads(header["__metadata__"]["evolve"])["populations"]
        return populations, tensors["genome.population"][tensors["member.genome"]].tolist()


class Brain:
    """One brain in one episode. It begins without memory, and remembers until the episode is over."""

    __slots__ = ("_batch", "_cast", "member", "metrics", "thoughts")

    def __init__(self, batch: "WorkBatch", member: int, cast: Cast) -> None:
        self._batch = batch
        self._cast = cast
        # Its row in the batch, for `WorkBatch.think`.
        self.member = member
        # How often it has thought: the steps of the run's figures.
        self.thoughts = 0
        # What was noted of it.
        self.metrics: dict[str, float] = {}

    def think(self, observations: Sequence[float]) -> list[float]:
        """One step of the network: a number for each input gives a number for each output.

        Takes lists, tuples and one-dimensional arrays of finite numbers.
        """
        self.thoughts += 1
        return self._batch.think(self.member, observations)

    def metric(self, name: str, value: float) -> None:
        """Note a number of this brain's episode: the run records it, and it selects nobody.

        A later value of the same name counts instead. It is finite, and a run has at most 64 names.
        """
        self.metrics[_checked_name(name)] = _checked_value(name, value)

    @property
    def population(self) -> str:
        """The name of the population that it comes from."""
        return str(self._cast.population(self.member)["name"])

    @property
    def inputs(self) -> list[str]:
        """What its inputs are called."""
        return list(self._cast.population(self.member)["inputs"])

    @property
    def outputs(self) -> list[str]:
        """What its outputs are called."""
        return list(self._cast.population(self.member)["outputs"])


class Episode:
    """One episode to be played. Whatever happens in it must follow from its seed and its brains alone."""

    def __init__(self, batch: "WorkBatch", place: int, unit: int, seed: int, ticks: int, cast: Cast) -> None:
        self.unit = unit
        self.seed = seed
        self.ticks = ticks
        self.brains = tuple(Brain(batch, member, cast) for member in batch.members(place))
        self._batch = batch

    @property
    def brain(self) -> Brain:
        """The brain that plays alone."""
        if len(self.brains) != 1:
            raise EvolveUserError(f"{len(self.brains)} brains meet in this episode: use episode.brains")
        return self.brains[0]

    def metric(self, name: str, value: float) -> None:
        """Note a number of the brain that plays alone; see `Brain.metric`."""
        self.brain.metric(name, value)

    @cached_property
    def random(self) -> random.Random:
        """A generator that begins with the episode's seed; for numpy, `default_rng(episode.seed)`."""
        return random.Random(self.seed)  # noqa: S311 - a game's dice

    @property
    def objectives(self) -> list[str]:
        """What each brain is scored on; the first is its fitness."""
        return self._batch.objectives

    @property
    def behaviour(self) -> list[str]:
        """What describes how a brain behaved; empty when nobody asks."""
        return self._batch.behaviour

    @property
    def steps(self) -> int:
        """How often its brains have thought, added up."""
        return sum(brain.thoughts for brain in self.brains)


def _checked_name(name: str) -> str:
    if not isinstance(name, str):
        raise EvolveUserError(f"a metric is called {name!r}: its name is a text")
    plain = all(unicodedata.category(character) not in ("Cc", "Cs") for character in name)
    if not plain or not 1 <= len(name) <= _LONGEST_NAME:
        raise EvolveUserError(
            f"a metric is called {name!r}: its name has 1 to {_LONGEST_NAME} characters, "
            "and no control characters"
        )
    return name


def _checked_value(name: str, value: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise EvolveUserError(f"the metric {name} is {value!r}: it is a finite number")
    return number


def episodes(batch: "WorkBatch") -> Iterator[Episode]:
    """The episodes of a batch, one for each unit, in the order of its units."""
    cast = Cast(batch)
    for place, (unit, seed, ticks) in enumerate(zip(batch.units, batch.seeds, batch.ticks, strict=True)):
        yield Episode(batch, place, unit, seed, ticks, cast)
