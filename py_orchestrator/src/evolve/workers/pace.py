"""How quick a worker is, seen from outside: when it was handed units, and when it answered them.

Decides who is handed how much, and never anything that reaches a score.
"""

from collections.abc import Callable, Iterable
from typing import Final

# Of a worker that has answered nothing yet.
_UNKNOWN_TURNAROUND: Final = 1.0
# After so much work what was before counts half: a machine may become busy, a population quicker to play.
_MEMORY_SECONDS: Final = 20.0


class Pace:
    """The figures of one worker, and what it has not answered."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._handed: dict[int, float] = {}
        # Work is timed from answer to answer, and from when there was something to do.
        self._mark = 0.0
        self._units = 0.0
        self._seconds = 0.0
        self._turnaround: float | None = None
        # Seconds in which it had something to play.
        self.busy_seconds = 0.0

    @property
    def units_per_second(self) -> float:
        """Units answered in a second of work; 0 while it is not known."""
        return self._units / self._seconds if self._seconds > 0 else 0.0

    @property
    def turnaround(self) -> float:
        """Seconds from when a unit is handed out to its answer, the last ones above all."""
        return _UNKNOWN_TURNAROUND if self._turnaround is None else self._turnaround

    def hand(self, units: Iterable[int]) -> None:
        now = self._clock()
        if not self._handed:
            self._mark = now
        for unit in units:
            self._handed.setdefault(unit, now)

    def answer(self, units: Iterable[int]) -> None:
        now = self._clock()
        times = [self._handed.pop(unit) for unit in units if unit in self._handed]
        if not times:
            return
        if self._seconds > _MEMORY_SECONDS:
            self._units, self._seconds = self._units / 2, self._seconds / 2
        self._units += len(times)
        self._seconds += now - self._mark
        self.busy_seconds += now - self._mark
        self._mark = now
        last = now - min(times)
        self._turnaround = last if self._turnaround is None else (self._turnaround + last) / 2

    def has(self, unit: int) -> bool:
        """Whether it was handed a unit and has not answered it."""
        return unit in self._handed

    def age(self, unit: int) -> float:
        """For how long it has had a unit that it has not answered."""
        return self._clock() - self._handed.get(unit, self._clock())
