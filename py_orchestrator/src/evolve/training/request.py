"""What a program asks of a run, checked before anything is made, and the job that comes of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

from evolve.errors import EvolveUserError
from evolve.evaluators.loading import evaluator_of, is_importing
from evolve.evaluators.playing import Play
from evolve.storage.record import RunRecord
from evolve.storage.run_folder import RunFolder
from evolve.training.configuration import Layer, Overrides, read_toml
from evolve.training.job import Job, Wish, load_newest
from evolve.training.progress import Display
from evolve.training.source import DEFAULT_WORKERS, Source, find_source, python_source

_MAXIMUM_WORKERS: Final = 256


@dataclass(frozen=True)
class Request:
    """A wish, and where its run is to be kept. A run that is there finds its source when it goes on."""

    title: str
    seed: int
    source: Source | None
    workers: int
    generations: int | None
    overrides: Overrides = field(default_factory=Overrides)
    out: Path | None = None

    @classmethod
    def new(
        cls,
        what: str | Path | Play,
        seed: int,
        workers: int | None,
        generations: int | None,
        population: int | None,
        config: Mapping[str, Any] | str | Path | None,
        out: str | Path | None,
    ) -> Self:
        """A run that begins."""
        source = _source_of(what)
        overrides = Overrides(_layers(config), population)
        source.check(overrides)
        wanted = _workers(workers, given=callable(what))
        source.check_workers(wanted)
        folder = None if out is None else Path(out)
        return cls(source.name, seed, source, wanted, _whole(generations), overrides, folder)

    @classmethod
    def again(
        cls, record: RunRecord, function: Play | None, workers: int | None, generations: int | None
    ) -> Self:
        """A run that goes on."""
        source = None if function is None else _source_of(function)
        wanted = _workers(workers, given=function is not None)
        return cls(record.source, int(record.seed), source, wanted, _whole(generations))

    def job(self, path: Path | None, display: Display, generations: int | None) -> Job:
        """The job of a run that begins, or goes on in the folder `path`."""
        if is_importing():
            raise EvolveUserError(
                "it trains while it is imported, and every worker imports it: put the training "
                "below 'if __name__ == \"__main__\":'"
            )
        asked = self if generations is None else replace(self, generations=_whole(generations))
        return asked._begin(display) if path is None else asked._go_on(path, display)

    def _begin(self, display: Display) -> Job:
        source = self._found(None)
        return Job(self._wish(source), RunFolder.create(source.name, self.seed, self.out), display)

    def _go_on(self, path: Path, display: Display) -> Job:
        folder = RunFolder.open(path)
        try:
            source = self._found(folder.read_record())
            return Job(self._wish(source), folder, display, load_newest(folder, display.note))
        except BaseException:
            folder.close()
            raise

    def _found(self, record: RunRecord | None) -> Source:
        source = self.source or find_source(None if record is None else record.source)
        source.check_workers(self.workers)
        return source

    def _wish(self, source: Source) -> Wish:
        return Wish(source, self.seed, self.workers, self.generations, self.overrides)


def _source_of(what: str | Path | Play) -> Source:
    return python_source(evaluator_of(what)) if callable(what) else find_source(str(what))


def _layers(config: Mapping[str, Any] | str | Path | None) -> tuple[Layer, ...]:
    if config is None:
        return ()
    if isinstance(config, str | Path):
        return (Layer(str(config), read_toml(Path(config))),)
    try:
        json.dumps(config)
    except (TypeError, ValueError) as error:
        raise EvolveUserError(f"config holds a value that no setting takes: {error}") from error
    return (Layer("config", dict(config)),)


def _workers(workers: int | None, *, given: bool) -> int:
    """How many, or the default: a function that was given itself plays in this process."""
    if workers is None:
        return 0 if given else DEFAULT_WORKERS
    if not 0 <= workers <= _MAXIMUM_WORKERS:
        raise EvolveUserError(f"workers is {workers}, but must be from 0 to {_MAXIMUM_WORKERS}")
    return workers


def _whole(generations: int | None) -> int | None:
    if generations is not None and generations < 1:
        raise EvolveUserError(f"generations is {generations}, but must be 1 at least")
    return generations
