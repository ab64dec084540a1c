"""One connection to the service: the handshake, frames, pings and the end of it.

The event loop calls it directly. Whoever wants another connection makes another link.
"""

import asyncio
from typing import Final, cast

from evolve.client.conversation import Conversation
from evolve.client.errors import Unreachable
from evolve.client.greeting import Greeting
from evolve.serving.frames import limits
from evolve.serving.frames.errors import ProtocolError
from evolve.serving.websocket.frames import CLOSE, PING, PONG, Bytes, close_payload, masked_frame
from evolve.serving.websocket.reader import Close, Event, Ping, Pong, Reader, Violation

_CLOSE_SECONDS: Final = 2.0


class Link(asyncio.Protocol):
    """The protocol that the event loop drives; the conversation is over when the connection is."""

    _transport: asyncio.Transport
    _timer: asyncio.TimerHandle

    def __init__(self, greeting: Greeting) -> None:
        self.conversation = Conversation(self._send)
        self._loop = asyncio.get_running_loop()
        self._greeting: Greeting | None = greeting
        self._reader = Reader(limits.MAXIMUM_MESSAGE_BYTES, masked=False)
        self._is_heard = True
        self._lost: asyncio.Future[None] = self._loop.create_future()

    @property
    def is_open(self) -> bool:
        return self.conversation.problem is None

    async def close(self) -> None:
        """Hang up; whoever waits is told."""
        self._hang_up(limits.CLOSE_DONE, "", Unreachable("the client was closed"))
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await asyncio.shield(self._lost)
        except TimeoutError:
            self.abort()

    def abort(self) -> None:
        """Leave without a word."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream's; uvloop's are of no class of asyncio's.
        self._transport = cast("asyncio.Transport", transport)
        self._timer = self._loop.call_later(limits.PING_SECONDS, self._look)
        if self._greeting is not None:
            self._transport.write(self._greeting.request())

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - asyncio's own
        self._timer.cancel()
        if self._greeting is not None:
            self.conversation.end(self._greeting.end())
        self.conversation.end(Unreachable("the connection to the service was lost"))
        self._lost.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._is_heard = True
        if self._greeting is None:
            self._take(self._reader.feed(data))
            return
        try:
            rest = self._greeting.feed(data)
        except Exception as error:  # whatever websockets finds wrong is for whoever connects
            self.conversation.end(error)
            self.abort()
            return
        if rest is not None:
            self._greeting = None
            self._take(self._reader.feed(rest))

    def _take(self, events: list[Event]) -> None:
        try:
            for event in events:
                if self.is_open:
                    self._take_one(event)
                elif isinstance(event, Close):
                    self._transport.close()
        except ProtocolError as error:
            sentence = f"what answers is no inference service of this version: {error}"
            self._hang_up(error.code, str(error), Unreachable(sentence))

    def _take_one(self, event: Event) -> None:
        if isinstance(event, Ping):
            self._send(PONG, event.payload)
        elif isinstance(event, Close):
            self._send(CLOSE, event.payload)
            self._transport.close()
            reason = event.reason or "no reason given"
            self.conversation.end(
                Unreachable(f"the service has closed the connection ({event.code}): {reason}")
            )
        elif isinstance(event, Violation):
            raise ProtocolError(event.sentence, event.code)
        elif not isinstance(event, Pong):
            self.conversation.receive(event)

    def _hang_up(self, code: int, reason: str, problem: Exception) -> None:
        if self.is_open:
            self.conversation.end(problem)
            self._send(CLOSE, close_payload(code, reason))

    def _send(self, opcode: int, *parts: Bytes) -> None:
        """What is not taken at once is kept by the transport: the credit says how much that can be."""
        if not self._transport.is_closing():
            self._transport.write(masked_frame(opcode, *parts))

    def _look(self) -> None:
        """Ask whether the service is still there; a machine that lost its power says no goodbye."""
        if not self._is_heard or not self.is_open:
            self.abort()
            return
        self._is_heard = False
        if self._greeting is None:
            self._send(PING)
        self._timer = self._loop.call_later(limits.PING_SECONDS, self._look)
