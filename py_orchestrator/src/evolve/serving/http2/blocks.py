"""Fields that come in several frames, until they are whole."""

from dataclasses import dataclass

from evolve.serving.http2 import frames, limits
from evolve.serving.http2.frames import ConnectionFault, Problem


@dataclass(frozen=True, slots=True)
class Block:
    """Fields as they were packed, and whether they are the last that their stream brings."""

    stream: int
    data: bytes
    is_end: bool


class BlockReader:
    """Of one connection: fields of two streams never mingle."""

    def __init__(self) -> None:
        self._stream = 0
        self._is_end = False
        self._pieces: list[bytes] = []

    @property
    def is_midway(self) -> bool:
        """Whether nothing but a continuation may come."""
        return bool(self._pieces)

    def begin(self, flags: int, stream: int, payload: bytes) -> Block | None:
        """Fields begin; None when they go on."""
        if not stream % 2:
            raise ConnectionFault(Problem.PROTOCOL_ERROR, "a caller's streams have odd numbers")
        data = frames.without_priority(flags, frames.unpadded(flags, payload))
        is_end = bool(flags & frames.END_STREAM)
        if flags & frames.END_HEADERS:
            return Block(stream, data, is_end)
        self._stream, self._is_end, self._pieces = stream, is_end, [data]
        return None

    def go_on(self, kind: int, flags: int, stream: int, payload: bytes) -> Block | None:
        """The next frame of them, or of whoever should have waited."""
        pieces = self._pieces
        if not pieces or kind != frames.CONTINUATION or stream != self._stream:
            raise ConnectionFault(Problem.PROTOCOL_ERROR, "fields go on where they did not begin, or don't")
        pieces.append(payload)
        too_many = len(pieces) > limits.MAXIMUM_CONTINUATIONS + 1
        if too_many or sum(map(len, pieces)) > limits.MAXIMUM_BLOCK:
            raise ConnectionFault(
                Problem.ENHANCE_YOUR_CALM,
                f"fields have more than {limits.MAXIMUM_BLOCK} bytes or {limits.MAXIMUM_CONTINUATIONS} "
                "continuations",
            )
        if not flags & frames.END_HEADERS:
            return None
        self._pieces = []
        return Block(stream, b"".join(pieces), self._is_end)
