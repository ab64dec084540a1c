"""What is said in one connection, by a client: streams, requests and their answers. Knows no sockets.

Requests of one turn of the event loop share a message, as far as the service's credit goes.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from evolve.client.errors import Refused, Unreachable
from evolve.serving.frames import control
from evolve.serving.frames.error_frame import decode_error
from evolve.serving.frames.errors import ProtocolError, Undecodable
from evolve.serving.frames.layout import ANSWER, ERROR, HEADER, HEADER_BYTES, REQUEST, Layout
from evolve.serving.tensors import Array
from evolve.serving.websocket.frames import BINARY, TEXT, Bytes

_TOGETHER_BYTES: Final = 1024 * 1024

Answer = dict[str, Array]


@dataclass
class Stream:
    """A model that this connection calls by a number."""

    number: int
    version: str
    inputs: Layout
    outputs: Layout


@dataclass(slots=True)
class _Waiting:
    future: asyncio.Future[Answer]
    outputs: Layout
    bytes: int
    is_sent: bool = False


class Conversation:
    """Told what the service says, by `receive`; says things by `send`, as the parts of a message."""

    def __init__(self, send: Callable[..., None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._send = send
        self.problem: Exception | None = None
        # Done with the service's welcome.
        self.welcomed: asyncio.Future[None] = self._loop.create_future()
        self._credit = control.Welcome(0, 0)
        self._streams: dict[tuple[str, str], asyncio.Future[Stream]] = {}
        self._opening: dict[int, asyncio.Future[Stream]] = {}
        self._next_stream = 0
        self._waiting: dict[int, _Waiting] = {}
        self._next_request = 0
        # Asked and not yet sent; and what was sent and has no answer.
        self._frames: deque[tuple[int, bytes]] = deque()
        self._is_flush_due = False
        self._requests = 0
        self._bytes = 0

    async def stream(self, model: str, version: str) -> Stream:
        """The stream of a model, opened when it is not yet."""
        opened = self._streams.get((model, version))
        if opened is None:
            self._check()
            number, self._next_stream = self._next_stream, self._next_stream + 1
            opened = self._streams[model, version] = self._opening[number] = self._loop.create_future()
            self._send(TEXT, control.encode_control(control.Open(number, model, version)).encode())
        try:
            return await asyncio.shield(opened)
        except Refused:
            self.forget(model, version)
            raise

    def forget(self, model: str, version: str) -> None:
        """The next call opens the model anew."""
        self._streams.pop((model, version), None)

    def ask(self, stream: Stream, inputs: Sequence[Array]) -> asyncio.Future[Answer]:
        """Ask; the answer is the future's."""
        self._check()
        number, self._next_request = self._next_request, self._next_request + 1
        frame = stream.inputs.encode_one(REQUEST, stream.number, number, inputs)
        future: asyncio.Future[Answer] = self._loop.create_future()
        self._waiting[number] = _Waiting(future, stream.outputs, len(frame))
        self._frames.append((number, frame))
        if not self._requests:
            # There is nobody to wait for.
            self._flush()
        elif not self._is_flush_due:
            self._is_flush_due = True
            self._loop.call_soon(self._flush)
        return future

    def receive(self, message: str | Bytes) -> None:
        """Take a message; ProtocolError when it is none that a service says."""
        if isinstance(message, str):
            self._take_control(control.decode_control(message))
        else:
            self._take_frames(memoryview(message))
        if self._frames:
            self._flush()

    def end(self, problem: Exception) -> None:
        """Nothing more is said; whoever waits is told the first reason for it."""
        if self.problem is not None:
            return
        self.problem = problem
        futures: list[asyncio.Future[Any]] = [*self._opening.values()]
        futures += [waiting.future for waiting in self._waiting.values()]
        for future in futures:
            _tell(future, Unreachable(str(problem)))
        # Whoever connects wants to know exactly.
        _tell(self.welcomed, problem)
        self._frames.clear()
        self._waiting.clear()

    def _check(self) -> None:
        if self.problem is not None:
            raise Unreachable(str(self.problem))

    def _flush(self) -> None:
        """Send what the credit allows; what nobody waits for any more is left out."""
        self._is_flush_due = False
        while parts := self._next_message():
            self._send(BINARY, *parts)

    def _next_message(self) -> list[bytes]:
        parts: list[bytes] = []
        size = 0
        while self._frames and size < _TOGETHER_BYTES:
            number, frame = self._frames[0]
            if self._waiting[number].future.done():
                del self._waiting[self._frames.popleft()[0]]
                continue
            too_large = self._bytes + len(frame) > self._credit.bytes and self._requests
            if self._requests >= self._credit.requests or too_large:
                break
            self._frames.popleft()
            self._waiting[number].is_sent = True
            self._requests += 1
            self._bytes += len(frame)
            size += len(frame)
            parts.append(frame)
        return parts

    def _take_control(self, message: control.Control) -> None:
        if isinstance(message, control.Welcome) and not self.welcomed.done():
            self._credit = message
            self.welcomed.set_result(None)
            return
        if not isinstance(message, control.Opened | control.Refused):
            raise ProtocolError("the service says opened or refused, and nothing else")
        future = self._opening.pop(message.stream, None)
        if future is None or future.done():
            return
        if isinstance(message, control.Refused):
            _tell(future, Refused(message.code, message.reason))
            return
        layouts = Layout(message.inputs), Layout(message.outputs)
        future.set_result(Stream(message.stream, message.version, *layouts))

    def _take_frames(self, rest: memoryview) -> None:
        while rest:
            if len(rest) < HEADER_BYTES:
                raise Undecodable("a frame is cut short")
            first, number = HEADER.unpack_from(rest)
            kind, rows = first & 0xFFFF, first >> 32
            if kind == ERROR:
                sentence, size = decode_error(rest)
                _tell(self._settle(number).future, Refused(rows, sentence))
            elif kind == ANSWER and rows:
                size = self._take_answers(rest, self._sent(number).outputs)
            else:
                raise Undecodable("a frame is neither an answer nor an error")
            rest = rest[size:]

    def _take_answers(self, rest: memoryview, layout: Layout) -> int:
        first, number = HEADER.unpack_from(rest)
        rows = first >> 32
        size = layout.frame_bytes(rows)
        names = [spec.name for spec in layout.tensors]
        if size <= len(rest) < 2 * size:
            self._answer(number, dict(zip(names, layout.decode_one(rest, rows), strict=True)))
            return size
        count = layout.count_alike(rest, first, rows, self._credit.requests)
        numbers, tensors = layout.decode(rest, count, rows)
        for place, one in enumerate(numbers.tolist()):
            own = slice(place * rows, (place + 1) * rows)
            self._answer(one, dict(zip(names, [tensor[own] for tensor in tensors], strict=True)))
        return count * size

    def _answer(self, number: int, answer: Answer) -> None:
        future = self._settle(number).future
        if not future.done():
            future.set_result(answer)

    def _settle(self, number: int) -> _Waiting:
        waiting = self._sent(number)
        del self._waiting[number]
        self._requests -= 1
        self._bytes -= waiting.bytes
        return waiting

    def _sent(self, number: int) -> _Waiting:
        waiting = self._waiting.get(number)
        if waiting is None or not waiting.is_sent:
            raise Undecodable("a frame answers nothing that was asked")
        return waiting


def _tell(future: asyncio.Future[Any], problem: Exception) -> None:
    if not future.done():
        future.set_exception(problem)
        future.exception()  # seen, also when whoever asked has gone
