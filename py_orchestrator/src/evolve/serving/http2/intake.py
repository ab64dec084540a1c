"""How much a caller may send: counted, and given back in one frame for many of his."""

from collections.abc import Callable

from evolve.serving.http2 import frames, limits
from evolve.serving.http2.frames import ConnectionFault, Problem, StreamFault
from evolve.serving.http2.stream import Stream


class Intake:
    """Of one connection, and of each of its streams."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._credit = limits.CONNECTION_WINDOW
        # Of paused streams: there is no room for more until they read on.
        self._parked = 0

    def count(self, size: int) -> None:
        """Data came, whosever it is."""
        self._credit -= size
        if self._credit < 0:
            raise ConnectionFault(Problem.FLOW_CONTROL_ERROR, "more data came than the window has room for")

    def count_for(self, stream: Stream, size: int) -> None:
        """Data came for a stream; the caller hears that there is room again, unless it is paused."""
        stream.credit -= size
        if stream.credit < 0:
            raise StreamFault(Problem.FLOW_CONTROL_ERROR, "more data came than the window has room for")
        if stream.is_paused:
            stream.parked += size
            self._parked += size
        else:
            self._give_to(stream)

    def release(self, stream: Stream) -> None:
        """What was parked is no more: the stream reads on, or is closed."""
        self._parked -= stream.parked
        stream.parked = 0
        if not stream.is_closed:
            self._give_to(stream)
        self.give()

    def give(self) -> None:
        """Room for the whole connection, where half of it is used up."""
        held = self._credit + self._parked
        if held <= limits.CONNECTION_WINDOW // 2:
            self._write(frames.window(0, limits.CONNECTION_WINDOW - held))
            self._credit += limits.CONNECTION_WINDOW - held

    def _give_to(self, stream: Stream) -> None:
        if stream.credit <= limits.STREAM_WINDOW // 2 and not stream.is_ended:
            self._write(frames.window(stream.number, limits.STREAM_WINDOW - stream.credit))
            stream.credit = limits.STREAM_WINDOW
