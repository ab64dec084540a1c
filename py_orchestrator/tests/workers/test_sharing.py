"""A whole farm on a clock of its own: slow workers cost a run little, and quick ones are used to the full.

Workers here take simulated time: so much for each frame, so much for each unit in it.
"""

import asyncio
import heapq
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from tests.doubles import FakeBatch, fake_play
from tests.workers.floor import Floor

from evolve.workers.member import Member

LOOK = 0.02

Pace = tuple[float, float]


@dataclass
class Player:
    """A worker of the simulation."""

    member: Member
    frame_seconds: float
    unit_seconds: float
    waiting: deque[list[int]] = field(default_factory=deque)
    is_busy: bool = False
    played: int = 0


class Simulation:
    """Runs a floor until so many generations are done."""

    def __init__(self, units: int, paces: list[Pace], generations: int) -> None:
        self.floor = Floor(units, len(paces), generations)
        self._events: list[tuple[float, int, int]] = []
        self._count = 0
        self.players = [Player(member, *pace) for member, pace in zip(self.floor.members, paces, strict=True)]

    def run(self, capacity: int = 200) -> float:
        """Seconds until the last generation is done."""
        floor = self.floor
        for player in self.players:
            floor.pull(player.member, capacity)
            floor.pull(player.member, capacity)
        self._push(LOOK, -1)
        self._begin_frames()
        while not floor.work.over:
            floor.now, _, place = heapq.heappop(self._events)
            if place < 0:
                floor.crew.share_late()
                self._push(LOOK, -1)
            else:
                self._finish(self.players[place])
            self._begin_frames()
        return floor.now

    def _finish(self, player: Player) -> None:
        units = player.waiting.popleft()
        player.is_busy = False
        player.played += len(units)
        self.floor.crew._take(player.member, cast("FakeBatch", fake_play(FakeBatch(units))).to_bytes())
        self.floor.pull(player.member, len(units))

    def _begin_frames(self) -> None:
        for place, player in enumerate(self.players):
            outbox = cast("asyncio.Queue[Any]", player.member._outbox)
            while not outbox.empty():
                item = outbox.get_nowait()
                if isinstance(item, bytes):
                    player.waiting.append(json.loads(item))
            if player.waiting and not player.is_busy:
                player.is_busy = True
                units = len(player.waiting[0])
                self._push(player.frame_seconds + player.unit_seconds * units, place)

    def _push(self, seconds: float, place: int) -> None:
        self._count += 1
        heapq.heappush(self._events, (self.floor.now + seconds, self._count, place))


def simulate(units: int, paces: list[Pace], generations: int = 12) -> tuple[float, list[list[float]]]:
    """How long it took, and the scores."""

    async def play() -> tuple[float, list[list[float]]]:
        simulation = Simulation(units, paces, generations)
        return simulation.run(), simulation.floor.work.history

    return asyncio.run(play())


def seconds(units: int, paces: list[Pace]) -> float:
    return simulate(units, paces)[0]


# Seconds for a frame, and for each unit in it.
QUICK: tuple[Pace, ...] = ((0.002, 0.001), (0.2, 0.01))
# Episodes of 400 ticks in real time, all at once.
PLAY: Pace = (6.7, 0.0)


@pytest.mark.parametrize("units", [60, 150, 800])
@pytest.mark.parametrize("quick", QUICK)
def test_a_guest_that_plays_in_real_time_costs_a_few_per_cent_at_most(units: int, quick: Pace) -> None:
    for others in ([quick], [quick, quick]):
        assert seconds(units, [*others, PLAY]) <= 1.05 * seconds(units, others)


@pytest.mark.parametrize("slower", [3, 10, 100, 1_000])
@pytest.mark.parametrize("quick", QUICK)
def test_a_slow_worker_costs_little_however_slow(quick: Pace, slower: int) -> None:
    slow = (quick[0] * slower, quick[1] * slower)
    assert seconds(150, [quick, slow]) <= 1.1 * seconds(150, [quick])
    assert seconds(800, [quick, slow]) <= 1.02 * seconds(800, [quick])


@pytest.mark.parametrize("quick", QUICK)
def test_workers_that_are_alike_share_the_work(quick: Pace) -> None:
    assert seconds(800, [quick, quick]) <= 0.6 * seconds(800, [quick])
    assert seconds(800, [quick, quick, quick]) <= 0.45 * seconds(800, [quick])


PACES = some.tuples(some.floats(0.001, 10.0), some.floats(0.0, 1.0))


@settings(max_examples=40, deadline=None)
@given(some.integers(1, 200), some.lists(PACES, min_size=1, max_size=5))
def test_whoever_is_how_quick_changes_no_score(units: int, paces: list[Pace]) -> None:
    assert simulate(units, paces, 3)[1] == simulate(units, [(0.001, 0.001)], 3)[1]
