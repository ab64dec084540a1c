"""Who is handed which units next, and when. Never what becomes of a score."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from evolve.errors import EvolveUserError
from evolve.protocol import limits
from evolve.workers.blame import Blame
from evolve.workers.checks import Checks
from evolve.workers.member import Member
from evolve.workers.sharing import LATE, late_units, share_of
from evolve.workers.work import Work

if TYPE_CHECKING:
    from evolve._native import WorkBatch


class Dispatcher:
    """Hands the units of a work to the members of a crew."""

    def __init__(
        self, members: Sequence[Member], blame: Blame, checks: Checks, expected: Callable[[], int]
    ) -> None:
        """`members` is the crew's own list; `expected` says how many will be there, beside guests."""
        self._members = members
        self._blame = blame
        self._checks = checks
        self._expected = expected

    def dispatch(self, work: Work) -> None:
        """Hand waiting units to whoever has credit; EvolveUserError when a frame would be too large.

        A worker holds two frames at most: one in work, one ahead. The rest stays here for whoever turns out
        to be faster. Suspects go to those who hold nothing; units that are to be played twice wait until
        there is nothing else.
        """
        self._try_suspects(work)
        while waiting := work.waiting():
            shares = [(one, share_of(one, self._members, waiting)) for one in self._members]
            ready = [(one, share) for one, share in shares if one.wants(share)]
            if not ready or not all(self._hand(work, one, share) for one, share in ready):
                return
        self.share_late(work)
        self._checks.assign(self._members, self._expected())

    def share_late(self, work: Work) -> None:
        """Hand what keeps a generation from its end to those who are idle. The first answer counts.

        A unit is late when somebody idle would have answered it by now, had it been handed to them instead.
        """
        if work.waiting():
            return
        idle = sorted((one for one in self._members if one.is_free), key=lambda one: one.pace.turnaround)
        for place, member in enumerate(idle):
            late = late_units(self._members, LATE * member.pace.turnaround)
            batch = work.ask_again([unit for unit in late if unit not in self._blame.suspects])
            if batch is None:
                continue
            count = min(member.session.credit, -(-len(batch.units) // (len(idle) - place)))
            if count < len(batch.units):
                batch = work.ask_again(batch.units[:count])
            if batch is not None:
                self._send(work, member, batch)

    def _hand(self, work: Work, member: Member, share: int) -> bool:
        batch = work.ask(min(member.session.credit, share))
        if batch is not None:
            self._send(work, member, batch)
        return batch is not None

    def _try_suspects(self, work: Work) -> None:
        for unit in self._blame.suspects:
            free = next((one for one in self._members if one.is_free), None)
            if free is None:
                return
            batch = work.ask_again([unit])
            if batch is None:
                self._blame.clear([unit])
                continue
            self._blame.handed(unit)
            self._send(work, free, batch)
            free.is_alone = True

    def _send(self, work: Work, member: Member, batch: "WorkBatch") -> None:
        self._checks.mark(batch, work.ask_again)
        frame = batch.to_bytes()
        if len(frame) > limits.MAXIMUM_BINARY_BYTES:
            raise EvolveUserError(
                f"{len(batch.units)} units make a frame of {len(frame)} bytes, too large to send"
            )
        member.hand(batch.units, frame)
