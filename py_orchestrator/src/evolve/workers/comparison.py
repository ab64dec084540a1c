"""Two plays of one unit, held against each other. Knows neither workers nor engines."""

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

from evolve.errors import EvolveUserError

if TYPE_CHECKING:
    from evolve._native import Episode

_LOWER_HALF = 0xFFFFFFFF

# How two plays differ in a tick; `scored` when they are alike in every tick and were scored differently,
# `noted` when they only differ in their metrics.
Kind = Literal["sensed", "did", "ended", "scored", "noted"]


@dataclass(frozen=True)
class Play:
    """What came of a unit, and who played it."""

    worker: str
    episode: "Episode"

    @property
    def entries(self) -> memoryview:
        """The trace, a number for each tick, in the machine's own byte order."""
        return memoryview(self.episode["trace"]).cast("Q")


@dataclass(frozen=True)
class Difference:
    """A unit that came out differently the second time."""

    unit: int
    # The `genomes` frame of the unit alone: everything that decides what happens in it.
    frame: bytes
    first: Play
    second: Play
    kind: Kind
    # Counted from 1; None when no tick differs.
    tick: int | None


class PlaysDiffer(EvolveUserError):  # noqa: N818 - it says what happened, as the sentence does
    """A unit was not the same when it was played again. The run's folder is kept: it says more."""

    def __init__(self, difference: Difference, sentence: str | None = None) -> None:
        super().__init__(sentence or f"unit {difference.unit} was not the same when it was played again")
        self.difference = difference


def compare(unit: int, frame: bytes, first: Play, second: Play) -> Difference | None:
    """The first tick in which two plays of a unit differ, if they do."""
    if first.episode == second.episode:
        return None
    for tick, (one, other) in enumerate(zip_longest(first.entries, second.entries), start=1):
        if one == other:
            continue
        kind: Kind = "did"
        if one is None or other is None:
            kind = "ended"
        elif (one ^ other) > _LOWER_HALF:
            kind = "sensed"
        return Difference(unit, frame, first, second, kind, tick)
    alike = {**first.episode, "metrics": None} == {**second.episode, "metrics": None}
    return Difference(unit, frame, first, second, "noted" if alike else "scored", None)
