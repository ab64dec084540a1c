"""Who is to blame when workers die: the worker, or what it was given to play.

A unit that two workers held when they died is suspect, and is played alone from then on. Only when three
workers have died of it alone is it condemned; an answer clears it. So a unit that is merely there when
workers are killed at random goes free: that has to happen five times to one unit, three of them in the
moment in which a worker plays it and nothing else.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

DEATHS_TO_SUSPECT: Final = 2
DEATHS_TO_CONDEMN: Final = 3


@dataclass(frozen=True)
class Judgement:
    """What becomes of the units of a worker that died."""

    released: list[int] = field(default_factory=list)
    condemned: list[int] = field(default_factory=list)


class Blame:
    """Counts deaths by unit."""

    def __init__(self) -> None:
        self._deaths: Counter[int] = Counter()
        self._alone: Counter[int] = Counter()
        self._waiting: dict[int, None] = {}

    @property
    def suspects(self) -> list[int]:
        """Units that wait to be played alone, in the order of their suspicion."""
        return list(self._waiting)

    def died(self, units: Iterable[int], *, alone: bool) -> Judgement:
        """Judge the units that a worker held when it died; suspects wait, the others are for anybody."""
        judgement = Judgement()
        for unit in sorted(units):
            counted = self._alone if alone else self._deaths
            counted[unit] += 1
            if self._alone[unit] >= DEATHS_TO_CONDEMN:
                self.clear([unit])
                judgement.condemned.append(unit)
            elif alone or self._deaths[unit] >= DEATHS_TO_SUSPECT:
                self._waiting[unit] = None
            else:
                judgement.released.append(unit)
        return judgement

    def handed(self, unit: int) -> None:
        """Somebody plays the suspect now."""
        self._waiting.pop(unit, None)

    def clear(self, units: Iterable[int]) -> None:
        """These units have a score, or need none any more."""
        for unit in units:
            del self._deaths[unit], self._alone[unit]
            self._waiting.pop(unit, None)
