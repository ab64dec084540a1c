"""`evolve.Run`: a whole run as an object, for programs and notebooks.

The same machinery, the same folder and the same bytes as `evolve train`. It prints nothing, and leaves
nothing running once a call has come back.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Self

from evolve.analysis.run_figures import standing
from evolve.errors import EvolveUserError
from evolve.evaluators.playing import Play
from evolve.storage.metrics import MetricsRow, read_rows
from evolve.storage.run_folder import find_run, read_record
from evolve.training.background import Background, Reports
from evolve.training.job import Job, Outcome
from evolve.training.outcome import RunOutcome, outcome_of
from evolve.training.request import Request

if TYPE_CHECKING:
    from evolve._native import Champion, GenerationReport
    from evolve.training.run import Progress


class Run:
    """A run: what is trained, with which seed and settings, and what came of it so far.

        run = evolve.Run("my_game.py:play", seed=7, workers=2, generations=50)
        outcome = run.train()
        print(outcome.best_fitness, outcome.folder)
        print(outcome.champion.think([0.0, 1.0]))

    To see each generation when it is finished, train in a loop. Leaving the loop ends the training; what was
    finished is on disk:

        for generation in evolve.Run("xor", seed=7, generations=50):
            print(generation["generation"], generation["best"])

    The first argument is the name of a world, the path of a Godot scene, "FILE.py:FUNCTION",
    "MODULE:FUNCTION", or a function itself, if `evolve.evaluator` stands above it.

    seed           the same seed gives the same run, on any number of workers
    workers        processes, or threads for a world: 2 unless you say otherwise. With 0 a function plays in
                   this very process, where breakpoints and prints work; that is the default for a function
                   that you give itself
    generations    stop after so many; the default is what the function, scene or world asks for
    population     members of each population
    config         settings: a mapping, or the path of a TOML file
    out            the run's folder; the default is runs/NAME-SEED-NNN

    Nothing is made before training begins. To train again goes on; `Run.resume` takes up a folder.
    """

    def __init__(
        self,
        source: str | Path | Play,
        *,
        seed: int = 1,
        workers: int | None = None,
        generations: int | None = None,
        population: int | None = None,
        config: Mapping[str, Any] | str | Path | None = None,
        out: str | Path | None = None,
    ) -> None:
        self._request = Request.new(source, seed, workers, generations, population, config, out)
        self._path: Path | None = None
        # What came of it, once it was trained to its end.
        self.outcome: RunOutcome | None = None
        # Sentences that a person would have been told in a terminal.
        self.notes: list[str] = []

    @classmethod
    def resume(
        cls,
        folder: str | Path,
        function: Play | None = None,
        *,
        workers: int | None = None,
        generations: int | None = None,
    ) -> Self:
        """Take up a run that is there: its folder, or its name under runs/.

        Reading it needs no training: `champion`, `metrics` and `status` come from the folder. `train` goes on
        after the last finished generation. A function that stands in no file has to be given again.
        """
        path = find_run(str(folder))
        run = cls.__new__(cls)
        run._request = Request.again(read_record(path), function, workers, generations)
        run._path = path
        run.outcome = None
        run.notes = []
        return run

    def __repr__(self) -> str:
        where = "not trained yet" if self._path is None else f"{self._path}, {self.status}"
        return f"<evolve.Run {self._request.title}, seed {self.seed}: {where}>"

    @property
    def folder(self) -> Path:
        """Where the run is kept; there is none before training began."""
        if self._path is None:
            raise EvolveUserError("the run has no folder yet: train it first")
        return self._path

    @property
    def seed(self) -> int:
        return self._request.seed

    @property
    def status(self) -> str:
        """How it stands: new, starting, running, finished, interrupted, stopped or failed."""
        return "new" if self._path is None else standing(self._path, read_record(self._path))

    @property
    def champion(self) -> "Champion | None":
        """The best brain so far, from the folder; None before the first generation is finished."""
        from evolve._native import Champion

        file = None if self._path is None else self._path / "champion.evo"
        return Champion.load(str(file)) if file is not None and file.is_file() else None

    @property
    def metrics(self) -> list[MetricsRow]:
        """A row for each finished generation, from the folder; `pandas.DataFrame(run.metrics)` takes them."""
        return [] if self._path is None else read_rows(self._path / "metrics.csv")

    def train(self, generations: int | None = None) -> RunOutcome:
        """Train to the end, or on to so many generations in all; returns what came of it.

        What a person can put right is an EvolveUserError of one sentence. After an error and after Ctrl-C
        what was finished is on disk, and `train` goes on with it.
        """
        watcher = _Watcher(self.notes)
        with self._under_way(watcher, generations) as job:
            # In a thread of its own only where it has to be: this one hears Ctrl-C at once.
            if not _has_loop():
                return self._ended(job.train())
            with Background(job, watcher.reports) as background:
                return self._ended(background.outcome())

    def __iter__(self) -> Iterator["GenerationReport"]:
        """Train, and give the report of each generation once it is on disk."""
        watcher = _Watcher(self.notes)
        with self._under_way(watcher, None) as job, Background(job, watcher.reports) as background:
            yield from background
            self._ended(background.outcome())

    @contextmanager
    def _under_way(self, watcher: "_Watcher", generations: int | None) -> Iterator[Job]:
        """A job whose folder is let go of at the end; one that came to nothing leaves none."""
        from evolve._native import EvolveError

        job = self._request.job(self._path, watcher, generations)
        self._path = job.folder.path
        try:
            yield job
        except (EvolveUserError, EvolveError) as error:
            job.give_up(error)
            raise
        finally:
            job.folder.close()
            if not self._path.exists():
                self._path = None

    def _ended(self, outcome: Outcome) -> RunOutcome:
        self.outcome = outcome_of(outcome)
        return self.outcome


class _Watcher:
    """Hears what a display would show, and keeps the reports for whoever takes them."""

    def __init__(self, notes: list[str]) -> None:
        self.reports: Reports = SimpleQueue()
        self._notes = notes

    def generation(self, progress: "Progress") -> None:
        self.reports.put(progress.report)

    def note(self, sentence: str) -> None:
        self._notes.append(sentence)

    def close(self) -> None:
        pass


def _has_loop() -> bool:
    """Whether this thread runs an event loop already, as a notebook's does."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
