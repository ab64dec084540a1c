"""A stream of questions: many on the way at once, answered in their order, none held without bound.

The next question is read while the ones before it are computed, so that those of one stream share batches.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from evolve.serving.batcher import Ticket
from evolve.serving.doors.grpc.call import GrpcCall
from evolve.serving.errors import NotReady, ServingError
from evolve.serving.tensors import Array

# A stream that is not read back stops being read at the first of these.
_MAXIMUM_QUESTIONS: Final = 64
_MAXIMUM_BYTES: Final = 16 * 1024 * 1024


class Slot:
    """A question that was taken, and its answer as bytes once that is there."""

    __slots__ = ("_stream", "answer", "size", "ticket")

    def __init__(self, stream: "Questions", size: int) -> None:
        self._stream = stream
        self.size = size
        self.answer: bytes | None = None
        self.ticket: Ticket | None = None

    def set(self, answer: bytes) -> None:
        self.answer = answer
        self.ticket = None
        self._stream.answered(self)

    def settle(
        self,
        outputs: list[Array] | None,
        error: ServingError | None,
        write: Callable[[Sequence[Array]], bytes],
        refuse: Callable[[ServingError | None], bytes],
    ) -> None:
        """Answer with what a model gave."""
        try:
            self.set(refuse(error) if outputs is None else write(outputs))
        except ServingError as failed:
            self._stream.call.fail(failed)
        except Exception as fault:
            self._stream.call.fault(fault)


# Reads a question, and sees to it that the slot gets its answer; never raises for what a caller got wrong.
Take = Callable[[bytes, Slot], None]


class Questions:
    """The work of one stream from its first question to its last answer."""

    def __init__(self, call: GrpcCall, take: Take) -> None:
        self.call = call
        self._take = take
        self._slots: deque[Slot] = deque()
        self._bytes = 0
        # What has been sent and waits for the caller to make room.
        self._leaving = 0
        self._is_read = False
        self._is_ending = False
        self._is_taking = False
        self._is_over = False

    @property
    def wants_message(self) -> bool:
        """Callers may keep a stream and ask nothing."""
        return False

    def message(self, data: bytes) -> None:
        slot = Slot(self, len(data))
        self._slots.append(slot)
        self._bytes += slot.size
        if len(self._slots) >= _MAXIMUM_QUESTIONS or self._bytes >= _MAXIMUM_BYTES:
            self.call.pause()
        self._is_taking = True
        try:
            self._take(data, slot)
        finally:
            self._is_taking = False

    def ended(self) -> None:
        self._is_read = True
        self._advance()

    def answered(self, slot: Slot) -> None:
        """A slot has its answer."""
        if (more := len(slot.answer or b"") - slot.size) > 0:
            slot.size += more
            self._bytes += more
            self.call.hold(more)
        if self._slots and slot is self._slots[0]:
            if self._is_taking:
                # Questions that are answered at once must not keep all others from theirs.
                asyncio.get_running_loop().call_soon(self._advance)
            else:
                self._advance()

    def drained(self) -> None:
        self.call.hold(-self._leaving)
        self._bytes -= self._leaving
        self._leaving = 0
        self._advance()

    def look(self) -> None:
        """Nothing here depends on the time."""

    def hang_up(self) -> None:
        self._is_ending = self._is_read = True
        self.call.pause()
        self._advance()

    def stop(self) -> None:
        self._is_over = True
        for slot in self._slots:
            if slot.ticket is not None:
                slot.ticket.cancel()
        self._slots.clear()

    def _advance(self) -> None:
        """Send what can be sent, and read on when there is room again."""
        if self._is_over:
            return
        slots, call = self._slots, self.call
        while slots and (answer := slots[0].answer) is not None and call.is_clear:
            size = slots.popleft().size
            if call.send(answer):
                call.hold(-size)
                self._bytes -= size
            else:
                self._leaving = size
        if self._is_read and not slots and not self._leaving:
            if self._is_ending:
                call.fail(NotReady("the service is about to end"))
            call.finish()
        elif not self._is_ending and len(slots) < _MAXIMUM_QUESTIONS and self._bytes < _MAXIMUM_BYTES:
            call.read_on()
