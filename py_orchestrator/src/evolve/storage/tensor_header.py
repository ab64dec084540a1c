"""The header of a file or frame: what it is, and where which numbers lie. spec/FORMAT.md is the authority.

Reads the words and checks that every tensor has its place; the numbers themselves are nobody's business here.
What genomes promise of their genes is checked by the engine when it reads them.
"""

import hashlib
from dataclasses import dataclass
from math import prod
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec

MAXIMUM_BYTES: Final = 1 << 30
MAXIMUM_HEADER_BYTES: Final = 1 << 20
WIDTHS: Final = {"I64": 8, "F64": 8, "F32": 4, "U32": 4, "U16": 2, "U8": 1}
VERSIONS: Final = (1, 2)
_LENGTH_BYTES: Final = 8
_KEY: Final = "evolve"
# Canonical JSON inside a JSON string.
_LABEL: Final = rb"\"sha256\":\""
_DIGITS: Final = 64

Kind = TypeVar("Kind")
Count = Annotated[int, msgspec.Meta(ge=0, le=MAXIMUM_BYTES)]


class HeaderError(ValueError):
    """The first thing found wrong, as a sentence."""


class Tensor(msgspec.Struct, frozen=True):
    """Numbers of one kind: their shape, and the bytes behind the header that they take."""

    dtype: Literal["I64", "F64", "F32", "U32", "U16", "U8"]
    shape: list[Count]
    data_offsets: tuple[Count, Count]


class Words(msgspec.Struct, frozen=True):
    """What every file and frame says of itself."""

    schema: str
    version: int


@dataclass(frozen=True)
class Header:
    """What a buffer holds; `body` is where the first tensor begins."""

    schema: str
    version: int
    metadata: dict[str, Any]
    tensors: dict[str, Tensor]
    body: int


def read_header(data: memoryview) -> Header:
    """What the buffer holds; HeaderError when it is no whole file or frame."""
    if len(data) > MAXIMUM_BYTES:
        raise HeaderError(f"it has {len(data)} bytes, and {MAXIMUM_BYTES} is the limit")
    body = _body(data)
    entries = _decoded(bytes(data[_LENGTH_BYTES:body]), dict[str, msgspec.Raw], "its header")
    described = _decoded(entries.pop("__metadata__", b"{}"), dict[str, str], "its metadata")
    if list(described) != [_KEY]:
        raise HeaderError(f"its metadata is wrong: it must have the key `{_KEY}` and no other")
    text = described[_KEY].encode()
    metadata = _decoded(text, dict[str, Any], "its metadata")
    words = _decoded(text, Words, "its metadata")
    if words.version not in VERSIONS:
        raise HeaderError(f"it has version {words.version}, and this library reads versions 1 and 2")
    tensors = {name: _decoded(entry, Tensor, f"tensor {name!r}") for name, entry in entries.items()}
    _refuse_gaps(tensors, len(data) - body)
    return Header(words.schema, words.version, metadata, tensors, body)


def digest_fits(data: memoryview, header: Header) -> bool:
    """Whether a file states the digest of its bytes; its own digits count as zeros."""
    label = bytes(data[: header.body]).find(_LABEL)
    begin = label + len(_LABEL)
    if label < 0 or begin + _DIGITS > header.body:
        return False
    hashing = hashlib.sha256(data[:begin])
    hashing.update(b"0" * _DIGITS)
    hashing.update(data[begin + _DIGITS :])
    return bytes(data[begin : begin + _DIGITS]) == hashing.hexdigest().encode()


def _body(data: memoryview) -> int:
    if len(data) < _LENGTH_BYTES:
        raise HeaderError(f"it is cut off: it has {len(data)} bytes")
    length = int.from_bytes(data[:_LENGTH_BYTES], "little")
    if length > MAXIMUM_HEADER_BYTES:
        raise HeaderError(f"its header of {length} bytes is larger than {MAXIMUM_HEADER_BYTES}")
    if _LENGTH_BYTES + length > len(data):
        raise HeaderError(
            f"it is cut off in its header: it has {len(data)} of {_LENGTH_BYTES + length} bytes"
        )
    return _LENGTH_BYTES + length


def _decoded(text: bytes | msgspec.Raw, kind: type[Kind], what: str) -> Kind:
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise HeaderError(f"{what} is wrong: {error}") from error


def _refuse_gaps(tensors: dict[str, Tensor], size: int) -> None:
    """Tensors must lie one behind the other, and nothing behind the last."""
    end = 0
    for name, tensor in sorted(tensors.items(), key=lambda entry: entry[1].data_offsets):
        begin, next_end = tensor.data_offsets
        taken = prod(tensor.shape) * WIDTHS[tensor.dtype]
        if begin != end or next_end - begin != taken:
            raise HeaderError(f"tensor {name!r} is not where its shape and its neighbours need it")
        end = next_end
    if end != size:
        raise HeaderError(f"its tensors take {end} bytes, and {size} are there")
