"""A stream of questions: many on the way at once, answered in their order, none held without bound.

The next question is read while the ones before it are computed, so that those of one stream share batches.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

import grpc

from evolve.serving.batcher import Ticket
from evolve.serving.doors.grpc_status import Context, refuse
from evolve.serving.errors import NotReady

# A stream that is not read back stops being read at the first of these.
_MAXIMUM_QUESTIONS: Final = 64
_MAXIMUM_BYTES: Final = 16 * 1024 * 1024


class Slot:
    """A question that was taken, and its answer as bytes once that is there."""

    __slots__ = ("_stream", "answer", "size", "ticket")

    def __init__(self, stream: "Stream", size: int) -> None:
        self._stream = stream
        self.size = size
        self.answer: bytes | None = None
        self.ticket: Ticket | None = None

    def set(self, answer: bytes) -> None:
        self.answer = answer
        self._stream.wake()


# Reads a question, and sees to it that the slot gets its answer; never raises for what a caller got wrong.
Take = Callable[[bytes, Slot], None]


class Stream:
    """One stream from its first question to its last answer."""

    def __init__(self, context: Context, take: Take) -> None:
        self._context = context
        self._take = take
        self._slots: deque[Slot] = deque()
        self._bytes = 0
        self._is_read = False
        self._is_ending = False
        self._changed = asyncio.Event()
        self._room = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._fault: BaseException | None = None

    def wake(self) -> None:
        """A slot has its answer."""
        self._changed.set()

    async def run(self) -> None:
        """Until the caller has closed his side and has all answers, or either of us hangs up."""
        writer = asyncio.create_task(self._write())
        self._reader = asyncio.create_task(self._read())
        self._reader.add_done_callback(self._end_reading)
        try:
            await writer
        except Exception:
            # Writing to a caller who has gone fails, and concerns nobody any more.
            if not self._context.cancelled():
                raise
        finally:
            self._reader.cancel()
            writer.cancel()
            for slot in self._slots:
                if slot.ticket is not None:
                    slot.ticket.cancel()
        if self._fault is not None and not self._context.cancelled():
            raise self._fault
        if self._is_ending:
            await refuse(self._context, NotReady("the service is about to end"))

    def end(self) -> None:
        """Read nothing more; what was taken is still answered."""
        self._is_ending = True
        if self._reader is not None:
            self._reader.cancel()

    def _end_reading(self, reader: asyncio.Task[None]) -> None:
        self._fault = None if reader.cancelled() else reader.exception()
        self._is_read = True
        self._changed.set()

    async def _read(self) -> None:
        read = self._context.read
        while (data := await read()) is not grpc.aio.EOF:
            slot = Slot(self, len(data))
            self._take(data, slot)
            self._slots.append(slot)
            self._bytes += slot.size
            while len(self._slots) >= _MAXIMUM_QUESTIONS or self._bytes >= _MAXIMUM_BYTES:
                self._room.clear()
                await self._room.wait()

    async def _write(self) -> None:
        slots = self._slots
        while True:
            while slots and (answer := slots[0].answer) is not None:
                self._bytes -= slots.popleft().size
                self._room.set()
                await self._context.write(answer)
            if self._is_read and not slots:
                return
            self._changed.clear()
            await self._changed.wait()
