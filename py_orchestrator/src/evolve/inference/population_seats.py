"""Where each agent of a tick sits in a graph: which genome, and which of the genome's rows.

Numbers only: no session, no engine.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Seats:
    """The agents of a tick; `places` are those of the seated ones, counted genome by genome."""

    members: NDArray[np.int32]
    rows: int
    seated: NDArray[np.intp]
    places: NDArray[np.intp]
    native: NDArray[np.intp]
    in_order: bool

    @classmethod
    def of(cls, members: NDArray[np.int32], genomes: NDArray[np.int32]) -> "Seats":
        """Seat members whose genomes have these places in the graph; a negative place is none."""
        seated = np.flatnonzero(genomes >= 0)
        mine = genomes[seated].astype(np.intp)
        order = np.argsort(mine, kind="stable")
        firsts = np.searchsorted(mine[order], mine[order], side="left")
        lanes = np.empty_like(mine)
        lanes[order] = np.arange(len(mine)) - firsts
        rows = 1 << max(0, int(lanes.max(initial=0)).bit_length())
        places = mine * rows + lanes
        in_order = len(seated) == len(members) and bool((places == np.arange(len(places))).all())
        return cls(members.copy(), rows, seated, places, np.flatnonzero(genomes < 0), in_order)
