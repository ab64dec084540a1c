"""Those who only watch: they are handed episodes of the champions, and what they answer is no score."""

from typing import TYPE_CHECKING

from evolve.workers.member import Member
from evolve.workers.work import Work

if TYPE_CHECKING:
    from evolve._native import Results


class Audience:
    """The spectators of a run. They come last and hold nobody up."""

    def __init__(self) -> None:
        self._members: list[Member] = []

    def __contains__(self, member: Member) -> bool:
        return member in self._members

    def seat(self, member: Member) -> None:
        self._members.append(member)

    def leave(self, member: Member) -> None:
        """Let a spectator go; what it was playing is nobody's business."""
        self._members.remove(member)
        member.held.clear()

    def entertain(self, work: Work) -> None:
        """Hand an episode of the champions of this moment to everybody who has none."""
        for member in self._members:
            if member.is_free and (batch := work.exhibit()) is not None:
                member.hand(batch.units, batch.to_bytes())

    def hear(self, member: Member, results: "Results", work: Work) -> None:
        """Take an episode's scores from somebody who saw it."""
        member.answered(results.units, 0)
        work.seen(results)

    def dismiss(self, reason: str, code: int) -> None:
        for member in self._members:
            member.say(member.session.stop(reason))
            member.close(code, "")
