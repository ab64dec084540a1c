"""Scores a run with a person's Python function: in this thread, or by a farm of Python processes."""

from pathlib import Path
from typing import Final

from evolve.errors import EvolveUserError, WorkersFailed
from evolve.evaluators.loading import Evaluator
from evolve.evaluators.playing import each_played, own_generators
from evolve.evaluators.worker import hello
from evolve.training.backend import Begin
from evolve.training.farm_work import Invitation, announcement_of
from evolve.workers.farm import Farm
from evolve.workers.guests import GuestDoor
from evolve.workers.python import python_worker_command
from evolve.workers.work import Work

_UNITS_AT_A_TIME: Final = 64


class PythonBackend:
    """Plays units in the thread that calls `train`: breakpoints and prints work."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._stopped = False

    def train(self, begin: Begin) -> None:
        work = begin(announcement_of(hello(self._evaluator)))
        with own_generators():
            while not work.over:
                self._play_some(work)

    @property
    def busy(self) -> float | None:
        return None

    def stop(self) -> None:
        self._stopped = True

    def _play_some(self, work: Work) -> None:
        from evolve._native import Results

        batch = work.ask(_UNITS_AT_A_TIME)
        if batch is None:
            raise RuntimeError("every unit is out, yet nobody else plays them")
        results = Results()
        for played in each_played(batch, self._evaluator.function):
            if self._stopped:
                raise KeyboardInterrupt
            results.add(*played)
        work.tell(results)
        work.settle()


class PythonFarm:
    """Plays units in Python worker processes."""

    def __init__(
        self,
        evaluator: Evaluator,
        workers: int,
        logs: Path,
        port: int = 0,
        guests: GuestDoor | None = None,
    ) -> None:
        self._logs = logs
        self._invitation = Invitation(guests)
        self._farm = Farm(
            lambda server, token: python_worker_command(evaluator.where, server, token),
            workers,
            logs,
            port,
            guests=self._invitation.open_door,
        )

    def train(self, begin: Begin) -> None:
        from evolve._native import Results

        before = self._words()
        try:
            self._farm.work(self._invitation.announced(begin), Results.from_bytes)
        except WorkersFailed:
            raise
        except EvolveUserError as error:
            if (log := self._news(before)) is not None:
                raise WorkersFailed(f"{error}; {log} has the traceback") from error
            raise

    @property
    def busy(self) -> float | None:
        return self._farm.occupation.share

    def stop(self) -> None:
        self._farm.stop()

    def _words(self) -> dict[Path, int]:
        """How much each worker has said so far."""
        return {log: log.stat().st_size for log in self._logs.glob("worker-*.log")}

    def _news(self, before: dict[Path, int]) -> Path | None:
        """A log with a new traceback in it, if it is one that stays: a run's."""
        if not (self._logs.parent / "run.json").exists():
            return None
        logs = sorted(self._words())
        return next((log for log in logs if b"Traceback" in log.read_bytes()[before.get(log, 0) :]), None)
