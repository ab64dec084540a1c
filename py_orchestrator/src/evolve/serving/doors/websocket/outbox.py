"""What a connection has to send: answers of a moment in one message, and no more than the other side reads.

The credit of a request is free again when the system has taken its answer, as far as one may know: while it
takes no more, nothing is written on top, and nothing is given back.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from evolve.serving.doors.websocket.session import Reply, Session
from evolve.serving.frames.control import Control, encode_control
from evolve.serving.websocket.frames import BINARY, CLOSE, PONG, TEXT, close_payload, frame, header

# Answers that are ready together go out together, up to so many bytes in a message.
_TOGETHER_BYTES: Final = 1024 * 1024


class Outbox:
    """Of one connection; `soon` has `flush` called when this turn of the event loop is over."""

    # Whose requests are answered; nobody's before its welcome.
    session: Session | None = None

    def __init__(self, transport: asyncio.Transport, soon: Callable[["Outbox"], None]) -> None:
        self.is_paused = False
        self._transport = transport
        self._soon = soon
        self._waiting: list[Reply] = []
        # Requests that those waiting answer.
        self._answers = 0
        # Written, and not yet taken by the system.
        self._written: list[Reply] = []
        self._is_due = False
        self._pong: bytes | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the system has taken everything."""
        return not self._waiting and not self._transport.get_write_buffer_size()

    def put(self, reply: Reply) -> None:
        """Send it: now when it is the last that is under way, else with what else this turn brings."""
        self._waiting.append(reply)
        self._answers += reply.requests
        session = self.session
        if session is None or self._answers >= session.requests:
            self.flush()
        elif not self._is_due:
            self._is_due = True
            self._soon(self)

    def pong(self, payload: bytes) -> None:
        """Answer a ping; of many that came while nothing could be written, the last one."""
        if self.is_paused:
            self._pong = payload
        else:
            self._transport.write(frame(PONG, payload))

    def pause(self) -> None:
        self.is_paused = True

    def resume(self) -> None:
        """The system takes more."""
        self.is_paused = False
        self._release()
        if self._pong is not None:
            payload, self._pong = self._pong, None
            self.pong(payload)
        self.flush()

    def flush(self) -> None:
        """Write what waits, as far as the system takes it."""
        self._is_due = False
        if self._transport.is_closing():
            self._waiting.clear()
        while self._waiting and not self.is_paused:
            self._write_next()
            if not self.is_paused:
                self._release()

    def finish(self, code: int, reason: str) -> None:
        """Write everything, whether it is taken or not, and the frame that ends it. Nothing may follow."""
        self._pong = None
        while self._waiting:
            self._write_next()
        self._transport.write(frame(CLOSE, close_payload(code, reason)))

    def _write_next(self) -> None:
        """Write a text, or the answers up to the next one, as a message."""
        waiting = self._waiting
        content = waiting[0].content
        if isinstance(content, Control):
            del waiting[0]
            self._transport.write(frame(TEXT, encode_control(content).encode()))
            return
        if len(waiting) == 1:
            # Most are alone, and a connection with one request under way has nothing to spare.
            self._written.append(waiting.pop())
            self._answers = 0
            self._transport.write(header(BINARY, len(content)) + content)
            return
        parts = [content]
        size = len(content)
        for reply in waiting[1:]:
            content = reply.content
            if size >= _TOGETHER_BYTES or isinstance(content, Control):
                break
            parts.append(content)
            size += len(content)
        # Noted before it is written: the system may say at once that it is enough.
        self._written += waiting[: len(parts)]
        del waiting[: len(parts)]
        self._answers -= sum([reply.requests for reply in self._written])
        self._transport.write(b"".join((header(BINARY, size), *parts)))

    def _release(self) -> None:
        if self.session is not None:
            for reply in self._written:
                self.session.release(reply)
        self._written.clear()
