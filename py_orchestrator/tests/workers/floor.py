"""A crew without connections, on a clock of its own."""

import asyncio
import json
from typing import Any, cast

from tests.doubles import FakeBatch, FakeEvolution, as_evolution, decode_results, fake_play
from tests.protocol.test_messages import HELLO
from websockets.asyncio.server import ServerConnection

from evolve.protocol.messages import HelloMessage
from evolve.training.run import Goal
from evolve.workers.checks import Checks
from evolve.workers.crew import Crew
from evolve.workers.member import Member, Visit


class FakeWork(FakeEvolution):
    """A run without a folder."""

    goal = 3

    @property
    def over(self) -> str | None:
        return Goal(self.goal).reached(as_evolution(self))

    def waiting(self) -> int:
        return 0 if self.over else self.units_waiting

    def settle(self) -> None:
        pass


class Floor:
    """A crew with members whose connections nobody reads."""

    def __init__(self, units: int, workers: int, generations: int = 3, checks: Checks | None = None) -> None:
        self.now = 0.0
        self.expected = workers
        self.work = FakeWork(units)
        self.work.goal = generations
        self.outcome: asyncio.Future[None] = asyncio.Future()
        self.crew = Crew(
            cast("Any", self.begin),
            decode_results,
            self.outcome,
            lambda: self.now,
            checks,
            lambda: self.expected,
        )
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
