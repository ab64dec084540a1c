"""How gRPC lies in HTTP/2: messages in data, statuses behind it, deadlines and sentences in fields."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from evolve.serving.doors.grpc.status import Code
from evolve.serving.errors import BadInput, ServingError
from evolve.serving.http2.headers import STATUS_200, encode
from evolve.serving.tensors import MAXIMUM_BYTES

# Room for names and shapes beside the largest tensors.
MAXIMUM_MESSAGE: Final = MAXIMUM_BYTES + 64 * 1024
_PREFIX_BYTES: Final = 5
_KIND: Final = {"content-type": "application/grpc"}
_TIMEOUT: Final = re.compile(r"([0-9]{1,8})([HMSmun])")
_SECONDS: Final = {"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}
_CONTENT_TYPE: Final = re.compile(r"application/grpc(\+proto)?([; ].*)?")
# What may stand in a sentence as it is: all of ASCII that can be seen but the percent sign.
_PLAIN: Final = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")
_LONGEST_SENTENCE: Final = 1_000

ANSWER_HEAD: Final = STATUS_200 + encode(_KIND)
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_ANSWERED: Final = encode({"grpc-status": "0"})


class TooLarge(ServingError):  # noqa: N818 - it says what happened, as its siblings do
    """A message has more bytes than a tensor may have."""

    status = 413


class Packed(ServingError):  # noqa: N818
    """A message is compressed; a few bytes could become gigabytes."""

    status = 501


class Messages:
    """Data of a stream becomes messages, however it is cut."""

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def size(self) -> int:
        """Bytes of what is not whole yet, or was not taken."""
        return len(self._held)

    def feed(self, data: bytes) -> None:
        self._held += data

    def take(self) -> bytes | None:
        """The next message that is whole; ServingError for one that never will be, before it is read."""
        held = self._held
        if len(held) < _PREFIX_BYTES:
            return None
        end = _PREFIX_BYTES + _check_prefix(held[0], int.from_bytes(held[1:_PREFIX_BYTES]))
        if len(held) < end:
            return None
        with memoryview(held) as view:
            message = bytes(view[_PREFIX_BYTES:end])
        del held[:end]
        return message


def only_message(data: bytes) -> bytes | None:
    """The message in data that is one message and nothing else, as nearly all data is."""
    if len(data) >= _PREFIX_BYTES and not data[0] and int.from_bytes(data[1:5]) + _PREFIX_BYTES == len(data):
        return data[_PREFIX_BYTES:]
    return None


def _check_prefix(flag: int, size: int) -> int:
    if flag:
        raise Packed("compressed messages are not unpacked: send them as they are")
    if size > MAXIMUM_MESSAGE:
        raise TooLarge(f"the message has {size} bytes, and {MAXIMUM_MESSAGE} are the most that is read")
    return size


def written(message: bytes) -> bytes:
    """A message as it stands in data."""
    return len(message).to_bytes(_PREFIX_BYTES) + message


def is_grpc(content_type: str) -> bool:
    """Whether a content type says protobuf messages."""
    return _CONTENT_TYPE.fullmatch(content_type) is not None


def read_timeout(text: str) -> float:
    """Seconds of a grpc-timeout."""
    if (match := _TIMEOUT.fullmatch(text)) is None:
        raise BadInput("grpc-timeout", "is no number of at most 8 digits with one of H, M, S, m, u, n")
    return int(match[1]) * _SECONDS[match[2]]


def status_block(code: Code, sentence: str = "", more: Mapping[str, str] = NOTHING) -> bytes:
    """The fields behind the data."""
    if code is Code.OK:
        return _ANSWERED
    fields = {"grpc-status": str(code.value), "grpc-message": quote(sentence[:_LONGEST_SENTENCE], _PLAIN)}
    return encode(fields | dict(more))


def http_block(status: int) -> bytes:
    """An answer to what is not gRPC at all."""
    return encode({":status": str(status), "content-length": "0"})
