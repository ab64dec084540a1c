"""What plays work units: the contract between a run, or whatever else has units, and whoever evaluates them.

A backend decides where and in what order units are played. It decides nothing that reaches the Evolution:
the same seed gives the same run on every backend and any number of workers.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from evolve.workers.work import Work


@dataclass(frozen=True)
class Announcement:
    """What a backend knows of its scene or world when it is ready to work."""

    config: dict[str, Any]
    generations: int
    fitness: float | None = None
    scene_digest: str | None = None
    versions: dict[str, str] = field(default_factory=dict)


Begin = Callable[[Announcement], "Work"]


class Backend(Protocol):
    """Plays units until there are no more."""

    def train(self, begin: Begin) -> None:
        """Get ready, call `begin` once for the work, and feed it until it is `over`.

        Leaves nothing running behind, whatever happens.
        """

    @property
    def busy(self) -> float | None:
        """The part of their time that workers had units to play; None where there are no workers."""

    def stop(self) -> None:
        """End soon, asked by any thread; `train` then raises KeyboardInterrupt, as it does after Ctrl-C."""
