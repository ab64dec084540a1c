"""A run from a person's wish to the files it leaves: started or resumed, recorded, brought to an end."""

import datetime
import json
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evolve.analysis.plot import plot_fitness
from evolve.errors import EvolveUserError, WorkersFailed
from evolve.storage.metrics import read_rows
from evolve.storage.record import VERSION, RunRecord, StopRecord
from evolve.storage.run_folder import RunFolder
from evolve.training.backend import Announcement, Backend
from evolve.training.configuration import Overrides
from evolve.training.progress import Display
from evolve.training.run import Goal, RunUnderWay
from evolve.training.source import Source
from evolve.training.verification import explain, figures, verify, words
from evolve.workers.checks import Checks
from evolve.workers.comparison import PlaysDiffer
from evolve.workers.entrance import Entrance
from evolve.workers.guests import GuestDoor

if TYPE_CHECKING:
    from evolve._native import Evolution


@dataclass(frozen=True)
class Wish:
    """What a person asked for."""

    source: Source
    seed: int
    workers: int
    generations: int | None = None
    overrides: Overrides = field(default_factory=Overrides)
    port: int = 0
    guests: bool = False
    # So many units of each generation are played twice.
    verify: int = 0
    # Where guests come in, if not on loopback.
    entrance: Entrance | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    folder: RunFolder
    reason: str
    steps: int
    result: dict[str, Any]
    # The sentence about units that were played twice; empty without any.
    verified: str = ""


class Job:
    """One run of `evolve train`, in a folder that is open."""

    def __init__(
        self, wish: Wish, folder: RunFolder, display: Display, found: "Evolution | None" = None
    ) -> None:
        self.folder = folder
        self.run: RunUnderWay | None = None
        self._wish = wish
        self._checks = Checks()
        self._display = display
        self._found = found
        self._backend: Backend | None = None
        self._stopped = False
        self._record = folder.read_record() if found is not None else _new_record(wish)

    def train(self) -> Outcome:
        """Train to the end; how it ended stands in run.json, whatever happens."""
        self._write(status="starting", reason=None)
        forget_log = _log_into(self.folder.logs / "orchestrator.log")
        try:
            return self._train()
        except KeyboardInterrupt:
            self._write(status="interrupted", reason=None)
            raise
        except BaseException as error:
            self._write_last(str(error) or type(error).__name__)
            raise
        finally:
            forget_log()
            self._display.close()
            if self.run is not None:
                self.run.close()

    def stop(self) -> None:
        """End soon, asked by any thread; `train` then raises KeyboardInterrupt, as it does after Ctrl-C."""
        self._stopped = True
        if self._backend is not None:
            self._backend.stop()

    def give_up(self, error: Exception) -> None:
        """Leave nothing of a run that came to nothing, unless its logs tell more than the error."""
        if not self.folder.generations_saved() and not isinstance(error, WorkersFailed | PlaysDiffer):
            self.folder.discard()

    def _train(self) -> Outcome:
        if self._found is None or not self._over_already(self._found):
            wish = self._wish
            guests = GuestDoor(self._invite, wish.entrance) if wish.guests else None
            self._backend = wish.source.backend(
                wish.workers, self.folder.logs, wish.port, guests, self._checks
            )
            if self._stopped:
                raise KeyboardInterrupt
            try:
                self._backend.train(self._begin)
            except PlaysDiffer as error:
                sentence = explain(error.difference, self.folder.path / "differing", wish.seed)
                raise PlaysDiffer(error.difference, sentence) from error
        if self.run is None:
            raise RuntimeError("the backend ended without a run")
        return self._finish(self.run)

    def _invite(self, address: str, token: str) -> None:
        self._display.note(f"Guests may join: address {address} token {token}")

    def _over_already(self, found: "Evolution") -> bool:
        """A run that was finished needs no workers to be finished again."""
        stop = self._record.stop
        goal = self._goal(None if stop is None else (stop.generations, stop.fitness))
        if goal is None or not goal.reached(found):
            return False
        self.run = RunUnderWay(found, self.folder, goal, self._display)
        return True

    def _begin(self, announcement: Announcement) -> RunUnderWay:
        goal = self._goal((announcement.generations, announcement.fitness))
        if goal is None:
            raise RuntimeError("an announcement always gives a goal")
        evolution = self._found if self._found is not None else self._new_evolution(announcement)
        if self._wish.verify:
            verify(self._checks, evolution, self._wish.verify)
        self.run = RunUnderWay(evolution, self.folder, goal, self._display)
        if self._record.scene_digest not in (None, announcement.scene_digest):
            what = "evaluator" if self._wish.source.kind == "python" else "scene"
            self._display.note(
                f"The {what} has changed since this run began: scores may not fit the earlier ones."
            )
        self._record.scene_digest = announcement.scene_digest
        self._record.versions = announcement.versions
        self._record.stop = StopRecord(
            goal.generations, goal.fitness, self._explicit_generations() is not None
        )
        self._write(status="running")
        return self.run

    def _new_evolution(self, announcement: Announcement) -> "Evolution":
        from evolve._native import Evolution, complete_config

        config = json.dumps(self._wish.overrides.over(announcement.config))
        return Evolution(complete_config(config), self._wish.seed)

    def _explicit_generations(self) -> int | None:
        if self._wish.generations is not None:
            return self._wish.generations
        stop = self._record.stop
        return stop.generations if stop is not None and stop.explicit else None

    def _goal(self, suggested: tuple[int, float | None] | None) -> Goal | None:
        """A number of generations that was asked for is kept to; a scene's wish can end sooner."""
        explicit = self._explicit_generations()
        if explicit is not None:
            return Goal(explicit)
        return None if suggested is None else Goal(*suggested)

    def _finish(self, run: RunUnderWay) -> Outcome:
        evolution = run.evolution
        rows = read_rows(self.folder.metrics)
        plot_fitness(rows, self.folder.plot, f"{self._wish.source.name}, seed {evolution.seed}")
        result = {
            "run": _absolute(self.folder.path),
            "champion": _absolute(self.folder.champion),
            "checkpoint": _absolute(self.folder.checkpoint(evolution.generation)),
            "plot": _absolute(self.folder.plot),
            "digest": run.digest,
            "generations": evolution.generation,
            "best_fitness": evolution.best_fitness(),
            "evaluations": evolution.evaluations,
            "steps_per_second": run.steps / run.seconds if run.seconds > 0 else 0.0,
        }
        if self._backend is not None and self._backend.busy is not None:
            result["workers_busy"] = self._backend.busy
        verified = ""
        if self._wish.verify:
            result["verified"] = figures(self._checks)
            verified = words(self._checks, self._wish.source.kind == "world")
        reason = run.over or "the run is over"
        self._write(status="finished", reason=reason, result=result)
        return Outcome(self.folder, reason, run.steps, result, verified)

    def _write(self, **changes: Any) -> None:  # noqa: ANN401 - fields of the record
        for name, value in changes.items():
            setattr(self._record, name, value)
        self.folder.write_record(self._record)

    def _write_last(self, reason: str) -> None:
        """Record a failure; when even that fails (a full disk), the failure itself is what matters."""
        try:
            self._write(status="failed", reason=reason)
        except EvolveUserError:
            logging.getLogger(__name__).debug("run.json could not be written", exc_info=True)


def load_newest(folder: RunFolder, note: Callable[[str], None]) -> "Evolution":
    """Read the newest checkpoint that is whole; damaged ones are moved out of the way, and it is said."""
    from evolve._native import Evolution, EvolveError

    for _, path in list(folder.checkpoints_newest_first()):
        try:
            return Evolution.load(str(path))
        except EvolveError as error:
            path.replace(path.with_name(f"{path.name}.damaged"))
            note(f"{path} is damaged ({error}): going on from the checkpoint before it.")
    raise EvolveUserError(f"{folder.path} has no checkpoint that can be read: start a new run")


def _new_record(wish: Wish) -> RunRecord:
    return RunRecord(
        version=VERSION,
        source=wish.source.where,
        kind=wish.source.kind,
        seed=str(wish.seed),
        started=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        status="starting",
        command=sys.argv[1:],
        workers=wish.workers,
        versions={},
    )


def _log_into(path: Path) -> Callable[[], None]:
    """Send what the farm has to tell into the run's own log."""
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("evolve.workers")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)

    def forget() -> None:
        logger.removeHandler(handler)
        handler.close()

    return forget


def _absolute(path: Path) -> str:
    return str(path.absolute())
