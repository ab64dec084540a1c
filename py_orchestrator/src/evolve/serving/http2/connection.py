"""A caller's connection as a state machine: bytes come in, streams get what is theirs, bytes go out.

Nothing is kept without a bound that stands in `limits`. Faults of the caller end a stream or the connection
as RFC 9113 has it, and never raise.
"""

from collections import deque
from collections.abc import Callable

from evolve.serving.http2 import frames, limits
from evolve.serving.http2.blocks import Block, BlockReader
from evolve.serving.http2.frames import (
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    ConnectionFault,
    FrameReader,
    Problem,
    StreamFault,
)
from evolve.serving.http2.headers import NO_TABLE, Head, HeaderReader, check_trailers
from evolve.serving.http2.intake import Intake
from evolve.serving.http2.outlet import FIRST_WINDOW, Outlet
from evolve.serving.http2.patience import Patience
from evolve.serving.http2.stream import Stream

# Gives a stream that the caller has opened its owner; the last word says whether no data follows.
Accept = Callable[[Stream, Head, bool], None]


class Connection:
    """`take` gives what is to be written; `wake` is called when there is something again."""

    def __init__(self, accept: Accept, wake: Callable[[], None]) -> None:
        self._accept = accept
        self._frames = FrameReader()
        self._blocks = BlockReader()
        self._fields = HeaderReader()
        self.patience = Patience()
        self._outlet = Outlet(wake, self.patience)
        self._intake = Intake(self._outlet.write)
        self.streams: dict[int, Stream] = {}
        # The last stream that the caller has opened, and the last that was not refused.
        self._last = 0
        self._last_taken = 0
        # Streams that were ended before the caller knew.
        self._forgotten: deque[int] = deque(maxlen=limits.MAXIMUM_REMEMBERED)
        self._block_start = NO_TABLE
        self._is_going = False
        # Whether the caller has greeted us as HTTP/2 has it.
        self.is_set_up = False
        self.is_over = False
        self._do = {
            HEADERS: self._headers,
            DATA: self._data,
            frames.RESET: self._reset,
            frames.SETTINGS: self._settings,
            frames.PUSH: self._push,
            frames.PING: self._ping,
            frames.WINDOW: self._window,
        }

    @property
    def is_greeted(self) -> bool:
        """Whether the caller speaks HTTP/2 at all."""
        return self._frames.is_greeted

    @property
    def is_midway(self) -> bool:
        """Whether a request's fields are still coming."""
        return self._blocks.is_midway

    def receive(self, data: bytes) -> None:
        """Bytes of the caller; owners hear of them before this returns."""
        if self.is_over:
            return
        try:
            for kind, flags, number, payload in self._frames.feed(data):
                if self._blocks.is_midway or kind == frames.CONTINUATION:
                    self._take_block(self._blocks.go_on(kind, flags, number, payload))
                elif self.is_set_up:
                    self._do.get(kind, self._ignore)(flags, number, payload)
                else:
                    self._set_up(kind, flags, payload)
        except ConnectionFault as fault:
            self.fail(fault.problem, str(fault))

    def take(self) -> bytes:
        """What is to be written now."""
        return self._outlet.take()

    def go_on(self) -> None:
        """What was taken has left: let streams write that had to wait."""
        self._outlet.go_on()

    def ping(self) -> None:
        self._outlet.write(frames.frame(frames.PING, 0, 0, bytes(8)))

    def go_away(self) -> None:
        """Take no more streams; those that are there go on."""
        if not self._is_going and not self.is_over:
            self._is_going = True
            self._outlet.write(frames.go_away(self._last_taken, Problem.NO_ERROR, ""))

    def fail(self, problem: Problem, sentence: str) -> None:
        """End it all, and tell why."""
        if not self.is_over:
            self._outlet.write(frames.go_away(self._last_taken, problem, sentence))
            self.close()

    def close(self) -> None:
        """Nothing comes or goes any more."""
        self.is_over = True
        for stream in list(self.streams.values()):
            self._drop(stream)

    def reset(self, stream: Stream, problem: Problem) -> None:
        """End a stream without an answer."""
        if not stream.is_closed:
            self._outlet.write(frames.reset(stream.number, problem))
            self._forgotten.append(stream.number)
            self._drop(stream)

    def send_block(self, stream: Stream, block: bytes, flags: int = END_HEADERS) -> None:
        block = self._block_start + block
        self._block_start = b""
        self._outlet.write(frames.frame(HEADERS, flags, stream.number, block))

    def send(self, stream: Stream, data: bytes) -> None:
        self._outlet.send(stream, data)

    def end(self, stream: Stream, block: bytes) -> None:
        self.send_block(stream, block, END_HEADERS | END_STREAM)
        self.patience.answered()
        if stream.is_ended:
            self._drop(stream)
        else:
            # The answer stands; the rest of the question is not wanted.
            self.reset(stream, Problem.NO_ERROR)

    def read_on(self, stream: Stream) -> None:
        """A paused stream takes again."""
        self._intake.release(stream)

    def _set_up(self, kind: int, flags: int, payload: bytes) -> None:
        if kind != frames.SETTINGS or flags & frames.ACKNOWLEDGED:
            raise ConnectionFault(Problem.PROTOCOL_ERROR, "the settings did not come first")
        self.is_set_up = True
        # Not before: who speaks something else shall understand what he is told.
        self._greet()
        self._settings(flags, 0, payload)

    def _greet(self) -> None:
        """Say what the caller has to keep to."""
        values = {
            frames.STREAMS: limits.MAXIMUM_STREAMS,
            frames.INITIAL_WINDOW: limits.STREAM_WINDOW,
            frames.FIELD_BYTES: limits.MAXIMUM_FIELD_BYTES,
        }
        self._outlet.write(frames.settings(values))
        self._outlet.write(frames.window(0, limits.CONNECTION_WINDOW - FIRST_WINDOW))

    def _data(self, flags: int, number: int, payload: bytes) -> None:
        self._intake.count(len(payload))
        stream = self.streams.get(number)
        if stream is None:
            self._check_was_open(number)
            self.patience.trifle()
        else:
            try:
                self._take_data(stream, flags, payload)
            except StreamFault as fault:
                self._fault(stream, fault.problem)
        self._intake.give()

    def _take_data(self, stream: Stream, flags: int, payload: bytes) -> None:
        if stream.is_ended:
            raise StreamFault(Problem.STREAM_CLOSED, "data came after the end")
        stream.is_ended = ended = bool(flags & END_STREAM)
        self._intake.count_for(stream, len(payload))
        if payload:
            self.patience.moved()
        elif not ended:
            self.patience.trifle()
        payload = frames.unpadded(flags, payload)
        if stream.length is not None:
            stream.length -= len(payload)
            if stream.length < 0 or (ended and stream.length):
                raise StreamFault(Problem.PROTOCOL_ERROR, "the data has another length than was said")
        stream.moved += 1
        stream.owner.received(payload, ended)

    def _headers(self, flags: int, number: int, payload: bytes) -> None:
        self._take_block(self._blocks.begin(flags, number, payload))

    def _take_block(self, block: Block | None) -> None:
        if block is None:
            return
        if block.stream > self._last:
            self._last = block.stream
            self._take_head(block)
        elif (stream := self.streams.get(block.stream)) is not None:
            self._take_trailers(stream, block)
        elif block.stream in self._forgotten:
            self._fields.decode(block.data)
            self.patience.trifle()
        else:
            raise ConnectionFault(
                Problem.STREAM_CLOSED, f"fields came for stream {block.stream}, which is closed"
            )

    def _take_head(self, block: Block) -> None:
        try:
            head = self._fields.read_head(block.data)
        except StreamFault as fault:
            self._refuse(block.stream, fault.problem)
            return
        if self._is_going:
            self._forgotten.append(block.stream)
        elif block.is_end and head.length:
            self._refuse(block.stream, Problem.PROTOCOL_ERROR)
        elif len(self.streams) >= limits.MAXIMUM_STREAMS:
            self._refuse(block.stream, Problem.REFUSED_STREAM)
        else:
            self._last_taken = block.stream
            stream = Stream(self, block.stream, self._outlet.first_window, head.length)
            stream.is_ended = block.is_end
            self.streams[block.stream] = stream
            self._accept(stream, head, block.is_end)

    def _take_trailers(self, stream: Stream, block: Block) -> None:
        problem = check_trailers(self._fields.decode(block.data))
        if stream.is_ended:
            self._fault(stream, Problem.STREAM_CLOSED)
        elif problem or not block.is_end or stream.length:
            self._fault(stream, Problem.PROTOCOL_ERROR)
        else:
            stream.is_ended = True
            stream.owner.received(b"", True)

    def _refuse(self, number: int, problem: Problem) -> None:
        self._outlet.write(frames.reset(number, problem))
        self._forgotten.append(number)
        self.patience.reset()

    def _reset(self, _flags: int, number: int, _payload: bytes) -> None:
        self._check_was_open(number)
        if (stream := self.streams.get(number)) is None:
            self.patience.trifle()
            return
        self._forgotten.append(number)
        self._drop(stream)
        self.patience.reset()

    def _settings(self, flags: int, _number: int, payload: bytes) -> None:
        self.patience.trifle()
        if not flags & frames.ACKNOWLEDGED:
            self._outlet.set_up(dict(frames.read_settings(payload)), self.streams.values())
            self._outlet.write(frames.frame(frames.SETTINGS, frames.ACKNOWLEDGED, 0, b""))
        elif payload:
            raise ConnectionFault(Problem.FRAME_SIZE_ERROR, "settings were acknowledged with others")

    def _push(self, _flags: int, _number: int, _payload: bytes) -> None:
        raise ConnectionFault(Problem.PROTOCOL_ERROR, "callers push nothing")

    def _ping(self, flags: int, _number: int, payload: bytes) -> None:
        self.patience.trifle()
        if not flags & frames.ACKNOWLEDGED:
            self._outlet.write(frames.frame(frames.PING, frames.ACKNOWLEDGED, 0, payload))

    def _ignore(self, _flags: int, _number: int, _payload: bytes) -> None:
        self.patience.trifle()

    def _window(self, _flags: int, number: int, payload: bytes) -> None:
        self.patience.trifle()
        more = int.from_bytes(payload) & frames.WIDEST_WINDOW
        if not number:
            self._outlet.widen(more)
            return
        self._check_was_open(number)
        if (stream := self.streams.get(number)) is not None:
            try:
                self._outlet.widen_stream(stream, more)
            except StreamFault as fault:
                self._fault(stream, fault.problem)

    def _check_was_open(self, number: int) -> None:
        if number > self._last or not number % 2:
            raise ConnectionFault(Problem.PROTOCOL_ERROR, f"stream {number} was never opened")

    def _fault(self, stream: Stream, problem: Problem) -> None:
        self.reset(stream, problem)
        self.patience.reset()

    def _drop(self, stream: Stream) -> None:
        stream.is_closed = True
        self.streams.pop(stream.number, None)
        self._outlet.forget(stream)
        self._intake.release(stream)
        stream.owner.closed()
