"""The Python door to selection, against plain numpy definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from evolve._native import EvolveError
from evolve.selection import crowding_distance, non_dominated_ranks, nsga2_minimise, nsga2_select

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

KINDS = ("random", "tied", "duplicated", "constant", "equal")


@st.composite
def tables(draw: st.DrawFn) -> Floats:
    size, width = draw(st.integers(1, 120)), draw(st.integers(1, 6))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    table = random.random((size, width))
    kind = draw(st.sampled_from(KINDS))
    if kind == "tied":
        table = np.floor(table * 4)
    elif kind == "duplicated":
        table = table[random.integers(0, max(size // 3, 1), size)]
    elif kind == "constant":
        table[:, 0] = 0.5
    elif kind == "equal":
        table[:] = 0.25
    return table


def ranks_by_definition(table: Floats) -> Indices:
    no_worse = np.all(table[:, None, :] <= table[None, :, :], axis=2)
    better = np.any(table[:, None, :] < table[None, :, :], axis=2)
    dominates: NDArray[np.bool_] = np.logical_and(no_worse, better)
    ranks = np.full(len(table), -1, dtype=np.int64)
    rank = 0
    while (ranks < 0).any():
        left = ranks < 0
        front = left & ~dominates[left].any(axis=0)
        ranks[front] = rank
        rank += 1
    return ranks


def crowding_by_definition(front: Floats) -> Floats:
    if len(front) <= 2:
        return np.full(len(front), np.inf)
    distances = np.zeros(len(front))
    for column in front.T:
        order = np.argsort(column, kind="stable")
        span = column[order[-1]] - column[order[0]]
        if span > 0:
            distances[order[1:-1]] += (column[order[2:]] - column[order[:-2]]) / span
            distances[order[[0, -1]]] = np.inf
    return distances


@given(tables())
def test_ranks_are_those_of_the_definition(table: Floats) -> None:
    assert np.array_equal(non_dominated_ranks(table), ranks_by_definition(table))


@given(tables(), st.integers(0, 63))
def test_maximising_is_minimising_the_negative(table: Floats, mask: int) -> None:
    maximise = [bool(mask >> column & 1) for column in range(table.shape[1])]
    turned = np.where(maximise, -table, table)
    assert np.array_equal(non_dominated_ranks(table, maximise), non_dominated_ranks(turned))


@given(tables())
def test_crowding_is_that_of_the_definition_in_both_conventions(table: Floats) -> None:
    ranks = non_dominated_ranks(table)
    expected = np.empty(len(table))
    for rank in range(ranks.max() + 1):
        expected[ranks == rank] = crowding_by_definition(table[ranks == rank])
    assert np.allclose(crowding_distance(table, ranks), expected, rtol=1e-12)
    mean = crowding_distance(table, ranks, divide_by_objectives=True)
    assert np.allclose(mean, expected / table.shape[1], rtol=1e-12)


@given(tables(), st.data())
def test_survivors_are_the_first_by_rank_then_crowding_then_index(table: Floats, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, len(table)))
    ranks = non_dominated_ranks(table)
    order = np.lexsort((np.arange(len(table)), -crowding_distance(table, ranks), ranks))
    assert sorted(nsga2_select(table, count)) == sorted(order[:count])


def test_arrays_of_other_kinds_and_layouts_are_taken_as_they_mean() -> None:
    table = np.array([[1, 2], [2, 1], [2, 2]])
    assert non_dominated_ranks(table).tolist() == [0, 0, 1]
    assert non_dominated_ranks(np.asfortranarray(table)).tolist() == [0, 0, 1]
    assert non_dominated_ranks([[1, 2], [2, 1], [2, 2]]).tolist() == [0, 0, 1]
    assert non_dominated_ranks(table[::-1]).tolist() == [1, 0, 0]


def test_results_may_be_written_to() -> None:
    ranks = non_dominated_ranks([[1.0]])
    ranks[0] = 7
    assert ranks.tolist() == [7]


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ([1.0, 2.0], "objectives have 1 dimensions; a table has 2, a row for each individual"),
        ([[1.0, float("nan")]], "objective 1 of row 0 is not a number"),
        ([[], []], "at least one objective is needed"),
        ([["a"]], "objectives must be an array of numbers: could not convert string to float: np.str_('a')"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(table: list[object], sentence: str) -> None:
    with pytest.raises(EvolveError) as refused:
        non_dominated_ranks(table)  # type: ignore[arg-type]
    assert str(refused.value) == sentence


def test_ranks_and_counts_that_do_not_fit_are_refused() -> None:
    table = np.zeros((3, 2))
    with pytest.raises(EvolveError, match=r"^2 ranks were given where 3 are needed$"):
        crowding_distance(table, [0, 0])
    with pytest.raises(EvolveError, match=r"^-1 is no rank$"):
        crowding_distance(table, [0, 0, -1])
    with pytest.raises(EvolveError, match=r"^4 cannot be chosen from 3$"):
        nsga2_select(table, 4)
    with pytest.raises(EvolveError, match=r"^1 directions were given for 2 objectives"):
        non_dominated_ranks(table, [True])


def parabolas(x: Floats) -> Floats:
    rest = (x[:, 1:] ** 2).sum(axis=1)
    return np.column_stack((x[:, 0] ** 2 + rest, (x[:, 0] - 2) ** 2 + rest))


def test_a_run_finds_the_front_and_repeats_itself() -> None:
    bounds = (np.full(3, -10.0), np.full(3, 10.0))
    result = nsga2_minimise(parabolas, bounds, population=40, generations=100, seed=5)
    assert result.variables.shape == (40, 3)
    assert np.array_equal(result.objectives, parabolas(result.variables))
    assert (np.abs(result.variables[:, 1:]) < 0.2).all()
    again = nsga2_minimise(parabolas, bounds, population=40, generations=100, seed=5)
    assert np.array_equal(result.variables, again.variables)
    other = nsga2_minimise(parabolas, bounds, population=40, generations=100, seed=6)
    assert not np.array_equal(result.variables, other.variables)


def test_a_run_refuses_objectives_and_bounds_that_do_not_fit() -> None:
    with pytest.raises(EvolveError, match=r"^6 objectives were given where 8"):
        nsga2_minimise(lambda x: parabolas(x)[:3], ([0.0, 0.0], [1.0, 1.0]), population=4)
    with pytest.raises(EvolveError, match=r"^the bounds of variable 1 are 2 and 1"):
        nsga2_minimise(parabolas, ([0.0, 2.0], [1.0, 1.0]))
