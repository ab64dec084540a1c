"""Units that are played twice: which are, what came of the first time, and who plays them the second time.

The second play reaches no score. It goes to another worker than the first; where there is only one, to the
same one, later and among other neighbours. Generations come first: a check is handed out when no unit waits.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from evolve.workers.comparison import Difference, Play, compare
from evolve.workers.server import LOG

if TYPE_CHECKING:
    from evolve._native import Episode, Results, WorkBatch
    from evolve.workers.member import Member

# A check that so many workers died in is left: it would keep the run from its end.
DEATHS_TO_ABANDON: Final = 3
# Bytes of an entry of a trace, and the most entries there are (spec/FORMAT.md).
_ENTRY_BYTES: Final = 8
MAXIMUM_ENTRIES: Final = 65_536

Choose = Callable[[int], Collection[int]]


class Checks:
    """The units of the sample that are under way; none at all until it is said how the sample is chosen."""

    def __init__(self) -> None:
        self.equal = 0
        # Those of the equal ones that another worker played the second time.
        self.elsewhere = 0
        self.abandoned = 0
        self._choose: Choose | None = None
        self._chosen: dict[int, Collection[int]] = {}
        # By unit: the frame of the unit alone, from when it is handed out until it is compared.
        self._frames: dict[int, bytes] = {}
        self._limits: dict[int, int] = {}
        self._first: dict[int, Play] = {}
        # Those that nobody plays the second time yet, in the order in which they came back.
        self._waiting: dict[int, None] = {}
        # Who plays the others.
        self._checkers: dict[int, str] = {}
        self._deaths: Counter[int] = Counter()

    def begin(self, choose: Choose) -> None:
        """From now on the units that `choose` gives for a generation are played twice."""
        self._choose = choose

    @property
    def outstanding(self) -> bool:
        """Whether a unit was played once and not yet twice."""
        return bool(self._first)

    def mark(self, batch: "WorkBatch", ask_again: "Callable[[Sequence[int]], WorkBatch | None]") -> None:
        """Ask for traces of the units of a batch that are chosen; it is about to be handed out."""
        chosen = [unit for unit in batch.units if unit in self._sample(unit >> 32)]
        if not chosen:
            return
        batch.ask_for_traces(chosen)
        for unit in chosen:
            alone = ask_again([unit]) if unit not in self._frames else None
            if alone is not None:
                alone.ask_for_traces([unit])
                self._frames[unit] = alone.to_bytes()
                self._limits[unit] = min(alone.ticks[0], MAXIMUM_ENTRIES)

    def read(self, results: "Results") -> "dict[int, Episode]":
        """The episodes of chosen units among results; ValueError when a trace is missing or too long."""
        episodes = {}
        for unit in results.units if self._frames else []:
            if unit not in self._frames:
                continue
            episode = results.episode(unit)
            if episode is None:
                continue
            entries, most = len(episode["trace"]) // _ENTRY_BYTES, self._limits[unit]
            if not 1 <= entries <= most:
                raise ValueError(
                    f"the trace of unit {unit} has {entries} entries, and 1 to {most} are allowed"
                )
            episodes[unit] = episode
        return episodes

    def take(self, worker: str, episodes: "dict[int, Episode]") -> Difference | None:
        """Keep what was played for the first time, compare what was played for the second."""
        for unit, episode in episodes.items():
            play = Play(worker, episode)
            first = self._first.get(unit)
            if first is None:
                self._first[unit] = play
                self._waiting[unit] = None
            elif first.worker != worker or self._checkers.get(unit) == worker:
                difference = compare(unit, self._frames[unit], first, play)
                if difference is not None:
                    return difference
                self.equal += 1
                self.elsewhere += first.worker != worker
                self.forget([unit])
        return None

    def assign(self, members: "Sequence[Member]", expected: int) -> None:
        """Hand out what waits, as far as somebody suitable has room; so many workers are there or will be."""
        able = [member for member in members if member.is_able]
        hoped_for = expected - sum(member.stalled for member in members)
        for unit in list(self._waiting):
            player = self._first[unit].worker
            others = [member for member in able if member.name != player]
            alone = not others and hoped_for <= 1
            checker = min(
                (member for member in (able if alone else others) if member.could_check),
                key=lambda member: len(member.held) + len(member.checking),
                default=None,
            )
            if checker is not None:
                checker.check(unit, self.hand(unit, checker.name))

    def hand(self, unit: int, worker: str) -> bytes:
        """The frame of a unit that waits, for whoever plays it the second time."""
        self._waiting.pop(unit, None)
        self._checkers[unit] = worker
        return self._frames[unit]

    def waiting(self) -> list[int]:
        """Units that somebody may play for the second time."""
        return list(self._waiting)

    def give_back(self, units: Iterable[int]) -> None:
        """Whoever was to check these units won't; they wait for somebody else."""
        for unit in sorted(units):
            if unit in self._first:
                self._checkers.pop(unit, None)
                self._waiting[unit] = None

    def died(self, units: Iterable[int]) -> None:
        """Whoever was to check these units died. That says nothing of their scores."""
        units = sorted(units)
        self.give_back(units)
        for unit in units:
            self._deaths[unit] += unit in self._first
            if self._deaths[unit] >= DEATHS_TO_ABANDON:
                LOG.warning("the check of unit %d is left: %d workers died in it", unit, DEATHS_TO_ABANDON)
                self.abandoned += 1
                self.forget([unit])

    def forget(self, units: Iterable[int]) -> None:
        """These units are compared, or never will be."""
        for unit in units:
            for book in (
                self._frames,
                self._limits,
                self._first,
                self._waiting,
                self._checkers,
                self._deaths,
            ):
                book.pop(unit, None)

    def _sample(self, generation: int) -> Collection[int]:
        if self._choose is None:
            return ()
        if generation not in self._chosen:
            # Units of a generation are handed out before any of the next one is.
            self._chosen = {generation: self._choose(generation)}
        return self._chosen[generation]
