"""One run: the Evolution, and what happens whenever a generation is finished.

The run hands units out and takes scores in, for a backend that it knows nothing about. A finished
generation is put on disk before the run goes on. Nothing here knows of workers, sockets or terminals.
"""

import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from evolve.errors import EvolveUserError, storage_error
from evolve.storage.history import History, Rows, rows_of_metrics
from evolve.storage.metrics import MetricsFile, MetricsRow, read_rows
from evolve.storage.run_folder import RunFolder
from evolve.storage.verdicts import Verdict, Verdicts
from evolve.training.show import Show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evolve._native import Champion, Evolution, GenerationReport, Results, Told, WorkBatch

# At most one in so many units of a generation is given up; more, and it is the scene that is at fault.
_CONDEMNED_OF: Final = 25


@dataclass(frozen=True)
class Goal:
    """When a run is over: so many generations, or a champion with that fitness, whichever is first."""

    generations: int
    fitness: float | None = None

    def reached(self, evolution: "Evolution") -> str | None:
        """The sentence that says why the run is over, or None."""
        if self.fitness is not None and evolution.reaches(self.fitness):
            return f"the champion reached the fitness of {self.fitness:g} that was asked for"
        if evolution.generation >= self.generations:
            return f"{evolution.generation} generations, as asked"
        return None


@dataclass(frozen=True)
class Progress:
    """How a run stands after a generation, for whoever shows it."""

    report: "GenerationReport"
    goal: Goal
    steps: int
    seconds: float
    generations: int

    @property
    def steps_per_second(self) -> float:
        return self.steps / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float:
        """A guess from the generations that this process has made."""
        left = max(0, self.goal.generations - self.report["generation"] - 1)
        return left * self.seconds / self.generations if self.generations else 0.0


class Watcher(Protocol):
    """Is told about each finished generation; shows it to somebody, or doesn't."""

    def generation(self, progress: Progress) -> None: ...
    def note(self, sentence: str) -> None: ...


class RunUnderWay:
    """Scores in, generations out. `tell` until `over`; after each `tell`, `settle`."""

    def __init__(
        self,
        evolution: "Evolution",
        folder: RunFolder,
        goal: Goal,
        watcher: Watcher,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.evolution = evolution
        self.folder = folder
        self.goal = goal
        self.digest = ""
        self.steps = 0
        self.generations = 0
        self._watcher = watcher
        self._clock = clock
        self._started = self._mark = clock()
        self._report: GenerationReport | None = None
        # By population; a better one is written as soon as there is one.
        self._champion_fitness: dict[str, float] = {}
        self._metrics = MetricsFile.begin(folder.metrics, evolution.generation)
        self._verdicts = Verdicts(folder.verdicts)
        self._on_show: list[Champion] = []
        facts = {"seed": str(evolution.seed), "config": evolution.config}
        self._history = History.begin(folder.history, facts, evolution.generation, self._past(), watcher.note)
        self._save()
        self._repeat_verdicts()

    @property
    def over(self) -> str | None:
        """Why the run is over, None while it goes on."""
        return self.goal.reached(self.evolution)

    @property
    def seconds(self) -> float:
        """How long this process has been at it."""
        return self._mark - self._started

    def waiting(self) -> int:
        """Units that can be handed out now."""
        return 0 if self.over else self.evolution.units_waiting

    def ask(self, count: int) -> "WorkBatch | None":
        return self.evolution.ask(count)

    def ask_again(self, units: "Sequence[int]") -> "WorkBatch | None":
        """Hand units out once more that somebody else still has, or died of."""
        return self.evolution.ask_again(units)

    def release(self, units: "Sequence[int]") -> int:
        return self.evolution.release(units)

    def condemn(self, unit: int, reason: str) -> None:
        """Give up on a unit that whoever plays it dies of; that is on disk before it counts."""
        verdict = Verdict(unit >> 32, unit & 0xFFFFFFFF, reason)
        if verdict.generation != self.evolution.generation:
            return
        known = self._verdicts.of(verdict.generation)
        if len(known) >= max(1, self.evolution.units // _CONDEMNED_OF):
            raise EvolveUserError(
                f"{len(known) + 1} of {self.evolution.units} units of generation {verdict.generation} ended "
                f"every worker that played them alone ({reason}): it is rather the scene than the genomes; "
                f"the ends of the workers' logs in {self.folder.logs} may say what it is"
            )
        self._verdicts.add(verdict)
        self._watcher.note(
            f"Unit {verdict.place} of generation {verdict.generation} ended three workers that played it "
            f"alone ({reason}). Its genome is scored below all others."
        )
        self._take(self.evolution.fail([unit]))

    def tell(self, results: "Results") -> "Told":
        """Take scores. When they complete a generation, units of the next one can be handed out at once."""
        from evolve._native import TooManyMetricsError

        try:
            return self._take(self.evolution.tell(results))
        except TooManyMetricsError as error:
            raise EvolveUserError(f"{error}; metrics are named once and for all, not by episode") from error

    def _take(self, told: "Told") -> "Told":
        if told["report"] is not None:
            self._report = told["report"]
            self._repeat_verdicts()
        return told

    def _repeat_verdicts(self) -> None:
        """What was given up in this generation before the run was cut off is given up again."""
        units = [verdict.unit for verdict in self._verdicts.of(self.evolution.generation)]
        self._take(self.evolution.fail(units))

    def settle(self) -> None:
        """Put a generation that was just finished on disk. Workers can be busy with the next one already."""
        report, self._report = self._report, None
        if report is None:
            return
        now = self._clock()
        seconds, self._mark = now - self._mark, now
        self.steps += report["steps"]
        self.generations += 1
        self._metrics.append(_row(report, seconds))
        self._save(report, seconds)
        self._watcher.generation(Progress(report, self.goal, self.steps, self.seconds, self.generations))

    def exhibit(self) -> "WorkBatch | None":
        """An episode of the champions, for somebody who watches."""
        return self._for_spectators.exhibit()

    def seen(self, results: "Results") -> None:
        """Somebody has seen it."""
        self._for_spectators.seen(results)

    @cached_property
    def _for_spectators(self) -> Show:
        return Show(self._champions, json.loads(self.evolution.config), itertools.count(1))

    def close(self) -> None:
        try:
            self._history.close()
        finally:
            self._metrics.close()

    def _past(self) -> Rows:
        """What the table of figures knows of a run that goes on."""
        rows = read_rows(self.folder.metrics)
        if not rows:
            return []
        config = json.loads(self.evolution.config)
        objective = config["evaluation"]["objectives"][0]["name"]
        return rows_of_metrics(rows, config["populations"][0]["name"], objective)

    def _save(self, report: "GenerationReport | None" = None, seconds: float = 0.0) -> None:
        checkpoint = self.folder.checkpoint(self.evolution.generation)
        try:
            champions = self._save_champions()
            if report is not None:
                self._history.append(report, seconds, champions)
            self.digest = self.evolution.save(str(checkpoint))
            self.folder.drop_old_checkpoints()
        except OSError as error:
            raise storage_error(error, checkpoint) from error

    def _champions(self) -> "list[Champion]":
        """The champions as they lie in the folder, as soon as every population has one."""
        from evolve._native import Champion

        names = self.evolution.populations
        if not self._on_show and len(self._champion_fitness) == len(names):
            self._on_show = [Champion.load(str(self._champion_file(place))) for place in range(len(names))]
        return self._on_show

    def _champion_file(self, place: int) -> Path:
        return self.folder.champion_of(self.evolution.populations[place]) if place else self.folder.champion

    def _save_champions(self) -> dict[str, str]:
        """Write champions that are better than the last; returns their digests, by population."""
        digests = {}
        for place, name in enumerate(self.evolution.populations):
            fitness = self.evolution.best_fitness(place)
            if fitness is not None and fitness != self._champion_fitness.get(name):
                self._champion_fitness[name] = fitness
                digests[name] = self.evolution.save_champion(str(self._champion_file(place)), place)
                self._on_show = []
        return digests


def _row(report: "GenerationReport", seconds: float) -> MetricsRow:
    return MetricsRow(
        report["generation"],
        report["best"],
        report["mean"],
        report["best_ever"],
        len(report["species"]),
        report["evaluations"],
        report["steps"],
        seconds,
    )
