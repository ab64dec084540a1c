"""A bucket against its definition: whoever takes never gets more than the clock and gifts allow."""

from hypothesis import given
from hypothesis import strategies as some

from evolve.protocol.bucket import Bucket

WAITS = some.lists(some.floats(0.0, 2.0), min_size=1, max_size=60)


@given(some.integers(1, 20), some.floats(0.1, 10.0), WAITS)
def test_no_more_than_what_fits_and_what_flows_in_is_ever_taken(
    at_once: int, per_second: float, waits: list[float]
) -> None:
    now = 0.0
    bucket = Bucket(at_once, per_second, lambda: now)
    taken = 0
    for wait in waits:
        now += wait
        taken += bucket.take()
        assert taken <= at_once + now * per_second + 1e-6


@given(
    some.integers(1, 20),
    some.floats(0.1, 10.0),
    some.lists(some.tuples(some.floats(0.0, 2.0), some.integers(0, 9)), max_size=30),
)
def test_many_are_taken_at_once_as_one_by_one(
    at_once: int, per_second: float, steps: list[tuple[float, int]]
) -> None:
    now = 0.0
    one, other = (Bucket(at_once, per_second, lambda: now) for _ in range(2))
    for wait, count in steps:
        now += wait
        assert one.take_many(count) == sum([other.take() for _ in range(count)])


def test_a_long_rest_fills_it_and_no_more() -> None:
    now = 0.0
    bucket = Bucket(3, 1.0, lambda: now)
    now = 1e9
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]


def test_a_gift_counts_at_once_and_never_overflows() -> None:
    bucket = Bucket(2, 1.0, lambda: 0.0)
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    bucket.give(1)
    assert [bucket.take() for _ in range(2)] == [True, False]
    bucket.give(9)
    assert [bucket.take() for _ in range(3)] == [True, True, False]


def test_after_the_wait_that_it_names_there_is_one_to_take() -> None:
    now = 0.0
    bucket = Bucket(1, 4.0, lambda: now)
    assert bucket.take()
    assert not bucket.take()
    now += bucket.seconds_to_wait()
    assert now == 0.25
    assert bucket.take()
