"""What is said in one connection of the WebSocket door; knows no sockets.

Frames of one message that are alike become one call of the service, so that many small requests cost little
more than one. Only when something in them is wrong each is called by itself, and answered by itself.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from evolve.protocol.bucket import Bucket
from evolve.serving.batcher import Ticket
from evolve.serving.doors import Visit
from evolve.serving.doors.websocket.stream import Stream
from evolve.serving.errors import ServingError
from evolve.serving.frames import limits
from evolve.serving.frames.control import Control, Open, Opened, Refused, Welcome, decode_control
from evolve.serving.frames.error_frame import encode_error
from evolve.serving.frames.errors import ProtocolError, Undecodable
from evolve.serving.frames.layout import ANSWER, HEADER, HEADER_BYTES, REQUEST, Ids
from evolve.serving.service import Service
from evolve.serving.tensors import Array, check_values

Bytes = bytes | bytearray | memoryview


@dataclass(slots=True)
class Reply:
    """Something to be sent, and the credit that is free again when it was."""

    content: Control | Bytes
    requests: int = 0
    bytes: int = 0


class Session:
    """Told what came in, tells what is to go out; counts the credit and remembers what is under way."""

    def __init__(
        self,
        service: Service,
        send: Callable[[Reply], None],
        visit: Visit | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.requests = 0
        self.last_request = clock()
        self.has_opened = False
        self._service = service
        self._send = send
        self._visit = visit
        self._clock = clock
        self._bytes = 0
        self._streams: dict[int, Stream] = {}
        self._under_way: dict[_Asked, Ticket] = {}
        self._control = Bucket(limits.CONTROL_AT_ONCE, limits.CONTROL_A_SECOND, clock)
        send(Reply(Welcome(limits.CREDIT_REQUESTS, limits.CREDIT_BYTES)))

    def receive(self, message: str | Bytes) -> None:
        """Take a message; ProtocolError when the connection has to be closed for it."""
        if isinstance(message, str):
            self._receive_control(message)
            return
        self.last_request = self._clock()
        rest = memoryview(message)
        if not rest:
            raise Undecodable("a binary message is empty")
        while (taken := self._receive_frames(rest)) < len(rest):
            rest = rest[taken:]

    def release(self, reply: Reply) -> None:
        """Something was sent: what it took is free again."""
        self.requests -= reply.requests
        self._bytes -= reply.bytes

    def end(self) -> None:
        """Nobody is there any more: what is under way need not be computed."""
        for ticket in self._under_way.values():
            ticket.cancel()
        self._under_way.clear()

    def _receive_control(self, text: str) -> None:
        if not self._control.take():
            raise ProtocolError(f"there are more than {limits.CONTROL_A_SECOND:g} text messages a second")
        message = decode_control(text)
        if not isinstance(message, Open):
            raise ProtocolError("type: clients say open, and nothing else")
        if message.stream in self._streams:
            raise ProtocolError(f"stream: {message.stream} is open already; take another number")
        if len(self._streams) >= limits.MAXIMUM_STREAMS:
            raise ProtocolError(f"stream: there are {limits.MAXIMUM_STREAMS} already")
        self.has_opened = True
        try:
            stream = Stream(message.stream, self._service.models, message.model, message.version)
        except ServingError as error:
            self._send(Reply(Refused(message.stream, error.status, str(error))))
            return
        self._streams[message.stream] = stream
        model = stream.model
        self._send(
            Reply(
                Opened(message.stream, model.name, model.version, tuple(model.inputs), tuple(model.outputs))
            )
        )

    def _receive_frames(self, rest: memoryview) -> int:
        """Take the frames that are alike from the beginning of a message; gives how many bytes they have."""
        if len(rest) < HEADER_BYTES:
            raise Undecodable(f"a header has {HEADER_BYTES} bytes, but {len(rest)} are left")
        first, request = HEADER.unpack_from(rest)
        kind, number, rows = first & 0xFFFF, first >> 16 & 0xFFFF, first >> 32
        if kind != REQUEST:
            raise Undecodable(f"a client's frames are of the kind {REQUEST}, not {kind}")
        if (stream := self._streams.get(number)) is None:
            raise ProtocolError(f"the stream {number} was not opened")
        if rows == 0:
            raise ProtocolError("a request has no rows")
        size = stream.inputs.frame_bytes(rows)
        if size <= len(rest) < 2 * size:
            self._spend(1, size)
            self._ask(_Asked(stream, [request], rows, size), stream.inputs.decode_one(rest, rows))
            return size
        at_most = max(1, self._service.settings.batches.maximum_rows // rows)
        count = stream.inputs.count_alike(rest, first, rows, min(at_most, limits.CREDIT_REQUESTS))
        self._spend(count, count * size)
        ids, feeds = stream.inputs.decode(rest[: count * size], count, rows)
        self._ask(_Asked(stream, ids, rows, size), feeds)
        return count * size

    def _spend(self, requests: int, size: int) -> None:
        is_alone = self.requests == 0 and requests == 1
        self.requests += requests
        self._bytes += size
        if self.requests > limits.CREDIT_REQUESTS or (self._bytes > limits.CREDIT_BYTES and not is_alone):
            raise ProtocolError(
                f"the credit is {limits.CREDIT_REQUESTS} requests and {limits.CREDIT_BYTES} bytes; wait for "
                "answers before you ask for more"
            )

    def _ask(self, asked: "_Asked", feeds: Sequence[Array]) -> None:
        """Have done what the caller's rate allows."""
        count = len(asked.ids)
        if self._visit is None or (allowed := self._visit.take(count)) == count:
            self._call(asked, feeds)
            return
        if allowed:
            self._call(asked.part(0, allowed), [feed[: allowed * asked.rows] for feed in feeds])
        refusal = self._visit.too_fast()
        self._refuse(asked.part(allowed, count), refusal.status, refusal.sentence)

    def _call(self, asked: "_Asked", feeds: Sequence[Array]) -> None:
        count = len(asked.ids)
        try:
            self._service.check()
            batcher = asked.stream.batcher()
            for spec, feed in zip(batcher.model.inputs, feeds, strict=True):
                check_values(spec, feed)
            ticket = batcher.submit(feeds, count * asked.rows, partial(self._done, asked), count)
            self._under_way[asked] = ticket
        except ServingError as error:
            if count == 1 or error.status != HTTPStatus.BAD_REQUEST:
                self._refuse_for(asked, error)
                return
            for place in range(count):
                own = slice(place * asked.rows, (place + 1) * asked.rows)
                self._call(asked.part(place, place + 1), [feed[own] for feed in feeds])

    def _done(self, asked: "_Asked", outputs: list[Array] | None, error: ServingError | None) -> None:
        self._under_way.pop(asked, None)
        if outputs is None:
            self._refuse_for(asked, error or ServingError("the model gave nothing"))
        else:
            count = len(asked.ids)
            self._send(Reply(asked.answer(outputs), count, count * asked.size))

    def _refuse_for(self, asked: "_Asked", error: ServingError) -> None:
        self._refuse(asked, error.status, str(error))

    def _refuse(self, asked: "_Asked", status: int, sentence: str) -> None:
        count = len(asked.ids)
        frames = b"".join(encode_error(asked.stream.number, int(one), status, sentence) for one in asked.ids)
        self._send(Reply(frames, count, count * asked.size))


@dataclass(slots=True, eq=False)
class _Asked:
    """Requests alike: their numbers, and of each the rows and the bytes."""

    stream: Stream
    ids: Sequence[int] | Ids
    rows: int
    size: int

    def part(self, begin: int, end: int) -> "_Asked":
        return _Asked(self.stream, self.ids[begin:end], self.rows, self.size)

    def answer(self, outputs: list[Array]) -> Bytes:
        stream, ids = self.stream, self.ids
        if len(ids) == 1:
            return stream.outputs.encode_one(ANSWER, stream.number, int(ids[0]), outputs)
        return stream.outputs.encode(ANSWER, stream.number, ids, outputs)
