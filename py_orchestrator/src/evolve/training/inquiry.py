"""Asks a scene or a world what configuration it wants, without training in it."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evolve.training.backend import Announcement
from evolve.training.source import Source

if TYPE_CHECKING:
    from evolve._native import Results, Told, WorkBatch


class _NothingToDo:
    """Work that is over before it begins: the worker that announced itself is sent home."""

    over = "its configuration was all that was asked for"

    def waiting(self) -> int:
        return 0

    def ask(self, _count: int) -> "WorkBatch | None":
        return None

    def ask_again(self, _units: Sequence[int]) -> "WorkBatch | None":
        return None

    def condemn(self, _unit: int, _reason: str) -> None:
        pass

    def tell(self, _results: "Results") -> "Told":
        return {"accepted": 0, "dropped": 0, "report": None}

    def release(self, _units: Sequence[int]) -> int:
        return 0

    def settle(self) -> None:
        pass

    def exhibit(self) -> "WorkBatch | None":
        return None

    def seen(self, results: "Results") -> None:
        pass


def ask_for_configuration(source: Source) -> Announcement:
    """What the scene or world announces; a scene is opened by one worker for that."""
    heard: list[Announcement] = []

    def begin(announcement: Announcement) -> _NothingToDo:
        heard.append(announcement)
        return _NothingToDo()

    workers = 0 if source.evaluator is not None else 1
    with tempfile.TemporaryDirectory() as logs:
        source.backend(workers, Path(logs), 0).train(begin)
    return heard[0]
