"""What scores a run: the contract between a run and whoever evaluates its work units.

A backend decides where and in what order units are played. It decides nothing that reaches the Evolution:
the same seed gives the same run on every backend and any number of workers.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from evolve.training.run import Run


@dataclass(frozen=True)
class Announcement:
    """What a backend knows of its scene or world when it is ready to work."""

    config: dict[str, Any]
    generations: int
    fitness: float | None = None
    scene_digest: str | None = None
    versions: dict[str, str] = field(default_factory=dict)


Begin = Callable[[Announcement], Run]


class Backend(Protocol):
    """Scores a run until it is over."""

    def train(self, begin: Begin) -> None:
        """Get ready, call `begin` once for the run, and feed it until `run.over`.

        Leaves nothing running behind, whatever happens.
        """
