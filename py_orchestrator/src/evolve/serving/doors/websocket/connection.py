"""A client's connection: the handshake, messages to the session and answers back, pings, and the end of it.

The event loop calls it directly; there is no task for a connection. It reads on while a client does not, as
far as the credit goes: whoever may send so much without reading need not be deadlocked.
"""

import asyncio
import enum
from http import HTTPStatus
from typing import Final, Protocol, cast

from websockets.http11 import Request

from evolve.protocol.limits import HANDSHAKE_SECONDS
from evolve.serving.doors import Visit
from evolve.serving.doors.websocket.handshake import LOG, Handshake
from evolve.serving.doors.websocket.outbox import Outbox
from evolve.serving.doors.websocket.session import Session
from evolve.serving.frames import limits
from evolve.serving.frames.errors import ProtocolError
from evolve.serving.service import Service
from evolve.serving.websocket.frames import CLOSE, PING, frame
from evolve.serving.websocket.reader import Close, Event, Ping, Reader, Violation

# For the other side to take the last answers, and to say goodbye.
CLOSE_SECONDS: Final = 2.0

_MESSAGES: Final = (bytes, bytearray, memoryview, str)


class Host(Protocol):
    """The door, as its connections see it."""

    service: Service
    # Of the last look: nobody is cut off to the millisecond.
    now: float
    # What all of them hold of messages that have begun and not ended.
    held_bytes: int
    connections: "set[Connection]"

    def may_knock(self) -> bool: ...
    def forget(self, connection: "Connection") -> None: ...
    def examine(self, request: Request, connection: "Connection") -> tuple[HTTPStatus, str] | None: ...
    def flush_soon(self, outbox: Outbox) -> None: ...


class _State(enum.Enum):
    KNOCKING = enum.auto()
    INSIDE = enum.auto()
    LEAVING = enum.auto()


# Asked for with every message: an enumeration is slow to ask for its members.
_KNOCKING: Final = _State.KNOCKING
_INSIDE: Final = _State.INSIDE
_LEAVING: Final = _State.LEAVING


class Connection(asyncio.Protocol):
    """The protocol that the event loop drives."""

    session: Session
    _transport: asyncio.Transport
    _outbox: Outbox

    def __init__(self, host: Host) -> None:
        self.peer = ""
        self.arrived_at = ""
        # Who it is; nobody in particular where nobody is asked for a key.
        self.visit: Visit | None = None
        self._host = host
        self._state = _KNOCKING
        self._handshake = Handshake(lambda request: host.examine(request, self))
        self._reader = Reader(limits.MAXIMUM_MESSAGE_BYTES, masked=True)
        self._messages = 0
        self._held = 0
        self._came = self._began = self._heard = self._pinged = self._stopped = host.now

    @property
    def is_inside(self) -> bool:
        return self._state is _INSIDE

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream's; uvloop's are of no class of asyncio's.
        self._transport = cast("asyncio.Transport", transport)
        self.peer = str((transport.get_extra_info("peername") or ("",))[0])
        self.arrived_at = str((transport.get_extra_info("sockname") or ("",))[0])
        self._host.connections.add(self)
        if not self._host.may_knock():
            self._state = _LEAVING
            self._transport.abort()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - asyncio's own
        self._hold(0)
        self._host.forget(self)
        if self.is_inside:
            self._state = _LEAVING
            self.session.end()

    def eof_received(self) -> bool:
        """Whoever hangs up wants no answer any more."""
        return False

    def data_received(self, data: bytes) -> None:
        self._heard = self._host.now
        if self._state is _KNOCKING:
            self._knock(data)
        else:
            self._read(data)

    def pause_writing(self) -> None:
        self._stopped = self._host.now
        if self._state is not _KNOCKING:
            self._outbox.pause()

    def resume_writing(self) -> None:
        if self._state is not _KNOCKING:
            self._outbox.resume()

    def hang_up(self, code: int, reason: str, *, is_readable: bool = True) -> None:
        """Say why, after all answers; what is under way is dropped."""
        if self._state is not _INSIDE:
            return
        self._state = _LEAVING
        self.session.end()
        self._outbox.finish(code, reason)
        self._wait_for_the_end(is_readable=is_readable)

    def leave(self) -> None:
        """The service has ended."""
        if self._state is _KNOCKING:
            self._transport.abort()
        self.hang_up(limits.CLOSE_GOING_AWAY, "the service ends")

    def look(self) -> None:
        """Now and then: hang up on whoever keeps us waiting, and ask whether the others are there."""
        now = self._host.now
        if self._state is _KNOCKING:
            if now - self._came > HANDSHAKE_SECONDS:
                self._transport.abort()
        elif self._state is _INSIDE:
            self._look_inside(now)

    def _look_inside(self, now: float) -> None:
        session = self.session
        if self._outbox.is_paused and now - self._stopped > limits.SILENCE_SECONDS:
            # Whoever does not read for so long is gone, whatever its pongs say.
            self._transport.abort()
        elif self.visit is not None and (refusal := self.visit.look()) is not None:
            self.hang_up(limits.CLOSE_RULE_BROKEN, refusal.sentence)
        elif not session.has_opened and now - self._came > limits.OPEN_SECONDS:
            self.hang_up(limits.CLOSE_RULE_BROKEN, "no stream was opened in time")
        elif session.requests == 0 and now - session.last_request > limits.IDLE_SECONDS:
            self.hang_up(limits.CLOSE_GOING_AWAY, "nothing was asked for an hour: connect again")
        elif self._is_late(now):
            self.hang_up(limits.CLOSE_RULE_BROKEN, "a message did not arrive in time")
        elif self._heard >= self._pinged:
            if now - self._pinged >= limits.PING_SECONDS:
                self._pinged = now
                self._transport.write(frame(PING))
        elif now - self._pinged > limits.SILENCE_SECONDS:
            self._transport.abort()

    def _is_late(self, now: float) -> bool:
        """Whether a message is on its way for longer than its size explains."""
        reader = self._reader
        if not reader.held_bytes or reader.messages != self._messages:
            self._messages = reader.messages
            self._began = now
        return now - self._began > limits.MESSAGE_SECONDS + reader.held_bytes / limits.SLOWEST_BYTES_A_SECOND

    def _knock(self, data: bytes) -> None:
        step = self._handshake.feed(data)
        if step.answer:
            self._transport.write(step.answer)
        if step.is_over:
            self._state = _LEAVING
            self._wait_for_the_end(is_readable=False)
        elif step.is_inside:
            self._state = _INSIDE
            self._outbox = Outbox(self._transport, self._host.flush_soon)
            self.session = self._outbox.session = Session(self._host.service, self._outbox.put, self.visit)
            if step.rest:
                self._read(step.rest)

    def _read(self, data: bytes) -> None:
        events = self._reader.feed(data)
        if self._held or not events:
            self._hold(self._reader.held_bytes)
            if self._host.held_bytes > limits.MAXIMUM_HELD_BYTES:
                self._reader.stop()
                self._hold(0)
                sentence = "the messages of other clients fill the memory"
                self.hang_up(limits.CLOSE_COME_AGAIN, sentence, is_readable=False)
        self._take(events)

    def _hold(self, size: int) -> None:
        self._host.held_bytes += size - self._held
        self._held = size

    def _take(self, events: list[Event]) -> None:
        try:
            for event in events:
                if self._state is _LEAVING:
                    self._take_goodbye(event)
                elif isinstance(event, _MESSAGES):
                    self.session.receive(event)
                else:
                    self._take_control(event)
        except ProtocolError as error:
            self.hang_up(error.code, str(error))
        except Exception:
            LOG.exception("a fault of the service itself")
            self.hang_up(limits.CLOSE_FAULT, "a fault of the service itself: its log says more")

    def _take_control(self, event: Event) -> None:
        if isinstance(event, Ping):
            self._outbox.pong(event.payload)
        elif isinstance(event, Close):
            self._answer_goodbye(event)
        elif isinstance(event, Violation):
            self.hang_up(event.code, event.sentence, is_readable=False)

    def _answer_goodbye(self, event: Close) -> None:
        self._state = _LEAVING
        self.session.end()
        self._transport.write(frame(CLOSE, event.payload))
        self._transport.close()
        self._wait_for_the_end(is_readable=True)

    def _take_goodbye(self, event: Event) -> None:
        """Nothing else is heard any more."""
        if isinstance(event, Close) and not self._transport.is_closing():
            self._transport.close()

    def _wait_for_the_end(self, *, is_readable: bool) -> None:
        """A socket closed over unread bytes would take back what was said; so they are read, for a while."""
        if not is_readable and self._transport.can_write_eof():
            # Its goodbye cannot be read; so the end of what we send has to tell it.
            self._transport.write_eof()
        asyncio.get_running_loop().call_later(CLOSE_SECONDS, self._give_up)

    def _give_up(self) -> None:
        if self not in self._host.connections:
            return
        if self._transport.get_write_buffer_size():
            LOG.warning("a client did not read its last answers")
        self._transport.abort()
