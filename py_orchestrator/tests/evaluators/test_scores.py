"""What an evaluator may return, and how anything else is refused."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evolve.evaluators.scores import WrongScoreError, read_scores

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@given(NUMBERS)
def test_one_number_is_a_score_whatever_kind_of_number_it_is(value: float) -> None:
    assert read_scores(value, 1, ["fitness"], []) == ([[value]], [[]])
    assert read_scores(np.float64(value), 1, ["fitness"], []) == ([[value]], [[]])
    assert read_scores(np.array(value), 1, ["fitness"], []) == ([[value]], [[]])
    assert read_scores([value], 1, ["fitness"], []) == ([[value]], [[]])
    assert read_scores({"fitness": value}, 1, ["fitness"], []) == ([[value]], [[]])


@given(st.data(), st.integers(1, 4), st.integers(0, 3), st.integers(1, 4))
def test_names_places_and_arrays_say_the_same(
    data: st.DataObject, objectives: int, behaviour: int, members: int
) -> None:
    names = [f"o{place}" for place in range(objectives)]
    others = [f"b{place}" for place in range(behaviour)]
    width = objectives + behaviour
    row = st.lists(NUMBERS, min_size=width, max_size=width)
    rows = data.draw(st.lists(row, min_size=members, max_size=members))
    expected = ([one[:objectives] for one in rows], [one[objectives:] for one in rows])
    named = [dict(zip([*names, *others], one, strict=True)) for one in rows]
    forms: list[Callable[[Any], Any]] = [list, tuple, lambda value: value]
    for form in forms:
        each: list[Any] = [form(one) for one in rows]
        assert read_scores(each if members > 1 else each[0], members, names, others) == expected
    assert read_scores(named if members > 1 else named[0], members, names, others) == expected
    table = np.array(rows)
    assert read_scores(table if members > 1 else table[0], members, names, others) == expected


@given(st.one_of(st.none(), st.text(), st.binary(), st.lists(st.text()), st.dictionaries(st.text(), NUMBERS)))
def test_anything_else_is_a_wrong_score_and_no_other_error(value: object) -> None:
    if isinstance(value, dict) and set(value) == {"fitness"}:
        return
    with pytest.raises(WrongScoreError):
        read_scores(value, 1, ["fitness"], [])


@pytest.mark.parametrize(
    ("value", "members", "names", "sentence"),
    [
        (math.nan, 1, ["fitness"], "nan for fitness: a score is a finite number"),
        (math.inf, 1, ["fitness"], "inf for fitness: a score is a finite number"),
        ("good", 1, ["fitness"], "'good': expected a number for fitness"),
        (None, 1, ["fitness"], "nothing: expected a number for fitness"),
        (10**400, 1, ["fitness"], f"1{'0' * 59}…: expected a number for fitness"),
        ((1.0, 2.0), 1, ["fitness"], "2 values: expected a number for fitness"),
        (1.0, 1, ["speed", "fuel"], "1.0: expected a number for each of speed, fuel"),
        ({"speed": 1.0}, 1, ["speed", "fuel"], "the names speed: it is scored on speed, fuel"),
        (1.0, 2, ["fitness"], "1.0: expected a score for each of the 2 brains, in their order"),
        ([1.0, "x"], 2, ["fitness"], "'x': expected a number for fitness"),
    ],
)
def test_a_wrong_score_says_what_was_expected(
    value: object, members: int, names: list[str], sentence: str
) -> None:
    with pytest.raises(WrongScoreError) as wrong:
        read_scores(value, members, names, [])
    assert str(wrong.value) == sentence
