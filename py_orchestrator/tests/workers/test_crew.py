"""Handing units out: fairly, within what was asked for, and to whoever is left when somebody falls silent."""

import asyncio
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.doubles import FakeBatch, fake_play
from tests.workers.floor import Floor

from evolve.errors import EvolveUserError
from evolve.protocol import limits
from evolve.protocol.session import Stage
from evolve.workers.sharing import SMALLEST_FRAME


def on_a_floor(units: int, pulls: list[int]) -> Floor:
    async def make() -> Floor:
        floor = Floor(units, len(pulls))
        for member, pull in zip(floor.members, pulls, strict=True):
            floor.pull(member, pull)
        return floor

    return asyncio.run(make())


@given(some.integers(1, 2_000), some.lists(some.integers(1, 300), min_size=1, max_size=6))
def test_nobody_gets_more_than_it_asked_for_and_nobody_idles_while_units_wait(
    units: int, pulls: list[int]
) -> None:
    floor = on_a_floor(units, pulls)
    for member, pull in zip(floor.members, pulls, strict=True):
        assert len(member.held) + member.session.credit == pull
        assert member.held or not floor.work.waiting()
    held = [unit for member in floor.members for unit in member.held]
    assert len(held) == len(set(held)) == units - floor.work.waiting()


@pytest.mark.parametrize("workers", [1, 2, 3, 5])
def test_a_small_generation_is_shared_and_some_is_kept_for_the_faster_ones(workers: int) -> None:
    async def play() -> None:
        floor = Floor(150, workers)
        for member in floor.members:
            floor.pull(member, 128)
        while floor.work.generation == 0:
            for member in floor.members:
                floor.answer(member)
        # In the second generation everyone has credit from the start.
        shares = [len(member.held) for member in floor.members]
        assert min(shares) >= SMALLEST_FRAME
        assert max(shares) <= -(-150 // workers) + 1

    asyncio.run(play())


def test_units_of_a_silent_worker_go_to_another_and_its_late_answer_still_counts() -> None:
    async def play() -> None:
        floor = Floor(12, 2)
        silent, other = floor.members
        floor.pull(silent, 12)
        units = set(silent.held)
        assert units == set(range(12))
        floor.pull(other, 64)
        floor.crew.share_stalled(60.0)
        assert other.held == set()
        floor.now = 61.0
        floor.crew.share_stalled(60.0)
        assert other.held == units
        assert silent.held == set()
        silent.held.update(units)
        floor.answer(silent)
        assert floor.work.generation == 1
        assert floor.work.evaluations == 12
        late = cast("FakeBatch", fake_play(FakeBatch(sorted(units)))).to_bytes()
        floor.crew._take(other, late)
        assert floor.work.evaluations == 12

    asyncio.run(play())


def test_a_frame_that_is_too_large_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAXIMUM_BINARY_BYTES", 3)
    floor = on_a_floor(4, [4])
    error = floor.outcome.exception()
    assert isinstance(error, EvolveUserError)
    assert str(error).startswith("4 units make a frame of ")


def test_a_fault_in_the_run_ends_it_instead_of_a_worker() -> None:
    async def play() -> None:
        floor = Floor(4, 1)
        floor.pull(floor.members[0], 4)
        floor.work.settle = lambda: 1 / 0  # type: ignore[method-assign, assignment]
        floor.answer(floor.members[0])
        assert isinstance(floor.outcome.exception(), ZeroDivisionError)

    asyncio.run(play())


def test_a_result_that_another_worker_was_asked_for_breaks_a_rule() -> None:
    async def play() -> None:
        floor = Floor(20, 2)
        honest, thief = floor.members
        floor.pull(honest, 8)
        floor.pull(thief, 8)
        stolen = cast("FakeBatch", fake_play(FakeBatch(sorted(honest.held)))).to_bytes()
        floor.crew._take(thief, stolen)
        assert thief.session.stage is Stage.OVER
        assert thief._visit.fault == "results of a unit that this worker was not handed"
        assert floor.work.evaluations == 0
        floor.answer(honest)
        assert floor.work.evaluations == 8

    asyncio.run(play())


def test_units_that_are_late_go_to_who_is_idle_and_the_first_answer_counts() -> None:
    async def play() -> None:
        floor = Floor(16, 2)
        slow, quick = floor.members
        floor.pull(slow, 8)
        floor.pull(quick, 64)
        floor.now = 0.1
        floor.answer(quick)
        assert quick.held == set()
        late = set(slow.held)
        floor.now = 0.12
        floor.crew.share_late()
        assert quick.held == set()
        floor.now = 0.13
        floor.crew.share_late()
        assert quick.held == slow.held == late
        floor.answer(quick)
        assert (floor.work.generation, floor.work.evaluations) == (1, 16)
        # It still holds what nobody waits for any more, and is not given up for it.
        assert slow.held == late

    asyncio.run(play())


def test_a_unit_that_is_played_alone_is_never_shared() -> None:
    async def play() -> None:
        floor = Floor(8, 2)
        suspicious, idle = floor.members
        floor.pull(suspicious, 8)
        suspicious.is_alone = True
        floor.pull(idle, 8)
        floor.now = 60.0
        floor.crew.share_late()
        assert idle.held == set()

    asyncio.run(play())
