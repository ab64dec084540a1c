"""How a farm's first worker begins a run, and when guests are invited to it."""

from collections.abc import Callable
from dataclasses import replace

from evolve import __version__
from evolve.protocol.messages import HelloMessage
from evolve.training.backend import Announcement, Begin
from evolve.workers.guests import GuestDoor
from evolve.workers.work import Work


class Invitation:
    """Invites guests once the run has begun: the first worker says what is trained, and it is one of ours."""

    def __init__(self, door: GuestDoor | None) -> None:
        self._door = door
        self._place: tuple[str, str] | None = None
        self._begun = False

    @property
    def open_door(self) -> GuestDoor | None:
        """The door that a farm opens; None when nobody is to be invited."""
        return None if self._door is None else replace(self._door, announce=self._ready)

    def announced(self, begin: Begin) -> Callable[[HelloMessage], Work]:
        """Begin a run with what the first worker says of itself."""

        def begin_with(hello: HelloMessage) -> Work:
            work = begin(announcement_of(hello))
            self._begun = True
            self._invite()
            return work

        return begin_with

    def _ready(self, address: str, token: str) -> None:
        self._place = (address, token)
        self._invite()

    def _invite(self) -> None:
        if self._door is not None and self._place is not None and self._begun:
            self._door.announce(*self._place)


def announcement_of(hello: HelloMessage) -> Announcement:
    return Announcement(
        hello.config,
        hello.stop.generations,
        hello.stop.fitness,
        hello.scene_digest,
        {"evolve": __version__, "library": hello.library, "engine": hello.engine},
    )
