"""One connection to the service: many requests under way, those of one turn of the loop in one message.

It ends with the connection; whoever wants another one makes another link.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from evolve.client.errors import Refused, Unreachable
from evolve.serving.errors import BadInput
from evolve.serving.frames import control
from evolve.serving.frames.error_frame import decode_error
from evolve.serving.frames.errors import ProtocolError, Undecodable
from evolve.serving.frames.layout import ANSWER, ERROR, HEADER_BYTES, REQUEST, Layout
from evolve.serving.tensors import Array

_TOGETHER_BYTES: Final = 1024 * 1024
_WRONG_INPUT: Final = 400


@dataclass
class Stream:
    """A model that this connection calls by a number."""

    number: int
    version: str
    inputs: Layout
    outputs: Layout


@dataclass(slots=True)
class _Waiting:
    future: asyncio.Future[dict[str, Array]]
    outputs: Layout
    bytes: int


@dataclass
class Link:
    """What is under way in a connection, after its welcome."""

    connection: ClientConnection
    credit: control.Welcome
    _streams: dict[tuple[str, str], asyncio.Future[Stream]] = field(default_factory=dict)
    _opening: dict[int, asyncio.Future[Stream]] = field(default_factory=dict)
    _waiting: dict[int, _Waiting] = field(default_factory=dict)
    _frames: deque[tuple[int, memoryview]] = field(default_factory=deque)
    _problem: Exception | None = None

    def __post_init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._may_write = asyncio.Event()
        self._requests = 0
        self._bytes = 0
        self._next_request = 0
        self._next_stream = 0
        self._tasks = [self._loop.create_task(self._read()), self._loop.create_task(self._write())]

    @property
    def is_open(self) -> bool:
        return self._problem is None

    async def stream(self, model: str, version: str) -> Stream:
        """The stream of a model, opened when it is not yet."""
        if self._problem is not None:
            raise Unreachable(str(self._problem))
        opened = self._streams.get((model, version))
        if opened is None:
            number, self._next_stream = self._next_stream, self._next_stream + 1
            opened = self._streams[model, version] = self._opening[number] = self._loop.create_future()
            await self._send(control.encode_control(control.Open(number, model, version)))
        try:
            return await asyncio.shield(opened)
        except Refused:
            self.forget(model, version)
            raise

    def forget(self, model: str, version: str) -> None:
        """The next call opens the model anew."""
        self._streams.pop((model, version), None)

    async def infer(self, stream: Stream, inputs: Sequence[Array]) -> dict[str, Array]:
        """Ask, and wait for the answer."""
        if self._problem is not None:
            raise Unreachable(str(self._problem))
        number, self._next_request = self._next_request, self._next_request + 1
        frame = stream.inputs.encode(REQUEST, stream.number, [number], inputs)
        future: asyncio.Future[dict[str, Array]] = self._loop.create_future()
        self._waiting[number] = _Waiting(future, stream.outputs, len(frame))
        self._frames.append((number, frame))
        self._may_write.set()
        return await future

    async def close(self) -> None:
        """Hang up; whoever waits is told."""
        self._end(Unreachable("the client was closed"))
        await self.connection.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _send(self, message: str | bytes | memoryview) -> None:
        try:
            await self.connection.send(message)
        except ConnectionClosed as error:
            self._end(error)
            raise Unreachable(_farewell(error)) from error

    async def _write(self) -> None:
        while True:
            await self._may_write.wait()
            message = self._next_message()
            if message is None:
                self._may_write.clear()
            else:
                try:
                    await self._send(message)
                except Unreachable:
                    return

    def _next_message(self) -> bytes | memoryview | None:
        """Frames as far as the credit goes; those that nobody waits for any more are left out."""
        parts: list[memoryview] = []
        size = 0
        while self._frames and size < _TOGETHER_BYTES:
            number, frame = self._frames[0]
            if self._waiting[number].future.done():
                del self._waiting[self._frames.popleft()[0]]
                continue
            too_large = self._bytes + len(frame) > self.credit.bytes and self._requests
            if self._requests >= self.credit.requests or too_large:
                break
            self._frames.popleft()
            self._requests += 1
            self._bytes += len(frame)
            size += len(frame)
            parts.append(frame)
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def _read(self) -> None:
        try:
            async for message in self.connection:
                if isinstance(message, str):
                    self._take_control(control.decode_control(message))
                else:
                    self._take_frames(memoryview(message))
                self._may_write.set()
            self._end(Unreachable("the service has closed the connection"))
        except ConnectionClosed as error:
            self._end(Unreachable(_farewell(error)))
        except ProtocolError as error:
            self._end(Unreachable(f"what answers is no inference service of this version: {error}"))
            await self.connection.close(error.code)

    def _take_control(self, message: control.Control) -> None:
        if not isinstance(message, control.Opened | control.Refused):
            raise ProtocolError("the service says opened or refused, and nothing else")
        future = self._opening.pop(message.stream, None)
        if future is None or future.done():
            return
        if isinstance(message, control.Refused):
            future.set_exception(Refused(message.code, message.reason))
            future.exception()  # seen, also when whoever asked has gone
            return
        layouts = Layout(message.inputs), Layout(message.outputs)
        future.set_result(Stream(message.stream, message.version, *layouts))

    def _take_frames(self, rest: memoryview) -> None:
        while rest:
            if len(rest) < HEADER_BYTES:
                raise Undecodable("a frame is cut short")
            first = int.from_bytes(rest[:8], "little")
            kind, rows = first & 0xFFFF, first >> 32
            number = int.from_bytes(rest[8:HEADER_BYTES], "little")
            if kind == ERROR:
                sentence, size = decode_error(rest)
                self._fail(number, Refused(rows, sentence))
            elif kind == ANSWER and rows and (waiting := self._waiting.get(number)) is not None:
                size = self._take_answers(rest, first, rows, waiting.outputs)
            else:
                raise Undecodable("a frame answers nothing that was asked")
            rest = rest[size:]

    def _take_answers(self, rest: memoryview, first: int, rows: int, layout: Layout) -> int:
        count = layout.count_alike(rest, first, rows, self.credit.requests)
        numbers, tensors = layout.decode(rest, count, rows)
        names = [spec.name for spec in layout.tensors]
        for place, number in enumerate(numbers.tolist()):
            if (waiting := self._settle(number)) is not None and not waiting.future.done():
                own = slice(place * rows, (place + 1) * rows)
                waiting.future.set_result(dict(zip(names, [one[own] for one in tensors], strict=True)))
        return count * layout.frame_bytes(rows)

    def _fail(self, number: int, error: Refused) -> None:
        waiting = self._settle(number)
        if waiting is not None and not waiting.future.done():
            waiting.future.set_exception(error)

    def _settle(self, number: int) -> _Waiting | None:
        waiting = self._waiting.pop(number, None)
        if waiting is not None:
            self._requests -= 1
            self._bytes -= waiting.bytes
        return waiting

    def _end(self, problem: Exception) -> None:
        if self._problem is not None:
            return
        self._problem = problem
        for opening in self._opening.values():
            _tell(opening, problem)
        for waiting in self._waiting.values():
            _tell(waiting.future, problem)
        self._frames.clear()
        self._waiting.clear()


def _tell(future: asyncio.Future[Any], problem: Exception) -> None:
    if not future.done():
        future.set_exception(Unreachable(str(problem)))
        future.exception()  # seen, also when whoever asked has gone


def arranged(layout: Layout, inputs: Mapping[str, object]) -> list[Array]:
    """What a program gives, as the model's tensors in its order; Refused when it doesn't fit."""
    known = ", ".join(spec.name for spec in layout.tensors)
    if strange := next((name for name in inputs if name not in {one.name for one in layout.tensors}), None):
        raise Refused(_WRONG_INPUT, f"{strange} is no input of the model: it takes {known}")
    arrays: list[Array] = []
    for spec in layout.tensors:
        if spec.name not in inputs:
            raise Refused(_WRONG_INPUT, f"{spec.name} is missing: the model takes {known}")
        try:
            array = np.asarray(inputs[spec.name])
            spec.check_shape(array.shape)
            arrays.append(array.astype(spec.dtype, casting="same_kind", copy=False))
        except (BadInput, ValueError, TypeError) as error:
            raise Refused(_WRONG_INPUT, f"{spec.name} does not fit: {error}") from error
        if len(array) == 0 or len(array) != len(arrays[0]):
            raise Refused(
                _WRONG_INPUT, f"{spec.name} has {len(array)} rows; each input has as many, 1 or more"
            )
    return arrays


def _farewell(error: ConnectionClosed) -> str:
    if error.rcvd is None:
        return "the connection to the service was lost"
    return (
        f"the service has closed the connection ({error.rcvd.code}): {error.rcvd.reason or 'no reason given'}"
    )
