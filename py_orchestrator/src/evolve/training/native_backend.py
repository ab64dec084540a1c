"""Plays units in this process, in one of the engine's own worlds. No sockets, no processes."""

import json
from typing import Final

from evolve import __version__
from evolve.training.backend import Announcement, Begin

# So many units a thread at a time: small enough that Ctrl-C is heard within a moment.
_UNITS_A_THREAD: Final = 64

DEFAULT_GENERATIONS: Final = 100


class NativeBackend:
    """Plays units in a world of evolve-worlds, on a number of threads."""

    def __init__(self, world: str, threads: int) -> None:
        self._world = world
        self._threads = threads

    def train(self, begin: Begin) -> None:
        from evolve import _native

        config = json.loads(_native.world_config(self._world))
        versions = {"evolve": __version__, "library": _native.__version__}
        work = begin(Announcement(config, DEFAULT_GENERATIONS, versions=versions))
        while not work.over:
            batch = work.ask(_UNITS_A_THREAD * self._threads)
            if batch is None:
                raise RuntimeError("every unit is out, yet nobody else plays them")
            work.tell(batch.evaluate(self._world, self._threads))
            work.settle()
