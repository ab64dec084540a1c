"""Scores a run in a Godot scene, by a farm of headless engines."""

from pathlib import Path

from evolve.training.backend import Begin
from evolve.training.farm_work import Invitation
from evolve.workers.checks import Checks
from evolve.workers.farm import Farm
from evolve.workers.godot import Engine, Scene, worker_command
from evolve.workers.guests import GuestDoor


class GodotBackend:
    """Plays units in headless Godot workers."""

    def __init__(
        self,
        engine: Engine,
        scene: Scene,
        workers: int,
        logs: Path,
        port: int = 0,
        guests: GuestDoor | None = None,
        checks: Checks | None = None,
    ) -> None:
        self._checks = checks
        self._invitation = Invitation(guests)
        self._farm = Farm(
            lambda server, token: worker_command(engine, scene, server, token),
            workers,
            logs,
            port,
            guests=self._invitation.open_door,
        )

    def train(self, begin: Begin) -> None:
        from evolve._native import Results

        self._farm.work(self._invitation.announced(begin), Results.from_bytes, self._checks)

    @property
    def busy(self) -> float | None:
        return self._farm.occupation.share

    def stop(self) -> None:
        self._farm.stop()
