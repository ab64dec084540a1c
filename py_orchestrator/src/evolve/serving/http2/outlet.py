"""What leaves a connection: frames in their order, and data no faster than the caller makes room for it.

Large answers leave in pieces, a piece of each stream after the other.
"""

from collections.abc import Callable, Iterable
from typing import Final

from evolve.serving.http2 import frames, limits
from evolve.serving.http2.frames import (
    DATA,
    WIDEST_WINDOW,
    ConnectionFault,
    Problem,
    StreamFault,
    frame_head,
)
from evolve.serving.http2.patience import Patience
from evolve.serving.http2.stream import Stream

# What every caller has room for until it says something else.
FIRST_WINDOW: Final = 65_535


class Outlet:
    """Of one connection; its windows are what the caller has room for."""

    def __init__(self, wake: Callable[[], None], patience: Patience) -> None:
        self._wake = wake
        self._patience = patience
        self._written: list[bytes] = []
        self._pending = 0
        self._window = self.first_window = FIRST_WINDOW
        self._largest = limits.MAXIMUM_FRAME
        # With something to send and a window of their own; what they wait for is the connection's.
        self._ready: dict[int, Stream] = {}

    def write(self, frame: bytes) -> None:
        """What no window holds back."""
        self._written.append(frame)
        if len(self._written) == 1:
            self._wake()

    def take(self) -> bytes:
        data = b"".join(self._written)
        self._written.clear()
        self._pending = 0
        return data

    def send(self, stream: Stream, data: bytes) -> None:
        size = len(data)
        is_free = not stream.queue and self._pending < limits.MAXIMUM_PENDING
        if is_free and size <= self._largest and size <= stream.window and size <= self._window:
            stream.window -= size
            self._window -= size
            self._pending += size
            self._patience.moved()
            self.write(frame_head(DATA, 0, stream.number, size) + data)
            return
        stream.queue.append(memoryview(data))
        if stream.window > 0:
            self._ready[stream.number] = stream
            self.go_on()

    def go_on(self) -> None:
        """A frame of each stream that waits, again and again, as far as there is room."""
        while self._ready and self._has_room():
            for stream in list(self._ready.values()):
                if not self._has_room():
                    return
                # One that came later may have sent this one's answer to its end.
                if stream.queue:
                    self._send_some(stream)

    def forget(self, stream: Stream) -> None:
        self._ready.pop(stream.number, None)
        stream.queue.clear()

    def widen(self, more: int) -> None:
        """The caller has more room for all streams together."""
        if not more:
            raise ConnectionFault(Problem.PROTOCOL_ERROR, "a window grows by nothing")
        self._window += more
        if self._window > WIDEST_WINDOW:
            raise ConnectionFault(Problem.FLOW_CONTROL_ERROR, "the connection's window is too wide")
        self.go_on()

    def widen_stream(self, stream: Stream, more: int) -> None:
        if not more:
            raise StreamFault(Problem.PROTOCOL_ERROR, "a window grows by nothing")
        stream.window += more
        if stream.window > WIDEST_WINDOW:
            raise StreamFault(Problem.FLOW_CONTROL_ERROR, "the stream's window is too wide")
        if stream.queue and stream.window > 0:
            self._ready[stream.number] = stream
            self.go_on()

    def set_up(self, settings: dict[int, int], streams: Iterable[Stream]) -> None:
        """What the caller asks for; an initial window moves those of all streams."""
        largest = settings.get(frames.FRAME_SIZE, self._largest)
        self._largest = min(largest, limits.MAXIMUM_FRAME_SENT)
        more = settings.get(frames.INITIAL_WINDOW, self.first_window) - self.first_window
        self.first_window += more
        if not more:
            return
        for stream in streams:
            stream.window += more
            if stream.window > WIDEST_WINDOW:
                raise ConnectionFault(Problem.FLOW_CONTROL_ERROR, "a stream's window is too wide")
            if stream.queue and stream.window > 0:
                self._ready[stream.number] = stream
        self.go_on()

    def _has_room(self) -> bool:
        return self._window > 0 and self._pending < limits.MAXIMUM_PENDING

    def _send_some(self, stream: Stream) -> None:
        part = stream.queue[0]
        size = min(len(part), self._largest, stream.window, self._window)
        if size <= 0:
            self._ready.pop(stream.number, None)
            return
        stream.window -= size
        self._window -= size
        self._pending += size
        stream.moved += 1
        self.write(frame_head(DATA, 0, stream.number, size) + part[:size])
        if size == len(part) or size >= limits.LARGE_FRAME:
            self._patience.moved()
        if size < len(part):
            stream.queue[0] = part[size:]
            return
        stream.queue.popleft()
        if not stream.queue:
            self._ready.pop(stream.number, None)
            if stream.trailers is not None:
                stream.connection.end(stream, stream.trailers)
            else:
                stream.owner.drained()
