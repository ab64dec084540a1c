"""Handing units out: fairly, within what was asked for, and to whoever is left when somebody falls silent."""

import asyncio
import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.doubles import FakeBatch, FakeEvolution, as_evolution, decode_results, fake_play
from tests.protocol.test_messages import HELLO
from websockets.asyncio.server import ServerConnection

from evolve.errors import EvolveUserError
from evolve.protocol import limits
from evolve.protocol.messages import HelloMessage
from evolve.training.run import Goal
from evolve.workers.crew import SMALLEST_FRAME, Crew
from evolve.workers.member import Member, Visit


class FakeWork(FakeEvolution):
    """A run without a folder."""

    @property
    def over(self) -> str | None:
        return Goal(3).reached(as_evolution(self))

    def waiting(self) -> int:
        return 0 if self.over else self.units_waiting

    def settle(self) -> None:
        pass


class Floor:
    """A crew with members whose connections nobody reads."""

    def __init__(self, units: int, workers: int) -> None:
        self.now = 0.0
        self.work = FakeWork(units)
        self.outcome: asyncio.Future[None] = asyncio.Future()
        self.crew = Crew(cast("Any", self.begin), decode_results, self.outcome, lambda: self.now)
        self.members = [self.member(f"worker-{number}") for number in range(workers)]

    def begin(self, _hello: HelloMessage) -> FakeWork:
        return self.work

    def member(self, name: str) -> Member:
        member = Member(Visit(name), cast("ServerConnection", None), lambda: self.now)
        self.crew._members.append(member)
        self.crew._take(member, json.dumps(HELLO))
        return member

    def pull(self, member: Member, units: int) -> None:
        self.crew._take(member, json.dumps({"type": "pull", "units": units}))

    def answer(self, member: Member) -> None:
        units = sorted(member.held)
        self.crew._take(member, cast("FakeBatch", fake_play(FakeBatch(units))).to_bytes())
        if units:
            self.pull(member, len(units))


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
