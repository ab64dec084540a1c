"""Workers that somebody else starts: an editor's Play, an engine that was idle, on this machine or on others.

They come by one token, which is good for as many as like to come, up to a limit. Nobody restarts them; what
they held is played by others when they leave.
"""

from collections.abc import Callable
from dataclasses import dataclass

from evolve.protocol import limits
from evolve.workers.entrance import Entrance
from evolve.workers.member import Visit
from evolve.workers.tokens import Tokens

# Called with the address and the token, as soon as guests may come.
Announce = Callable[[str, str], None]


@dataclass(frozen=True)
class GuestDoor:
    """That guests may come: whom to tell, and where they come in unless it is on loopback."""

    announce: Announce
    entrance: Entrance | None = None


class GuestList:
    """The visits of guests: the next one is ready as soon as one is taken, while there is room."""

    def __init__(self, tokens: Tokens[Visit]) -> None:
        self._tokens = tokens
        self._number = 0
        self._here = 0
        self._is_ready = True
        self.token = tokens.issue(self._next())

    def joined(self) -> None:
        self._here += 1
        self._is_ready = False
        self._make_ready()

    def left(self) -> None:
        self._here -= 1
        self._make_ready()

    def _make_ready(self) -> None:
        if not self._is_ready and self._here < limits.MAXIMUM_GUESTS:
            self._is_ready = True
            self._tokens.pass_on(self.token, self._next())

    def _next(self) -> Visit:
        self._number += 1
        return _Guest(f"guest-{self._number}", self)


class _Guest(Visit):
    """A guest's visit. While the house is full, the token belongs to the last one that was taken."""

    taken = f"there are {limits.MAXIMUM_GUESTS} guests already: try again when one has left"

    def __init__(self, name: str, guests: GuestList) -> None:
        super().__init__(name, is_guest=True)
        self._guests = guests

    def join(self) -> bool:
        if not super().join():
            return False
        self._guests.joined()
        return True

    def leave(self, code: int | None, reason: str | None) -> None:
        super().leave(code, reason)
        self._guests.left()
