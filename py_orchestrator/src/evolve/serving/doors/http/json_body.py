"""JSON from callers: bounded in size and depth before it is parsed, and each field asked for by its type."""

import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import orjson

from evolve.serving.doors.http import limits
from evolve.serving.errors import BadInput, ServingError

_TEXT: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NO_BRACKETS: Final = bytes(one for one in range(256) if one not in b"[]{}")
_PIECE: Final = 1 << 20
_FEW_BYTES: Final = 2_048
_KINDS: Final = {
    str: "a text",
    list: "a list",
    dict: "an object",
    int: "a whole number",
    bool: "true or false",
}


class TooLarge(ServingError):  # noqa: N818 - named for what it is, as those beside it
    """JSON beyond what is parsed."""

    status = 413


def parse_object(data: bytes | bytearray | memoryview) -> dict[str, Any]:
    """A JSON object, or BadInput."""
    if len(data) > limits.MAXIMUM_JSON:
        raise TooLarge(
            f"the JSON has more than {limits.MAXIMUM_JSON} bytes: send the tensors as binary data behind it"
        )
    _check_depth(data)
    try:
        parsed = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadInput("body", f"is not JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise BadInput("body", "has to be a JSON object")
    return parsed


def field_of(parent: Mapping[str, Any], key: str, kind: type, path: str, *, needed: bool = True) -> Any:  # noqa: ANN401
    """A field of a certain type; None when it is not there and needn't be."""
    value = parent.get(key)
    if value is None and not needed:
        return None
    if key not in parent:
        raise BadInput(path, "is missing")
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise BadInput(path, f"has to be {_KINDS[kind]}")
    return value


def _count(data: bytes | bytearray, one: bytes) -> int:
    """Numpy needs a microsecond to begin, and an eighth of the time after it."""
    if len(data) < _FEW_BYTES:
        return data.count(one)
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == one[0]))


def _check_depth(data: bytes | bytearray | memoryview) -> None:
    whole = bytes(data) if isinstance(data, memoryview) else data
    if _count(whole, b"[") + _count(whole, b"{") <= limits.MAXIMUM_DEPTH:
        return
    # Numbers are most of it, and looked at one by one they would take longer than parsing.
    plain = _TEXT.sub(b"", whole) if b"\\" in whole else b"".join(whole.split(b'"')[::2])
    whole = plain.translate(None, _NO_BRACKETS)
    deepest = depth = 0
    for first in range(0, len(whole), _PIECE):
        piece = np.frombuffer(whole, np.uint8, min(_PIECE, len(whole) - first), first)
        up = (piece == ord("[")) | (piece == ord("{"))
        down = (piece == ord("]")) | (piece == ord("}"))
        steps = depth + np.cumsum(up.astype(np.int32) - down)
        deepest, depth = max(deepest, int(steps.max())), int(steps[-1])
    if deepest > limits.MAXIMUM_DEPTH:
        raise BadInput("body", f"nests deeper than {limits.MAXIMUM_DEPTH}")
