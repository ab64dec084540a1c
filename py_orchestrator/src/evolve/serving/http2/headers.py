"""Fields of requests from HPACK, checked and remembered; and fields of answers to HPACK.

What we write refers to nothing that was written before: every answer's block is the same bytes.
"""

import re
from dataclasses import dataclass
from typing import Final

import hpack

from evolve.serving.http2 import limits
from evolve.serving.http2.frames import ConnectionFault, Problem, StreamFault

# Before our first block: we keep no table, whatever the caller allows.
NO_TABLE: Final = b"\x20"
STATUS_200: Final = b"\x88"

# Every byte is a field that both sides know, so reading it changes nothing.
_KNOWN_FIELDS: Final = re.compile(rb"[\x81-\xfe]+")
_NAME: Final = re.compile(rb":?[!#$%&'*+\-.^_`|~0-9a-z]+")
_VALUE: Final = re.compile(rb"(?:[^\0\r\n\t ](?:[^\0\r\n]*[^\0\r\n\t ])?)?")
_NUMBER: Final = re.compile(rb"[0-9]{1,18}")
_PSEUDO: Final = frozenset((b":method", b":scheme", b":path", b":authority"))
_NEEDED: Final = (b":method", b":scheme", b":path")
_OF_HTTP_1: Final = frozenset(
    (b"connection", b"keep-alive", b"proxy-connection", b"transfer-encoding", b"upgrade")
)
_ENTRY_BYTES: Final = 32
_LONGEST_SHORT: Final = 126

Fields = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Head:
    """The fields of a request; of two with one name, the names are kept too."""

    method: str
    path: str
    fields: dict[str, str]
    twice: frozenset[str]
    # As HPACK counts it.
    size: int
    # What the caller says of the data that follows.
    length: int | None


class HeaderReader:
    """Of one connection: HPACK's table is its state."""

    def __init__(self) -> None:
        self._decoder = hpack.Decoder(max_header_list_size=limits.MAXIMUM_UNPACKED_BYTES)
        # A caller of many calls sends one block over and over. It means the same until the table changes.
        self._heads: dict[bytes, Head] = {}

    def read_head(self, block: bytes) -> Head:
        """A request's fields; StreamFault where they make none."""
        if (known := self._heads.get(block)) is not None:
            return known
        head = _head(self.decode(block))
        is_small = len(block) <= limits.LONGEST_BLOCK and head.size <= limits.LARGEST_HEAD
        if is_small and _KNOWN_FIELDS.fullmatch(block) and len(self._heads) < limits.MAXIMUM_BLOCKS:
            self._heads[block] = head
        return head

    def decode(self, block: bytes) -> Fields:
        """Any fields, as bytes; every block has to pass here once, or the next ones make no sense."""
        if not _KNOWN_FIELDS.fullmatch(block):
            self._heads.clear()
        try:
            return [(name, value) for name, value in self._decoder.decode(block, raw=True)]
        except hpack.OversizedHeaderListError as error:
            raise ConnectionFault(
                Problem.ENHANCE_YOUR_CALM, f"fields have more than {limits.MAXIMUM_UNPACKED_BYTES} bytes"
            ) from error
        except hpack.HPACKError as error:
            raise ConnectionFault(Problem.COMPRESSION_ERROR, "the fields cannot be read") from error


def check_trailers(fields: Fields) -> str:
    """Why fields may not stand behind the data; nothing when they may."""
    try:
        for name, value in fields:
            _check(name, value)
    except StreamFault as fault:
        return str(fault)
    return "a pseudo-header" if any(name.startswith(b":") for name, _ in fields) else ""


def _head(fields: Fields) -> Head:
    pseudo: dict[bytes, bytes] = {}
    others: dict[str, str] = {}
    twice = set()
    size = 0
    for name, value in fields:
        size += _ENTRY_BYTES + len(name) + len(value)
        _check(name, value)
        if name.startswith(b":"):
            if others or name in pseudo or name not in _PSEUDO:
                raise _malformed("a pseudo-header is unknown, late, or there twice")
            pseudo[name] = value
            continue
        word = name.decode("latin-1")
        if word in others:
            twice.add(word)
        others[word] = value.decode("latin-1")
    if any(not pseudo.get(name) for name in _NEEDED):
        raise _malformed("a pseudo-header is missing")
    length = others.get("content-length")
    return Head(
        pseudo[b":method"].decode("latin-1"),
        pseudo[b":path"].decode("latin-1"),
        others,
        frozenset(twice),
        size,
        None if length is None else int(length),
    )


def _check(name: bytes, value: bytes) -> None:
    if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        raise _malformed("a field has a name or a value that none may have")
    if name in _OF_HTTP_1 or (name == b"te" and value != b"trailers"):
        raise _malformed("a field is of HTTP/1.1")
    if name == b"content-length" and not _NUMBER.fullmatch(value):
        raise _malformed("the content-length is no number")


def _malformed(sentence: str) -> StreamFault:
    return StreamFault(Problem.PROTOCOL_ERROR, sentence)


def encode(fields: dict[str, str]) -> bytes:
    """Literals that nobody has to remember."""
    return b"".join(b"\0" + _string(name) + _string(value) for name, value in fields.items())


def _string(text: str) -> bytes:
    data = text.encode("latin-1")
    return _integer(len(data)) + data


def _integer(number: int) -> bytes:
    """A length as HPACK has it, seven bits in the first byte."""
    if number <= _LONGEST_SHORT:
        return bytes((number,))
    number -= _LONGEST_SHORT + 1
    written = bytearray((127,))
    while number > 127:  # noqa: PLR2004 - seven bits a byte
        written.append(number & 127 | 128)
        number >>= 7
    return bytes((*written, number))
