"""Several runs beside each other: the same generation, the same fitness, and where their settings differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from evolve.analysis.run_figures import RunFigures, configuration_of, minimises
from evolve.errors import EvolveUserError
from evolve.storage.history_reader import read_history
from evolve.training.configuration import flatten

_LINES: Final = 6
# What stands for a setting that a run does not have.
ABSENT: Final = None


@dataclass(frozen=True)
class Difference:
    """A setting that is not the same in all runs, with its value in each."""

    key: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Comparison:
    """Runs, and the measure they are held to."""

    runs: tuple[RunFigures, ...]
    minimise: bool
    fitness: float | None
    differences: tuple[Difference, ...]
    untold: tuple[str, ...]

    @property
    def common(self) -> int:
        """So many generations all of them have finished."""
        return min(len(run.rows) for run in self.runs)

    def generations(self) -> list[int]:
        """A few numbers of finished generations, evenly spaced, up to the last that all of them have."""
        count = min(_LINES, self.common)
        return sorted({max(1, round(self.common * place / count)) for place in range(1, count + 1)})


def compare(runs: Sequence[RunFigures], fitness: float | None) -> Comparison:
    """Compare runs; without a fitness they are held to the best that all of them reached."""
    configs = [configuration_of(run.path) for run in runs]
    directions = {minimises(config) for config in configs if config is not None}
    if len(directions) > 1:
        raise EvolveUserError(
            "some of these runs minimise their fitness and some maximise it: compare others"
        )
    minimise = directions == {True}
    bests = [run.best for run in runs if run.best is not None]
    if fitness is None and len(bests) == len(runs):
        fitness = max(bests) if minimise else min(bests)
    untold = tuple(run.name for run, config in zip(runs, configs, strict=True) if config is None)
    return Comparison(tuple(runs), minimise, fitness, differences(runs, configs), untold)


def differences(
    runs: Sequence[RunFigures], configs: Sequence[dict[str, Any] | None]
) -> tuple[Difference, ...]:
    """Where settings differ; what is trained comes first, and runs that do not tell have None."""
    flat = [flatten(config) if config is not None else None for config in configs]
    keys = sorted({key for one in flat if one is not None for key in one})
    found = [Difference("source", tuple(run.record.source for run in runs))]
    found += [Difference(key, tuple(ABSENT if one is None else one.get(key) for one in flat)) for key in keys]
    return tuple(one for one in found if _differs(one, flat))


def _differs(difference: Difference, configs: Sequence[dict[str, Any] | None]) -> bool:
    if difference.key == "source":
        return len(set(difference.values)) > 1
    told = [value for value, one in zip(difference.values, configs, strict=True) if one is not None]
    return any(value != told[0] for value in told[1:])


def metric_means(run: RunFigures, generation: int) -> dict[str, float]:
    """The mean of each metric in a generation, counted from 0; with its population where several have any.

    A history that is not there, or damaged, has none: `evolve show` says what is wrong with it.
    """
    try:
        with read_history(run.path) as history:
            metrics = history.metrics_of(generation) if history is not None else []
    except EvolveUserError:
        return {}
    several = len({one.population for one in metrics}) > 1
    return {f"{one.population} {one.name}" if several else one.name: one.mean for one in metrics}
