"""Bytes of a connection become messages. Knows no sockets and no clock; bounded in what it keeps.

Each frame is judged by its header, before a byte of what it announces is kept. websockets' own parser is the
yardstick: the tests compare the two.
"""

from dataclasses import dataclass
from typing import Final

from evolve.serving.websocket.frames import (
    BINARY,
    CLOSE,
    MAXIMUM_CONTROL_BYTES,
    PING,
    PONG,
    TEXT,
    Bytes,
)
from evolve.serving.websocket.mask import apply_mask

BROKEN: Final = 1002
NO_TEXT: Final = 1007
TOO_LARGE: Final = 1009
# Of a close frame that says nothing; never sent.
NO_CODE: Final = 1005

_CONTINUATION: Final = 0
_WHOLE: Final = 0x80
_WHOLE_BINARY: Final = _WHOLE | BINARY
_MASKED: Final = 0x80
_RESERVED: Final = 0x70
_TOO_LONG: Final = 1 << 63
_CODES: Final = frozenset((1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014))
_CODES_OF_PROGRAMS: Final = range(3000, 5000)


@dataclass(frozen=True, slots=True)
class Ping:
    """Wants to be answered with the same bytes."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Pong:
    """Somebody is there."""


@dataclass(frozen=True, slots=True)
class Close:
    """The other side ends the connection; `payload` is what an answer repeats."""

    code: int
    reason: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Violation:
    """The other side broke the protocol: what to hang up with. Nothing comes after it."""

    code: int
    sentence: str


Event = str | Bytes | Ping | Pong | Close | Violation


class _Broken(Exception):  # noqa: N818 - named for what it is
    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Reader:
    """Of one connection; `masked` when it reads a client, whose frames all have to be."""

    def __init__(self, maximum_bytes: int, *, masked: bool) -> None:
        self._maximum = maximum_bytes
        self._masked = masked
        # The beginning of a frame, and how long that has to be before it is worth looking at again.
        self._rest = bytearray()
        self._wanted = 2
        # The fragments of a message so far, and its kind; 0 when there is none.
        self._fragments = bytearray()
        self._kind = 0
        self._is_over = False
        # How many were whole so far.
        self.messages = 0

    @property
    def held_bytes(self) -> int:
        """Of a message that has begun and not ended."""
        return len(self._rest) + len(self._fragments)

    def stop(self) -> None:
        """Read nothing more, and let go of what was kept."""
        self._is_over = True
        self._rest = bytearray()
        self._fragments = bytearray()

    def feed(self, data: bytes | bytearray) -> list[Event]:
        """What is whole now, in order; a binary message may be a view."""
        if self._rest:
            self._rest += data
            if len(self._rest) < self._wanted:
                return []
            data, self._rest = self._rest, bytearray()
        events: list[Event] = []
        place, size = 0, len(data)
        try:
            while place < size and not self._is_over and (end := self._read(data, place, events)):
                place = end
        except _Broken as broken:
            self.stop()
            events.append(Violation(broken.code, str(broken)))
        if not self._is_over and place < size:
            self._rest += memoryview(data)[place:]
        return events

    def _read(self, data: bytes | bytearray, place: int, events: list[Event]) -> int:
        """Read the frame that begins here; gives its end, 0 when it is not there yet."""
        size = len(data) - place
        if size < 2:  # noqa: PLR2004 - the shortest header
            self._wanted = 2
            return 0
        first, length, begin = data[place], data[place + 1], 2
        if (length >= _MASKED) is not self._masked:
            raise _Broken(BROKEN, "a client's frames are masked, a service's are not")
        length &= ~_MASKED
        if length > MAXIMUM_CONTROL_BYTES:
            begin, length = self._read_length(data, place, length)
            if not begin:
                return 0
        # Most frames are this, and need no more looking at.
        is_plain = first == _WHOLE_BINARY and not self._kind
        if not is_plain or length > self._maximum:
            self._check(first, length)
        start = place + begin + 4 * self._masked
        end = start + length
        if end > len(data):
            self._wanted = end - place
            return 0
        payload: Bytes = memoryview(data)[start:end]
        if self._masked:
            payload = apply_mask(payload, data[start - 4 : start])
        if is_plain:
            self.messages += 1
            events.append(payload)
        else:
            self._take(first, payload, events)
        return end

    def _read_length(self, data: bytes | bytearray, place: int, announced: int) -> tuple[int, int]:
        """The bytes of a header, and the length that stands in it; (0, 0) when it is not there yet."""
        begin = 4 if announced == MAXIMUM_CONTROL_BYTES + 1 else 10
        digits = data[place + 2 : place + begin]
        if len(digits) < begin - 2:
            # It is at least this long, which may be too much already.
            self._check(data[place], announced)
            self._wanted = begin
            return 0, 0
        length = int.from_bytes(digits, "big")
        longest_in_less = MAXIMUM_CONTROL_BYTES if begin == 4 else 0xFFFF  # noqa: PLR2004
        if not longest_in_less < length < _TOO_LONG:
            raise _Broken(BROKEN, "the length of a frame is written with as few bytes as it takes")
        return begin, length

    def _check(self, first: int, length: int) -> None:
        """Judge a frame by its header."""
        if first & _RESERVED:
            raise _Broken(BROKEN, "the reserved bits of a frame have to be 0: no extension was agreed upon")
        opcode = first & 0x0F
        if opcode in (TEXT, BINARY):
            if self._kind:
                raise _Broken(BROKEN, "a message begins inside another one")
        elif opcode == _CONTINUATION:
            if not self._kind:
                raise _Broken(BROKEN, "a fragment continues no message")
        elif opcode in (CLOSE, PING, PONG):
            if first < _WHOLE or length > MAXIMUM_CONTROL_BYTES:
                raise _Broken(
                    BROKEN, f"a control frame is whole, and has {MAXIMUM_CONTROL_BYTES} bytes at most"
                )
            return
        else:
            raise _Broken(BROKEN, f"there is no opcode {opcode}")
        if len(self._fragments) + length > self._maximum:
            raise _Broken(TOO_LARGE, f"a message has more than {self._maximum} bytes")

    def _take(self, first: int, payload: Bytes, events: list[Event]) -> None:
        opcode = first & 0x0F
        if opcode >= CLOSE:
            events.append(self._control(opcode, bytes(payload)))
            return
        if opcode != _CONTINUATION:
            self._kind = opcode
        if first < _WHOLE:
            self._fragments += payload
            return
        if opcode == _CONTINUATION:
            self._fragments += payload
            payload, self._fragments = self._fragments, bytearray()
        kind, self._kind = self._kind, 0
        self.messages += 1
        events.append(payload if kind == BINARY else _text(payload))

    def _control(self, opcode: int, payload: bytes) -> Event:
        if opcode == PING:
            return Ping(payload)
        if opcode == PONG:
            return Pong()
        close = _close(payload)
        if self._kind:
            raise _Broken(BROKEN, "the connection ends within a message")
        self._is_over = True
        return close


def _text(payload: Bytes) -> str:
    try:
        return str(payload, "utf-8")
    except UnicodeDecodeError as error:
        raise _Broken(NO_TEXT, "a text is no UTF-8") from error


def _close(payload: bytes) -> Close:
    if not payload:
        return Close(NO_CODE, "", payload)
    code, reason = int.from_bytes(payload[:2], "big"), _text(payload[2:])
    if len(payload) == 1 or not (code in _CODES or code in _CODES_OF_PROGRAMS):
        raise _Broken(BROKEN, "a close frame has no code that may be sent")
    return Close(code, reason, payload)
