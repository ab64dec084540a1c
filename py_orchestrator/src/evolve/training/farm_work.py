"""How a farm's first worker begins a run: its hello is the backend's announcement."""

from collections.abc import Callable

from evolve import __version__
from evolve.protocol.messages import HelloMessage
from evolve.training.backend import Announcement, Begin
from evolve.workers.work import Work


def announced(begin: Begin) -> Callable[[HelloMessage], Work]:
    """Begin a run with what the first worker says of itself."""

    def begin_with(hello: HelloMessage) -> Work:
        return begin(announcement_of(hello))

    return begin_with


def announcement_of(hello: HelloMessage) -> Announcement:
    return Announcement(
        hello.config,
        hello.stop.generations,
        hello.stop.fitness,
        hello.scene_digest,
        {"evolve": __version__, "library": hello.library, "engine": hello.engine},
    )
