"""Frames as they leave: one for each message, never fragmented, never compressed."""

import secrets
from struct import Struct
from typing import Final

from evolve.serving.websocket.mask import apply_mask

TEXT: Final = 1
BINARY: Final = 2
CLOSE: Final = 8
PING: Final = 9
PONG: Final = 10

# A control frame carries no more.
MAXIMUM_CONTROL_BYTES: Final = 125
_FINAL: Final = 0x80
_MASKED: Final = 0x80
_SHORT: Final = 126
_LONG: Final = 127
_SHORTEST_LONG: Final = 1 << 16
_MIDDLE: Final = Struct(">BBH")
_LARGE: Final = Struct(">BBQ")

Bytes = bytes | bytearray | memoryview


def header(opcode: int, length: int, masked: int = 0) -> bytes:
    """What stands before so many bytes; a mask would follow it."""
    if length < _SHORT:
        return bytes((_FINAL | opcode, masked | length))
    if length < _SHORTEST_LONG:
        return _MIDDLE.pack(_FINAL | opcode, masked | _SHORT, length)
    return _LARGE.pack(_FINAL | opcode, masked | _LONG, length)


def frame(opcode: int, *parts: Bytes) -> bytes:
    """A frame of a service."""
    return b"".join((header(opcode, sum(map(len, parts))), *parts))


def masked_frame(opcode: int, *parts: Bytes) -> bytes:
    """A frame of a client, which nobody on the way could have foretold."""
    mask = secrets.token_bytes(4)
    payload = parts[0] if len(parts) == 1 else b"".join(parts)
    return b"".join((header(opcode, len(payload), _MASKED), mask, apply_mask(payload, mask)))


def close_payload(code: int, reason: str) -> bytes:
    """What a close frame carries; a reason that is too long is cut."""
    cut = reason.encode()[: MAXIMUM_CONTROL_BYTES - 2].decode(errors="ignore")
    return code.to_bytes(2, "big") + cut.encode()
