"""How busy workers were: from what they were handed to what they answered, and nothing else."""

from evolve.workers.occupation import Occupation
from evolve.workers.pace import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_worker_is_busy_from_its_first_unit_to_its_last_answer() -> None:
    clock = Clock()
    pace = Pace(clock)
    clock.now = 5.0
    pace.hand([1, 2])
    clock.now = 6.0
    pace.hand([3])
    clock.now = 8.0
    pace.answer([1, 2])
    clock.now = 9.0
    pace.answer([3])
    clock.now = 20.0
    pace.hand([4])
    clock.now = 22.0
    pace.answer([4, 4])
    assert pace.busy_seconds == 6.0


def test_what_nobody_was_handed_makes_nobody_busy() -> None:
    clock = Clock()
    pace = Pace(clock)
    clock.now = 3.0
    pace.answer([7])
    assert pace.busy_seconds == 0.0


def test_the_share_is_that_of_all_workers_together_and_none_without_any() -> None:
    occupation = Occupation()
    assert occupation.share is None
    occupation.add(9.0, 10.0)
    occupation.add(0.0, 5.0)
    assert occupation.share == 0.6
