"""What a call of the gRPC door needs of what does it, and of the door."""

from typing import TYPE_CHECKING, Protocol

from evolve.serving.http2.headers import Head

if TYPE_CHECKING:
    from evolve.serving.doors.grpc.call import GrpcCall


class Work(Protocol):
    """What a method does with a call. It may raise ServingError, which is the call's end."""

    @property
    def wants_message(self) -> bool:
        """Whether nothing goes on until a message is there."""

    def message(self, data: bytes) -> None: ...
    def ended(self) -> None:
        """The caller has said all he wants to."""

    def drained(self) -> None:
        """What was sent has left."""

    def look(self) -> None:
        """A second has gone by."""

    def hang_up(self) -> None:
        """The service ends: answer what was taken, and take nothing more."""

    def stop(self) -> None:
        """Nobody waits any more."""


class Host(Protocol):
    """The door, as its calls see it."""

    # Memory for messages of all callers together.
    free_bytes: int
    # Of the whole second: nobody is cut off to the millisecond.
    now: float

    def open(self, call: "GrpcCall", head: Head) -> Work | None:
        """Who does what is asked; nobody when it was refused already."""
