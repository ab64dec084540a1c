"""Sorts and runs of ours and of the peers, in one process, in turn.

Prints one JSON object a line: `name`, `unit`, `ours`, `peers`. Runs in the peers' environment, with the
orchestrator's sources on the path.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable

import moocore
import numpy as np
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.core.problem import Problem
from pymoo.optimize import minimize
from pymoo.util.nds.non_dominated_sorting import NonDominatedSorting

from evolve.selection import non_dominated_ranks, nsga2_minimise

SIZES = (1_000, 10_000)
SEEDS = range(11)
EVALUATIONS = 25_000

Work = Callable[[], object]
Evaluate = Callable[[np.ndarray], np.ndarray]


def row(name: str, unit: str, ours: float, peers: dict[str, float]) -> None:
    print(json.dumps({"name": name, "unit": unit, "ours": ours, "peers": peers}), flush=True)


def in_turn(works: dict[str, Work], rounds: int, repeats: int) -> dict[str, float]:
    """The median time of each in milliseconds, so that all see the same machine.

    Each is repeated in its turn, as a run repeats it: right after somebody else's megabytes even the
    fastest sort of 1,000 is three times as slow.
    """
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            begin = time.perf_counter()
            for _ in range(repeats):
                work()
            times[name].append((time.perf_counter() - begin) * 1e3 / repeats)
    return {name: statistics.median(measured) for name, measured in times.items()}


def sorts() -> None:
    for size in SIZES:
        for width in (2, 3):
            table = np.random.default_rng(1).random((size, width))
            works: dict[str, Work] = {
                "ours": lambda table=table: non_dominated_ranks(table),
                "moocore": lambda table=table: moocore.pareto_rank(table),
                "pymoo": lambda table=table: NonDominatedSorting().do(table),
            }
            times = in_turn(works, rounds=30, repeats=20 if size == SIZES[0] else 2)
            row(f"sort of {size}, {width} objectives", "ms", times.pop("ours"), times)


def zdt1(x: np.ndarray) -> np.ndarray:
    first = x[:, 0]
    g = 1 + 9 / (x.shape[1] - 1) * x[:, 1:].sum(axis=1)
    return np.column_stack((first, g - np.sqrt(g * first)))


def zdt2(x: np.ndarray) -> np.ndarray:
    first = x[:, 0]
    g = 1 + 9 / (x.shape[1] - 1) * x[:, 1:].sum(axis=1)
    return np.column_stack((first, g - first * first / g))


def zdt3(x: np.ndarray) -> np.ndarray:
    first = x[:, 0]
    g = 1 + 9 / (x.shape[1] - 1) * x[:, 1:].sum(axis=1)
    return np.column_stack((first, g - np.sqrt(g * first) - first * np.sin(10 * np.pi * first)))


def dtlz2(x: np.ndarray) -> np.ndarray:
    distance = 1 + ((x[:, 2:] - 0.5) ** 2).sum(axis=1)
    a, b = x[:, 0] * np.pi / 2, x[:, 1] * np.pi / 2
    return np.column_stack((np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a))) * distance[:, None]


PROBLEMS: dict[str, tuple[Evaluate, int, int, int]] = {
    "ZDT1": (zdt1, 30, 2, 100),
    "ZDT2": (zdt2, 30, 2, 100),
    "ZDT3": (zdt3, 30, 2, 100),
    "DTLZ2": (dtlz2, 12, 3, 92),
}


def ours(name: str, seed: int) -> np.ndarray:
    evaluate, variables, _, population = PROBLEMS[name]
    bounds = (np.zeros(variables), np.ones(variables))
    return nsga2_minimise(evaluate, bounds, population, EVALUATIONS // population, seed).objectives


def pymoos(name: str, seed: int) -> np.ndarray:
    evaluate, variables, objectives, population = PROBLEMS[name]

    class Vectorised(Problem):
        def __init__(self) -> None:
            super().__init__(n_var=variables, n_obj=objectives, xl=0.0, xu=1.0)

        def _evaluate(self, x: np.ndarray, out: dict, *_args: object, **_named: object) -> None:
            out["F"] = evaluate(x)

    generations = ("n_gen", EVALUATIONS // population)
    return minimize(Vectorised(), NSGA2(pop_size=population), generations, seed=seed + 1).pop.get("F")


def runs() -> None:
    """The same machine, seed after seed, so that the time of pymoo's runs is measured on the way."""
    for name, (_, _, objectives, _) in PROBLEMS.items():
        reference = np.full(objectives, 1.1)
        volumes: dict[str, list[float]] = {"ours": [], "pymoo": []}
        times: dict[str, list[float]] = {"ours": [], "pymoo": []}
        for seed in SEEDS:
            for who, run in (("ours", ours), ("pymoo", pymoos)):
                begin = time.perf_counter()
                front = run(name, seed)
                times[who].append((time.perf_counter() - begin) * 1e3)
                volumes[who].append(moocore.hypervolume(front, ref=reference))
        if name == "ZDT1":
            taken = {who: statistics.median(measured) for who, measured in times.items()}
            row("NSGA-II on ZDT1, 25000 evaluations", "ms", taken["ours"], {"pymoo": taken["pymoo"]})
        medians = {who: statistics.median(measured) for who, measured in volumes.items()}
        row(f"hypervolume on {name}, median of 11 seeds", "", medians["ours"], {"pymoo": medians["pymoo"]})


if __name__ == "__main__":
    sorts()
    runs()
