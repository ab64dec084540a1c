"""Frames of HTTP/2 from bytes, and to bytes. Nothing here knows what came before."""

import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import Final

from evolve.serving.http2 import limits

PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

DATA, HEADERS, PRIORITY, RESET, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
END_STREAM, ACKNOWLEDGED, END_HEADERS, PADDED, HAS_PRIORITY = 0x1, 0x1, 0x4, 0x8, 0x20
HEADER_TABLE, ENABLE_PUSH, STREAMS, INITIAL_WINDOW, FRAME_SIZE, FIELD_BYTES = range(1, 7)

WIDEST_WINDOW: Final = 2**31 - 1
# Length and kind are one word.
_HEAD: Final = struct.Struct(">IBI")
HEAD_BYTES: Final = _HEAD.size
# Of kinds whose payload is a fixed size, and of those that belong to the whole connection.
_SIZES: Final = {PRIORITY: 5, RESET: 4, PING: 8, WINDOW: 4}
_OF_CONNECTION: Final = frozenset((SETTINGS, PING, GOAWAY))
_OF_STREAM: Final = frozenset((DATA, HEADERS, PRIORITY, RESET, CONTINUATION))
_PRIORITY_BYTES: Final = 5
_GOAWAY_BYTES: Final = 8
_SETTING_BYTES: Final = 6

# Kind, flags, the stream's number, and the payload.
Frame = tuple[int, int, int, bytes]


class Problem(IntEnum):
    """Why a stream or a connection ends; RFC 9113 has the numbers."""

    NO_ERROR = 0
    PROTOCOL_ERROR = 1
    INTERNAL_ERROR = 2
    FLOW_CONTROL_ERROR = 3
    STREAM_CLOSED = 5
    FRAME_SIZE_ERROR = 6
    REFUSED_STREAM = 7
    CANCEL = 8
    COMPRESSION_ERROR = 9
    ENHANCE_YOUR_CALM = 11


class ConnectionFault(Exception):  # noqa: N818 - whose fault it is
    """The caller broke the rules in a way that ends the connection."""

    def __init__(self, problem: Problem, sentence: str) -> None:
        super().__init__(sentence)
        self.problem = problem


class StreamFault(Exception):  # noqa: N818
    """The same for one stream."""

    def __init__(self, problem: Problem, sentence: str) -> None:
        super().__init__(sentence)
        self.problem = problem


class FrameReader:
    """Bytes become whole frames of an allowed size; keeps less than one frame."""

    def __init__(self) -> None:
        self._left = b""
        self._is_greeted = False

    @property
    def is_greeted(self) -> bool:
        """Whether the caller has said that it speaks HTTP/2."""
        return self._is_greeted

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that are whole now; ConnectionFault where the next one makes no sense."""
        if self._left:
            data = self._left + data
        place = 0
        if not self._is_greeted:
            if not data.startswith(PREFACE[: len(data)]):
                raise ConnectionFault(Problem.PROTOCOL_ERROR, "these bytes are no HTTP/2")
            if len(data) >= len(PREFACE):
                self._is_greeted = True
                place = len(PREFACE)
        while self._is_greeted and len(data) - place >= HEAD_BYTES:
            word, flags, stream = _HEAD.unpack_from(data, place)
            size = word >> 8
            if size > limits.MAXIMUM_FRAME:
                raise ConnectionFault(
                    Problem.FRAME_SIZE_ERROR, f"a frame has more than {limits.MAXIMUM_FRAME} bytes"
                )
            start = place + HEAD_BYTES
            if len(data) - start < size:
                break
            place = start + size
            kind = word & 0xFF
            stream &= WIDEST_WINDOW
            if kind != DATA or not stream:
                _check(kind, stream, size)
            yield kind, flags, stream, data[start:place]
        self._left = data[place:]


def _check(kind: int, stream: int, size: int) -> None:
    """Whether a kind may have such a size, and belongs to where it is said to belong."""
    if (kind in _OF_CONNECTION and stream) or (kind in _OF_STREAM and not stream):
        raise ConnectionFault(Problem.PROTOCOL_ERROR, f"a frame of kind {kind} came on stream {stream}")
    wrong = _SIZES.get(kind, size) != size
    wrong |= kind == SETTINGS and size % _SETTING_BYTES != 0
    wrong |= kind == GOAWAY and size < _GOAWAY_BYTES
    if wrong:
        raise ConnectionFault(Problem.FRAME_SIZE_ERROR, f"a frame of kind {kind} has {size} bytes")


def unpadded(flags: int, payload: bytes) -> bytes:
    """What stands between the paddings."""
    if not flags & PADDED:
        return payload
    if not payload or payload[0] >= len(payload):
        raise ConnectionFault(Problem.PROTOCOL_ERROR, "the padding is longer than its frame")
    return payload[1 : len(payload) - payload[0]]


def without_priority(flags: int, payload: bytes) -> bytes:
    """A block without what nobody heeds any more."""
    if not flags & HAS_PRIORITY:
        return payload
    if len(payload) < _PRIORITY_BYTES:
        raise ConnectionFault(Problem.FRAME_SIZE_ERROR, "the fields end within their priority")
    return payload[_PRIORITY_BYTES:]


def frame_head(kind: int, flags: int, stream: int, size: int) -> bytes:
    """What stands before a payload."""
    return _HEAD.pack(size << 8 | kind, flags, stream)


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return _HEAD.pack(len(payload) << 8 | kind, flags, stream) + payload


def settings(values: dict[int, int]) -> bytes:
    """Our settings as a frame."""
    pairs = b"".join(struct.pack(">HI", name, value) for name, value in values.items())
    return frame(SETTINGS, 0, 0, pairs)


def read_settings(payload: bytes) -> list[tuple[int, int]]:
    """Names and values, checked."""
    read = list(struct.iter_unpack(">HI", payload))
    for name, value in read:
        if name == INITIAL_WINDOW and value > WIDEST_WINDOW:
            raise ConnectionFault(Problem.FLOW_CONTROL_ERROR, "the initial window is too wide")
        is_wrong = (name == ENABLE_PUSH and value > 1) or (
            name == FRAME_SIZE and not limits.MAXIMUM_FRAME <= value < 2**24
        )
        if is_wrong:
            raise ConnectionFault(Problem.PROTOCOL_ERROR, f"setting {name} cannot be {value}")
    return [(int(name), int(value)) for name, value in read]


def window(stream: int, more: int) -> bytes:
    return frame(WINDOW, 0, stream, more.to_bytes(4))


def reset(stream: int, problem: Problem) -> bytes:
    return frame(RESET, 0, stream, problem.to_bytes(4))


def go_away(last: int, problem: Problem, sentence: str) -> bytes:
    return frame(GOAWAY, 0, 0, last.to_bytes(4) + problem.to_bytes(4) + sentence.encode())
