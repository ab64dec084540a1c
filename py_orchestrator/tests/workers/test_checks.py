"""Units that are played twice: by somebody else, without changing a score, and however often workers die."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.doubles import FakeBatch, FakeResults, fake_score
from tests.workers.floor import Floor

from evolve.workers.checks import DEATHS_TO_ABANDON, Checks
from evolve.workers.comparison import PlaysDiffer
from evolve.workers.member import Member

UNITS = 12
SAMPLE = (1, 4, 7)


class Verifying(Floor):
    """A crew in which the same places of every generation are played twice."""

    def __init__(self, workers: int, units: int = UNITS, expected: int | None = None) -> None:
        self.checks = Checks()
        self.checks.begin(lambda generation: {generation << 32 | place for place in SAMPLE})
        super().__init__(units, workers, checks=self.checks)
        self.expected = workers if expected is None else expected
        self.checked: list[tuple[int, str]] = []
        for member in self.members:
            self.pull(member, 64)

    def send(self, member: Member, units: list[int], traces: dict[int, list[int]] | None = None) -> None:
        sampled = [unit for unit in units if unit & 0xFFFFFFFF in SAMPLE]
        told = {unit: [unit, 5, 6] for unit in sampled} | (traces or {})
        results = FakeResults({unit: fake_score(unit) for unit in units}, told)
        self.crew._take(member, results.to_bytes())
        if units:
            self.pull(member, len(units))

    def play(self, *members: Member) -> None:
        """Everybody answers what is in hand, until the run is over."""
        while not self.outcome.done():
            busy = [member for member in members or self.members if member.is_busy]
            assert busy, "nobody has anything, yet the run is not over"
            for member in busy:
                self.checked += [(unit, member.name) for unit in sorted(member.checking)]
                self.send(member, sorted(member.held | member.checking))

    def score(self, until: Callable[[], object]) -> None:
        """Everybody answers what counts and keeps what is only checked."""
        for _ in range(100):
            if until():
                return
            for member in self.members:
                if member.held:
                    self.send(member, sorted(member.held))
        pytest.fail("it never came to that")

    def checker(self) -> Member:
        """Somebody who has something to check."""
        self.score(lambda: any(member.checking for member in self.members))
        return next(member for member in self.members if member.checking)

    def lose(self, member: Member) -> None:
        class Gone:
            close_code = 1006

        member.connection = Gone()  # type: ignore[assignment]
        self.crew._members.remove(member)
        self.members.remove(member)
        self.crew._lose(member)

    def come(self, name: str) -> Member:
        member = self.member(name)
        self.members.append(member)
        self.pull(member, 64)
        return member


def on(workers: int, what: Callable[[Verifying], None], **more: int) -> None:
    async def run() -> None:
        what(Verifying(workers, **more))

    asyncio.run(run())


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_same_units_are_played_twice_by_any_number_of_workers_and_scores_stay_as_they_are(
    workers: int,
) -> None:
    def play(floor: Verifying) -> None:
        floor.play()
        assert floor.outcome.exception() is None
        wanted = [generation << 32 | place for generation in range(3) for place in SAMPLE]
        assert sorted(unit for unit, _ in floor.checked) == wanted
        assert floor.checks.equal == len(wanted)
        assert floor.checks.elsewhere == (len(wanted) if workers > 1 else 0)
        assert floor.work.evaluations == 3 * UNITS
        scores = [[fake_score(generation << 32 | place) for place in range(UNITS)] for generation in range(3)]
        assert floor.work.history == scores

    on(workers, play)


@given(some.integers(2, 4), some.data())
def test_whoever_played_a_unit_never_checks_it_while_there_is_somebody_else(
    workers: int, data: some.DataObject
) -> None:
    def play(floor: Verifying) -> None:
        players: dict[int, str] = {}
        while not floor.outcome.done():
            member = data.draw(some.sampled_from([one for one in floor.members if one.is_busy]))
            for unit in member.checking:
                assert players[unit] != member.name
            players |= dict.fromkeys(member.held, member.name)
            floor.send(member, sorted(member.held | member.checking))
        assert floor.checks.equal == floor.checks.elsewhere == 3 * len(SAMPLE)

    on(workers, play, units=40)


def test_generations_do_not_wait_for_checks_and_the_run_does() -> None:
    def play(floor: Verifying) -> None:
        floor.score(lambda: floor.work.generation == 3)
        assert not floor.outcome.done()
        assert floor.checks.equal == 0
        floor.play()
        assert floor.outcome.exception() is None

    on(2, play)


def test_a_unit_that_comes_out_differently_ends_the_run_with_the_tick() -> None:
    def play(floor: Verifying) -> None:
        checker = floor.checker()
        unit = min(checker.checking)
        floor.send(checker, [unit], {unit: [unit, 5, 6 + (1 << 40)]})
        error = floor.outcome.exception()
        assert isinstance(error, PlaysDiffer)
        difference = error.difference
        assert (difference.unit, difference.tick, difference.kind) == (unit, 3, "sensed")
        assert difference.second.worker == checker.name != difference.first.worker
        assert json.loads(difference.frame) == [unit]

    on(2, play)


def test_the_check_of_a_worker_that_dies_moves_on_and_says_nothing_of_the_unit() -> None:
    def play(floor: Verifying) -> None:
        floor.lose(floor.checker())
        assert floor.checks.outstanding
        floor.come("worker-9")
        floor.play()
        assert floor.outcome.exception() is None
        assert (floor.checks.equal, floor.checks.abandoned) == (3 * len(SAMPLE), 0)
        assert floor.work.evaluations == 3 * UNITS
        assert floor.crew._blame.suspects == []

    on(2, play)


def test_a_check_in_which_three_workers_died_is_left_and_the_run_ends() -> None:
    def play(floor: Verifying) -> None:
        floor.score(lambda: floor.work.generation == 3)
        unit = min(floor.checker().checking)
        for number in range(DEATHS_TO_ABANDON):
            holder = next(member for member in floor.members if unit in member.checking)
            floor.come(f"worker-{number + 7}")
            floor.lose(holder)
        assert not any(unit in member.checking for member in floor.members)
        floor.play()
        assert floor.outcome.exception() is None
        assert floor.checks.abandoned >= 1
        assert floor.checks.equal + floor.checks.abandoned == 3 * len(SAMPLE)

    on(2, play)


def test_the_only_worker_that_is_left_checks_its_own_units() -> None:
    def play(floor: Verifying) -> None:
        floor.lose(floor.checker())
        floor.expected = 1
        floor.play()
        assert floor.checks.equal == 3 * len(SAMPLE)
        assert floor.checks.elsewhere < floor.checks.equal

    on(2, play)


def test_the_check_of_a_worker_that_falls_silent_goes_to_another() -> None:
    def play(floor: Verifying) -> None:
        floor.score(lambda: floor.work.generation == 3)
        silent = floor.checker()
        others = [member for member in floor.members if member is not silent]
        floor.now = 61.0
        for member in others:
            floor.send(member, sorted(member.held | member.checking))
        floor.crew.share_stalled(60.0)
        assert not silent.checking
        floor.play(*others)
        assert floor.checks.equal == 3 * len(SAMPLE)

    on(3, play, units=40)


def test_an_answer_that_the_player_sends_twice_is_no_check() -> None:
    def play(floor: Verifying) -> None:
        one, _ = floor.members
        units = sorted(one.held)
        floor.send(one, units)
        floor.send(one, units)
        assert floor.checks.equal == 0
        floor.play()
        assert floor.checks.elsewhere == floor.checks.equal == 3 * len(SAMPLE)

    on(2, play)


@pytest.mark.parametrize("trace", [[], list(range(10))])
def test_a_worker_whose_trace_is_missing_or_longer_than_the_episode_is_shown_out(trace: list[int]) -> None:
    def play(floor: Verifying) -> None:
        one, _ = floor.members
        floor.send(one, sorted(one.held), dict.fromkeys(SAMPLE, trace))
        assert one._visit.fault == (
            f"results that do not fit: the trace of unit 1 has {len(trace)} entries, and 1 to 9 are allowed"
        )
        assert floor.work.evaluations == 0

    on(2, play)


def test_a_unit_that_is_given_up_is_not_waited_for() -> None:
    checks = Checks()
    checks.begin(lambda _generation: {3})
    batch: Any = FakeBatch([2, 3])
    checks.mark(batch, lambda units: FakeBatch(list(units)))  # type: ignore[arg-type, return-value]
    assert batch.traced == [3]
    checks.forget([3])
    results: Any = FakeResults({3: 1.0}, {3: [1]})
    assert checks.take("worker-1", checks.read(results)) is None
    assert not checks.outstanding


def test_nothing_is_marked_kept_or_compared_when_nobody_asked() -> None:
    checks = Checks()
    batch: Any = FakeBatch([1, 2])
    checks.mark(batch, lambda _units: pytest.fail("nobody asked"))
    results: Any = FakeResults({1: 1.0}, {1: [1]})
    assert (batch.traced, checks.read(results), checks.outstanding) == ([], {}, False)
