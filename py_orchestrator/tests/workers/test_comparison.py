"""Two plays of one unit: equal, or told apart by the first tick that differs."""

from array import array

from hypothesis import given
from hypothesis import strategies as some

from evolve.workers.comparison import Play, PlaysDiffer, compare

TRACES = some.lists(some.integers(0, 2**64 - 1), min_size=1, max_size=20)


def play(trace: list[int], score: float = 1.0, laps: float = 2.0) -> Play:
    return Play(
        "worker",
        {
            "steps": 3,
            "scores": [score],
            "behaviour": [],
            "trace": array("Q", trace).tobytes(),
            "metrics": [(0, "laps", laps)],
        },
    )


@given(TRACES)
def test_equal_plays_do_not_differ(trace: list[int]) -> None:
    assert compare(1, b"", play(trace), play(trace)) is None


@given(TRACES, some.data(), some.integers(1, 2**32 - 1), some.booleans())
def test_the_first_tick_that_differs_is_named_and_whether_it_was_sensed_or_done(
    trace: list[int], data: some.DataObject, flips: int, is_sensed: bool
) -> None:
    tick = data.draw(some.integers(1, len(trace)))
    other = list(trace)
    other[tick - 1] ^= flips << 32 if is_sensed else flips
    # Whatever comes afterwards says no more.
    other[tick:] = data.draw(some.lists(some.integers(0, 2**64 - 1), max_size=20))
    difference = compare(7, b"frame", play(trace), play(other, 2.0))
    assert difference is not None
    assert (difference.unit, difference.frame) == (7, b"frame")
    assert (difference.kind, difference.tick) == ("sensed" if is_sensed else "did", tick)


@given(TRACES, TRACES)
def test_a_play_that_went_on_is_named_by_the_first_tick_that_the_other_one_lacks(
    trace: list[int], more: list[int]
) -> None:
    for first, second in ((trace, trace + more), (trace + more, trace)):
        difference = compare(7, b"", play(first), play(second))
        assert difference is not None
        assert (difference.kind, difference.tick) == ("ended", len(trace) + 1)


def test_plays_that_were_scored_differently_differ_though_no_tick_does() -> None:
    difference = compare(7, b"", play([1, 2], 1.0), play([1, 2], 1.5))
    assert difference is not None
    assert (difference.kind, difference.tick) == ("scored", None)
    assert str(PlaysDiffer(difference)) == "unit 7 was not the same when it was played again"


@given(TRACES)
def test_metrics_alone_make_a_difference_of_their_own(trace: list[int]) -> None:
    noted = compare(1, b"", play(trace), play(trace, laps=3.0))
    scored = compare(1, b"", play(trace), play(trace, score=2.0, laps=3.0))
    assert noted is not None
    assert scored is not None
    assert (noted.kind, scored.kind) == ("noted", "scored")
