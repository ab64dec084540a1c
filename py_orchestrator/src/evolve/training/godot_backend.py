"""Scores a run in a Godot scene, by a farm of headless engines."""

from collections.abc import Callable
from pathlib import Path

from evolve import __version__
from evolve.protocol.messages import HelloMessage
from evolve.training.backend import Announcement, Begin
from evolve.workers.checks import Checks
from evolve.workers.farm import Farm
from evolve.workers.godot import Engine, Scene, worker_command
from evolve.workers.guests import Announce
from evolve.workers.work import Work


class GodotBackend:
    """Plays units in headless Godot workers."""

    def __init__(
        self,
        engine: Engine,
        scene: Scene,
        workers: int,
        logs: Path,
        port: int = 0,
        guests: Announce | None = None,
        checks: Checks | None = None,
    ) -> None:
        self._checks = checks
        self._farm = Farm(
            lambda server, token: worker_command(engine, scene, server, token),
            workers,
            logs,
            port,
            guests=guests,
        )

    def train(self, begin: Begin) -> None:
        from evolve._native import Results

        self._farm.work(_announced(begin), Results.from_bytes, self._checks)


def _announced(begin: Begin) -> Callable[[HelloMessage], Work]:
    def begin_with(hello: HelloMessage) -> Work:
        return begin(
            Announcement(
                hello.config,
                hello.stop.generations,
                hello.stop.fitness,
                hello.scene_digest,
                {"evolve": __version__, "library": hello.library, "engine": hello.engine},
            )
        )

    return begin_with
