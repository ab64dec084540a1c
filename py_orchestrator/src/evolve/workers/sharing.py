"""Who is handed how much, by how quick everybody was so far; and what is late.

All of it is about speed. Whoever plays a unit, and however often, it has one score.
"""

import math
from collections.abc import Sequence
from typing import Final

from evolve.workers.member import Member

SMALLEST_FRAME: Final = 8
# In turnarounds of whoever is idle. With 2.0 a worker that is ten times slower cost up to 27 % in the
# simulation of the tests, with 1.25 up to 9 %.
LATE: Final = 1.25


def share_of(member: Member, members: Sequence[Member], waiting: int) -> int:
    """Units for the next frame of a worker: half of what it would play of what waits.

    Whose pace is not known gets little: an editor's Play can take minutes for what others do in a second. The
    smallest frame of a slow worker is smaller by as much as it is slower.
    """
    paces = [one.pace.units_per_second for one in members]
    own = member.pace.units_per_second
    if not own:
        return SMALLEST_FRAME
    smallest = math.ceil(SMALLEST_FRAME * own / max(paces))
    return max(smallest, math.ceil(waiting * own / sum(paces) / 2))


def late_units(members: Sequence[Member], seconds: float) -> list[int]:
    """Units that every one of those who have them has had for longer than so many seconds.

    What is played alone is never late: it is a suspect, and others may die of it.
    """
    late: set[int] = set()
    in_time: set[int] = set()
    for member in members:
        for unit in member.held:
            is_late = not member.is_alone and member.pace.age(unit) > seconds
            (late if is_late else in_time).add(unit)
    return sorted(late - in_time)
