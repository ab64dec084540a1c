"""One exchange of a connection: what may still be sent each way, and what waits to be sent."""

from collections import deque
from typing import Protocol

from evolve.serving.http2 import limits
from evolve.serving.http2.frames import Problem


class Owner(Protocol):
    """Who takes what a stream brings, and fills it."""

    def received(self, data: bytes, ended: bool) -> None:
        """Data came, in the caller's pieces; `ended` with the last of them."""

    def drained(self) -> None:
        """Everything that waited has been written."""

    def closed(self) -> None:
        """Nothing comes or goes any more; called once, whoever ended it."""


class Sender(Protocol):
    """The connection, as its streams see it."""

    def send(self, stream: "Stream", data: bytes) -> None: ...
    def end(self, stream: "Stream", block: bytes) -> None: ...
    def send_block(self, stream: "Stream", block: bytes) -> None: ...
    def read_on(self, stream: "Stream") -> None: ...
    def reset(self, stream: "Stream", problem: Problem) -> None: ...


class Stream:
    """A stream of a connection, until both sides have ended it."""

    __slots__ = (
        "connection",
        "credit",
        "is_closed",
        "is_ended",
        "is_paused",
        "length",
        "moved",
        "number",
        "owner",
        "parked",
        "queue",
        "trailers",
        "window",
    )

    owner: Owner

    def __init__(self, connection: Sender, number: int, window: int, length: int | None) -> None:
        self.connection = connection
        self.number = number
        # What may be sent, and what the caller may send.
        self.window = window
        self.credit = limits.STREAM_WINDOW
        # What the caller has said will come; None when he hasn't.
        self.length = length
        self.queue: deque[memoryview] = deque()
        self.trailers: bytes | None = None
        # Whether the caller has sent all he wants to.
        self.is_ended = False
        self.is_closed = False
        self.is_paused = False
        # Bytes that came while it was paused: the caller isn't told that there is room again.
        self.parked = 0
        # Grows while anything moves, so that who looks now and then sees whether it does.
        self.moved = 0

    @property
    def is_clear(self) -> bool:
        """Whether what is sent now leaves now."""
        return not self.queue

    def pause(self) -> None:
        """Take no more than a window of what comes."""
        self.is_paused = True

    def read_on(self) -> None:
        if self.is_paused:
            self.is_paused = False
            if not self.is_closed:
                self.connection.read_on(self)

    def begin(self, block: bytes) -> None:
        """Send the fields that come before the data."""
        if not self.is_closed:
            self.connection.send_block(self, block)

    def send(self, data: bytes) -> None:
        """Send data as soon as the caller has room for it."""
        if not self.is_closed:
            self.connection.send(self, data)

    def end(self, block: bytes) -> None:
        """Send the fields behind the data, and end."""
        if self.is_closed:
            return
        if self.queue:
            self.trailers = block
        else:
            self.connection.end(self, block)

    def abandon(self) -> None:
        """End it without an answer."""
        self.connection.reset(self, Problem.CANCEL)
