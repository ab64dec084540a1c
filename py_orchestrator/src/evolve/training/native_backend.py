"""Plays units in this process, in one of the engine's own worlds. No sockets, no processes."""

import json
from typing import TYPE_CHECKING, Final

from evolve import __version__
from evolve.training.backend import Announcement, Begin
from evolve.workers.checks import Checks
from evolve.workers.comparison import PlaysDiffer

if TYPE_CHECKING:
    from evolve._native import Episode

# So many units a thread at a time: small enough that Ctrl-C is heard within a moment.
_UNITS_A_THREAD: Final = 64

# Who plays a unit that is verified the second time.
_ALONE: Final = "alone"

DEFAULT_GENERATIONS: Final = 100


class NativeBackend:
    """Plays units in a world of evolve-worlds, on a number of threads."""

    def __init__(self, world: str, threads: int, checks: Checks | None = None) -> None:
        self._world = world
        self._threads = threads
        self._checks = checks or Checks()
        self._stopped = False

    def train(self, begin: Begin) -> None:
        from evolve import _native

        config = json.loads(_native.world_config(self._world))
        versions = {"evolve": __version__, "library": _native.__version__}
        work = begin(Announcement(config, DEFAULT_GENERATIONS, versions=versions))
        while not work.over:
            if self._stopped:
                raise KeyboardInterrupt
            batch = work.ask(_UNITS_A_THREAD * self._threads)
            if batch is None:
                raise RuntimeError("every unit is out, yet nobody else plays them")
            self._checks.mark(batch, work.ask_again)
            results = batch.evaluate(self._world, self._threads)
            episodes = self._checks.read(results)
            work.tell(results)
            self._compare("all threads" if self._threads > 1 else "one thread", episodes)
            self._check()
            work.settle()

    def _check(self) -> None:
        """Play what is to be verified once more, each unit alone."""
        from evolve._native import WorkBatch

        for unit in self._checks.waiting():
            alone = WorkBatch.from_bytes(self._checks.hand(unit, _ALONE))
            self._compare(_ALONE, self._checks.read(alone.evaluate(self._world)))

    def _compare(self, worker: str, episodes: "dict[int, Episode]") -> None:
        if (difference := self._checks.take(worker, episodes)) is not None:
            raise PlaysDiffer(difference)

    @property
    def busy(self) -> float | None:
        return None

    def stop(self) -> None:
        self._stopped = True
