"""A caller's connection, as the event loop drives it: reads, watches, writes in one go what a turn brought.

Nothing is read while the caller doesn't read what was written.
"""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol, cast

from evolve.serving.doors.grpc import work
from evolve.serving.doors.grpc.call import GrpcCall
from evolve.serving.http2.connection import Connection
from evolve.serving.http2.frames import Problem
from evolve.serving.http2.headers import Head
from evolve.serving.http2.stream import Stream

MAXIMUM_CONNECTIONS: Final = 1_024
# For the greeting, and for a request's fields.
_GREETING_SECONDS: Final = 10.0
# Silence for so long is answered with a ping, and a ping by hanging up.
_PING_SECONDS: Final = 60.0
_PONG_SECONDS: Final = 20.0
# A connection without calls for so long makes room for others; clients connect anew by themselves.
_IDLE_SECONDS: Final = 300.0
# A caller who reads nothing for so long is cut off.
_WRITE_SECONDS: Final = 20.0
# So that a caller who still sends can read why it was hung up on.
_LINGER_SECONDS: Final = 2.0

_HTTP_1: Final = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
    b"this port speaks gRPC (HTTP/2); the HTTP door has another one\n"
)


class Host(work.Host, Protocol):
    """The door, as its connections see it, and hand it on to their calls."""

    connections: "set[GrpcConnection]"

    @property
    def is_closing(self) -> bool: ...
    def write_soon(self, write: Callable[[], None]) -> None:
        """Call it once the turn of the loop is over."""


class GrpcConnection(asyncio.Protocol):
    """The protocol that the event loop drives."""

    transport: asyncio.Transport

    def __init__(self, host: Host) -> None:
        self._host = host
        self._http2 = Connection(self._open, self._wake)
        self._is_writing_paused = False
        self._is_lingering = False
        self._is_lost = False
        # When the caller was last heard of, did what it is waited for, and had a call.
        self._heard = self._since = self._used = host.now
        self._is_pinged = False
        self.peer = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream's; uvloop's are of no class of asyncio's.
        self.transport = cast("asyncio.Transport", transport)
        self.peer = str((transport.get_extra_info("peername") or ("",))[0])
        security = transport.get_extra_info("ssl_object")
        is_other = security is not None and security.selected_alpn_protocol() != "h2"
        if is_other or len(self._host.connections) >= MAXIMUM_CONNECTIONS:
            self._is_lost = True
            self.transport.abort()
            return
        self._host.connections.add(self)
        if self._host.is_closing:
            self.close_when_answered()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - asyncio's own
        self._is_lost = True
        self._host.connections.discard(self)
        self._http2.close()

    def eof_received(self) -> bool:
        """Whoever hangs up wants no answer any more."""
        return False

    def data_received(self, data: bytes) -> None:
        if self._is_lingering:
            return
        self._heard = self._host.now
        self._http2.receive(data)
        if self._http2.is_over:
            self._hang_up(data)

    def pause_writing(self) -> None:
        self._is_writing_paused = True
        self._since = self._host.now
        if not self.transport.is_closing():
            self.transport.pause_reading()

    def resume_writing(self) -> None:
        self._is_writing_paused = False
        self._heard = self._since = self._host.now
        if not self.transport.is_closing():
            self.transport.resume_reading()
            self._http2.go_on()

    def look(self) -> None:
        """Once a second: let calls look, and hang up on whoever keeps us waiting."""
        now = self._host.now
        if self._is_lingering or self._is_writing_paused:
            if now - self._since > (_LINGER_SECONDS if self._is_lingering else _WRITE_SECONDS):
                self.transport.abort()
            return
        http2 = self._http2
        http2.patience.rest()
        for stream in list(http2.streams.values()):
            self._call_of(stream).look()
        if http2.is_set_up and not http2.is_midway:
            self._since = now
        if now - self._since > _GREETING_SECONDS:
            http2.fail(Problem.ENHANCE_YOUR_CALM, "the request did not arrive in time")
            self._hang_up(b"")
        elif http2.streams:
            self._used = now
        elif now - self._used > _IDLE_SECONDS + 1.0:
            self.close_when_answered()
        elif now - self._used > _IDLE_SECONDS:
            # A call that is on its way is made anew by the client that hears this first.
            http2.go_away()
        self._look_for_life(now)

    def hang_up_calls(self) -> None:
        """The service ends: what was taken is answered, and nothing more is taken."""
        self._http2.go_away()
        for stream in list(self._http2.streams.values()):
            self._call_of(stream).hang_up()

    def close_when_answered(self) -> None:
        """Take no more calls, and close when there are none."""
        self._http2.go_away()
        if not self._http2.streams and not self._is_lost:
            self._write()
            self.transport.close()

    def _look_for_life(self, now: float) -> None:
        silent = now - self._heard
        if silent <= _PING_SECONDS:
            self._is_pinged = False
        elif not self._is_pinged:
            self._is_pinged = True
            self._http2.ping()
        elif silent > _PING_SECONDS + _PONG_SECONDS:
            self.transport.abort()

    def _open(self, stream: Stream, head: Head, ended: bool) -> None:
        GrpcCall(stream, self.peer, self._host).begin(head, ended)

    def _call_of(self, stream: Stream) -> GrpcCall:
        return cast("GrpcCall", stream.owner)

    def _wake(self) -> None:
        self._host.write_soon(self._write)

    def _write(self) -> None:
        """What the turn has brought, in one go; then what had to wait for it."""
        while not self._is_lost and not self._is_lingering and (data := self._http2.take()):
            if self.transport.is_closing():
                return
            self.transport.write(data)
            if self._is_writing_paused:
                return
            self._http2.go_on()

    def _hang_up(self, data: bytes) -> None:
        """A socket closed over unread bytes would take the last words back; so they are read, for a while."""
        if self._is_lost or self.transport.is_closing():
            return
        words = self._http2.take()
        self.transport.write(_HTTP_1 if _is_http_1(data, self._http2) else words)
        self._since = self._host.now
        if self.transport.can_write_eof():
            self._is_lingering = True
            self.transport.write_eof()
        else:
            self.transport.close()


def _is_http_1(data: bytes, http2: Connection) -> bool:
    """Whether somebody took this port for the other one."""
    return not http2.is_greeted and b" HTTP/1." in data[:4_096]
