"""Blame: an innocent unit goes free, and a guilty one costs five workers and no more."""

from hypothesis import given
from hypothesis import strategies as some

from evolve.workers.blame import DEATHS_TO_CONDEMN, DEATHS_TO_SUSPECT, Blame


def test_units_of_one_death_are_for_anybody_and_those_of_two_are_played_alone() -> None:
    blame = Blame()
    assert blame.died([3, 1, 2], alone=False).released == [1, 2, 3]
    assert blame.died([3, 4], alone=False).released == [4]
    assert blame.suspects == [3]
    blame.handed(3)
    assert blame.suspects == []


def test_three_deaths_alone_condemn_and_an_answer_clears() -> None:
    blame = Blame()
    for _ in range(DEATHS_TO_SUSPECT):
        blame.died([7, 8], alone=False)
    for _ in range(DEATHS_TO_CONDEMN - 1):
        assert blame.died([7], alone=True).condemned == []
        assert blame.died([8], alone=True).condemned == []
    blame.clear([8])
    assert blame.died([7], alone=True).condemned == [7]
    assert blame.died([8], alone=True).condemned == []
    assert blame.suspects == [8]


@given(some.lists(some.tuples(some.sets(some.integers(0, 6)), some.booleans()), max_size=60))
def test_only_units_that_workers_died_of_alone_are_ever_condemned(
    deaths: list[tuple[set[int], bool]],
) -> None:
    blame, alone = Blame(), dict.fromkeys(range(7), 0)
    for units, by_itself in deaths:
        held = sorted(units)[:1] if by_itself else units
        for unit in held:
            alone[unit] += by_itself
        for unit in blame.died(held, alone=by_itself).condemned:
            assert alone[unit] == DEATHS_TO_CONDEMN
            alone[unit] = 0
    assert all(count < DEATHS_TO_CONDEMN for count in alone.values())
