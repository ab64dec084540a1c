"""Compare our ranks with moocore's and pymoo's, and our crowding with pymoo's and pygmo's.

On random, tied, duplicated and degenerate sets of up to 2,000 rows and 2 to 6 objectives. Ends with exit
code 1 at the first difference; prints one line with what was compared. Runs in the peers' environment,
with the orchestrator's sources on the path.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import moocore
import numpy as np
import pygmo
from pymoo.operators.survival.rank_and_crowding.metrics import calc_crowding_distance
from pymoo.util.nds.non_dominated_sorting import NonDominatedSorting

from evolve.selection import crowding_distance, non_dominated_ranks

SIZES = (3, 10, 100, 500, 2_000)


def sets(seed: int) -> Iterator[tuple[str, np.ndarray]]:
    random = np.random.default_rng(seed)
    for size in SIZES:
        for width in range(2, 7):
            plain = random.random((size, width))
            yield "random", plain
            yield "tied", np.floor(plain * 4)
            yield "duplicated", plain[random.integers(0, max(size // 3, 1), size)]
            constant = plain.copy()
            constant[:, random.integers(width)] = 0.5
            yield "one objective constant", constant
            yield "one front", plain / plain.sum(axis=1, keepdims=True)
            yield "a chain", np.repeat(plain[:, :1], width, axis=1)
            yield "all equal", np.full((size, width), 0.25)
            yield "both signs, both zeros", np.round(plain * 6 - 3) * -0.0 + np.round(plain * 6 - 3)


def fail(kind: str, table: np.ndarray, what: str) -> None:
    sys.exit(f"{what} differ on a set of {len(table)} rows, {table.shape[1]} objectives ({kind})")


def same(ours: np.ndarray, theirs: np.ndarray) -> bool:
    # A neighbour's distance is one division with us and two with pymoo, so the last bits may differ.
    return bool(np.allclose(ours, theirs, rtol=1e-12, atol=1e-12))


def check_ranks(kind: str, table: np.ndarray, ranks: np.ndarray) -> None:
    if not np.array_equal(ranks, moocore.pareto_rank(table)):
        fail(kind, table, "ranks from moocore's")
    theirs = np.empty(len(table), dtype=np.int64)
    for rank, front in enumerate(NonDominatedSorting().do(table)):
        theirs[front] = rank
    if not np.array_equal(ranks, theirs):
        fail(kind, table, "ranks from pymoo's")


def check_crowding(kind: str, table: np.ndarray, ranks: np.ndarray) -> int:
    summed = crowding_distance(table, ranks)
    mean = crowding_distance(table, ranks, divide_by_objectives=True)
    compared = 0
    for rank in range(ranks.max() + 1):
        front = np.flatnonzero(ranks == rank)
        if len(front) <= 2:
            if not np.isinf(summed[front]).all():
                fail(kind, table, "distances of a front of one or two from infinity")
            continue
        if not same(mean[front], calc_crowding_distance(table[front])):
            fail(kind, table, "crowding distances from pymoo's")
        # pagmo's order of equal values is its sort's own and it divides by a range of 0: compared without.
        distinct = all(len(np.unique(column)) == len(front) for column in table[front].T)
        if distinct and not same(summed[front], pygmo.crowding_distance(table[front])):
            fail(kind, table, "crowding distances from pygmo's")
        compared += 1
    return compared


def main() -> None:
    count = fronts = 0
    for seed in range(3):
        for kind, table in sets(seed):
            ranks = non_dominated_ranks(table)
            check_ranks(kind, table, ranks)
            fronts += check_crowding(kind, table, ranks)
            count += 1
    print(f"{count} sets and {fronts} fronts agree with moocore, pymoo and pygmo")


if __name__ == "__main__":
    main()
