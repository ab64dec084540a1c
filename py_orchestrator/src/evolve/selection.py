"""Multi-objective selection on numpy arrays: ranks, crowding, survivors, and NSGA-II on real vectors.

The work is done by the engine; arrays cross over as they lie in memory. Anything that is no table of
numbers is refused with an `EvolveError` of one sentence.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evolve import _native

__all__ = ["Nsga2Result", "crowding_distance", "non_dominated_ranks", "nsga2_minimise", "nsga2_select"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Number = TypeVar("Number", np.float64, np.int64)


@dataclass(frozen=True)
class Nsga2Result:
    """The last survivors: a row of variables and a row of objectives for each."""

    variables: Floats
    objectives: Floats


def non_dominated_ranks(objectives: ArrayLike, maximise: Sequence[bool] | None = None) -> Indices:
    """The rank of each row: 0 for those whom nobody dominates, then those whom only rank 0 does, and so on.

    All objectives are minimised, but for those whose entry in `maximise` is true.
    """
    return np.frombuffer(_native.non_dominated_ranks(_table(objectives), maximise), dtype=np.int64)


def crowding_distance(
    objectives: ArrayLike, ranks: ArrayLike | None = None, *, divide_by_objectives: bool = False
) -> Floats:
    """How lonely each row is in its front; without `ranks` all rows are one front.

    The distances of the objectives are added up, as in the paper and in pagmo; with
    `divide_by_objectives` their mean is taken, as in pymoo and DEAP.
    """
    fronts = None if ranks is None else _numbers(ranks, "ranks", np.int64)
    return np.frombuffer(_native.crowding_distance(_table(objectives), fronts, divide_by_objectives))


def nsga2_select(objectives: ArrayLike, count: int, maximise: Sequence[bool] | None = None) -> Indices:
    """The indices of the `count` rows that survive: by rank, then by crowding, then by index."""
    return np.frombuffer(_native.nsga2_select(_table(objectives), count, maximise), dtype=np.int64)


def nsga2_minimise(
    evaluate: Callable[[Floats], ArrayLike],
    bounds: tuple[ArrayLike, ArrayLike],
    population: int = 100,
    generations: int = 250,
    seed: int = 0,
) -> Nsga2Result:
    """Minimise with NSGA-II, with pymoo's default operators: SBX (eta 15) and polynomial mutation (eta 20).

    `evaluate` is given a table with a row of variables for each individual and gives one with a row of
    objectives for each; it is called once a generation. The same seed gives the same bits everywhere.
    """
    lower, upper = (_numbers(bound, "bounds", np.float64).ravel() for bound in bounds)
    run = _native.Nsga2Run(lower.tolist(), upper.tolist(), population, seed)
    width = lower.size
    for _ in range(generations):
        run.tell(_table(evaluate(np.frombuffer(run.ask()).reshape(-1, width))))
    objectives = np.frombuffer(run.scores()).reshape(-1, max(run.objectives, 1))
    return Nsga2Result(np.frombuffer(run.survivors()).reshape(-1, width), objectives)


def _table(values: ArrayLike) -> Floats:
    return _numbers(values, "objectives", np.float64)


def _numbers(values: ArrayLike, name: str, kind: type[Number]) -> NDArray[Number]:
    try:
        return np.ascontiguousarray(np.asarray(values), dtype=kind)
    except (TypeError, ValueError) as error:
        raise _native.EvolveError(f"{name} must be an array of numbers: {error}") from None
