"""A caller's connection: requests are answered in their order, and a slow caller holds no memory.

Nothing is read while requests wait, and none is begun while the caller doesn't read its answers.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Protocol, cast

from evolve.serving.doors.http import limits
from evolve.serving.doors.http.budget import Budget
from evolve.serving.doors.http.messages import Answer, Request
from evolve.serving.doors.http.reader import Reader


class Host(Protocol):
    """The door, as its connections see it."""

    budget: Budget
    # Of the whole second: nobody is cut off to the millisecond.
    now: float
    date: bytes
    connections: "set[Connection]"

    @property
    def is_ending(self) -> bool: ...
    def examine(self, connection: "Connection", request: Request) -> Answer | None: ...
    def begin(self, exchange: "Exchange") -> None: ...


@dataclass(slots=True, eq=False)
class Exchange:
    """A request that was begun, until its answer has left."""

    connection: "Connection"
    request: Request
    answer: Answer | None = None
    # Called when the caller is gone.
    cancel: Callable[[], object] | None = field(default=None)

    def finish(self, answer: Answer) -> None:
        """Answer it: it leaves as soon as those before it have left."""
        self.answer = answer
        self.cancel = None
        self.connection.advance(self)


class Connection(asyncio.Protocol):
    """The protocol that the event loop drives."""

    transport: asyncio.Transport

    def __init__(self, host: Host) -> None:
        self._host = host
        self._reader = Reader(host.budget, partial(host.examine, self))
        self._waiting: deque[Request] = deque()
        self._under_way: deque[Exchange] = deque()
        self._is_beginning = False
        self._is_writing_paused = False
        self._is_reading_paused = False
        self._is_lingering = False
        # When the caller last did what it is waited for.
        self._since = host.now
        self.peer = ""
        self.arrived_at = ""
        # The Host that was last found to be ours.
        self.known_host: bytes | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream's; uvloop's are of no class of asyncio's.
        self.transport = cast("asyncio.Transport", transport)
        self.peer = str((transport.get_extra_info("peername") or ("",))[0])
        self.arrived_at = str((transport.get_extra_info("sockname") or ("",))[0])
        if len(self._host.connections) >= limits.MAXIMUM_CONNECTIONS:
            self.transport.abort()
        else:
            self._host.connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - asyncio's own
        self._host.connections.discard(self)
        self._reader.release()
        for exchange in self._under_way:
            self._free(exchange.request)
            if exchange.cancel is not None:
                exchange.cancel()
        for request in self._waiting:
            self._free(request)
        self._waiting.clear()
        self._under_way.clear()

    def eof_received(self) -> bool:
        """Whoever hangs up wants no answer any more."""
        return False

    def data_received(self, data: bytes) -> None:
        if self._is_lingering:
            return
        reader = self._reader
        was_midway = reader.is_midway
        requests = reader.feed(data)
        if requests or not was_midway:
            self._since = self._host.now
        if requests:
            self._waiting.extend(requests)
            self._begin()
        if reader.owes_continue:
            self._continue()

    def pause_writing(self) -> None:
        self._is_writing_paused = True
        self._since = self._host.now

    def resume_writing(self) -> None:
        self._is_writing_paused = False
        self._since = self._host.now
        self._begin()

    def advance(self, exchange: Exchange) -> None:
        """Send what can be sent, now that an exchange has its answer."""
        under_way = self._under_way
        if not under_way or under_way[0] is not exchange:
            return
        while under_way and (answer := under_way[0].answer) is not None:
            self._send(under_way.popleft().request, answer)
        if self._waiting:
            self._begin()
        elif self._reader.owes_continue:
            self._continue()

    def look(self) -> None:
        """Once a second: hang up on whoever keeps us waiting."""
        waited = self._host.now - self._since
        if self._is_lingering or self._is_writing_paused:
            patience = limits.LINGER_SECONDS if self._is_lingering else limits.WRITE_SECONDS
            if waited > patience:
                self.transport.abort()
        elif self._reader.is_midway and not self._is_reading_paused:
            patience = limits.REQUEST_SECONDS
            patience += self._reader.body_bytes / limits.SLOWEST_BYTES_A_SECOND
            if waited > patience:
                sentence = "the request did not arrive in time"
                self._waiting.extend(self._reader.give_up(HTTPStatus.REQUEST_TIMEOUT, sentence))
                self._begin()
        elif not self._under_way and waited > limits.KEEP_ALIVE_SECONDS:
            self.transport.close()

    @property
    def is_answering(self) -> bool:
        """Whether a request waits for its answer."""
        return bool(self._under_way or self._waiting)

    def close_when_answered(self) -> None:
        """The door closes."""
        if not self.is_answering:
            self.transport.close()

    def _begin(self) -> None:
        if self._is_beginning:  # an answer that is there at once comes back here
            return
        self._is_beginning = True
        waiting, under_way = self._waiting, self._under_way
        while waiting and not self._is_writing_paused and (not under_way or self._has_room()):
            request = waiting.popleft()
            exchange = Exchange(self, request)
            under_way.append(exchange)
            if request.refusal is not None:
                exchange.finish(request.refusal)
            else:
                self._host.begin(exchange)
        self._is_beginning = False
        if bool(waiting) is not self._is_reading_paused and not self.transport.is_closing():
            self._is_reading_paused = bool(waiting)
            if self._is_reading_paused:
                self.transport.pause_reading()
            else:
                self._since = self._host.now
                self.transport.resume_reading()

    def _has_room(self) -> bool:
        """Beside others: large requests are answered one after the other."""
        under_way = self._under_way
        large = max(self._waiting[0].held, under_way[-1].request.held) > limits.MAXIMUM_SMALL_BODY
        return not large and len(under_way) < limits.MAXIMUM_UNDER_WAY

    def _continue(self) -> None:
        """Ask for the body, once no answer can get in between."""
        if not self._under_way and not self._waiting:
            self._reader.owes_continue = False
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _send(self, request: Request, answer: Answer) -> None:
        self._free(request)
        host = self._host
        self._since = host.now
        is_last = request.is_last or (
            host.is_ending and not self._under_way and not self._waiting and not self._reader.is_midway
        )
        self.transport.write(answer.encoded(host.date, is_last, request.head.method == b"HEAD"))
        if is_last:
            self._hang_up()

    def _hang_up(self) -> None:
        """A socket closed over unread bytes would take the answer back; so they are read, for a while."""
        self._reader.release()
        if self.transport.can_write_eof():
            self._is_lingering = True
            self.transport.write_eof()
        else:
            self.transport.close()

    def _free(self, request: Request) -> None:
        self._host.budget.free += request.held
        request.held = 0
        request.body = b""
        if request.sink is not None:
            request.sink.discard()
