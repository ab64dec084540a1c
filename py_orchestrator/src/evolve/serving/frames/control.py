"""The text messages of the inference protocol, typed."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from evolve.serving.frames import limits
from evolve.serving.frames.errors import ProtocolError, Undecodable
from evolve.serving.tensors import DATATYPES, Spec

_VERSION: Final = re.compile(r"[0-9]{0,18}")
_MAXIMUM_SIZE: Final = 1 << 31


@dataclass(frozen=True)
class Control:
    """A text message."""


@dataclass(frozen=True)
class Welcome(Control):
    """The credit of a connection."""

    requests: int
    bytes: int


@dataclass(frozen=True)
class Open(Control):
    """A model gets a number."""

    stream: int
    model: str
    version: str = ""


@dataclass(frozen=True)
class Opened(Control):
    """The number can be used, for these tensors."""

    stream: int
    model: str
    version: str
    inputs: tuple[Spec, ...]
    outputs: tuple[Spec, ...]


@dataclass(frozen=True)
class Refused(Control):
    """The number cannot be used, and why."""

    stream: int
    code: int
    reason: str


_TYPES: Final[dict[str, type[Control]]] = {
    "welcome": Welcome,
    "open": Open,
    "opened": Opened,
    "refused": Refused,
}
_NAMES: Final = {kind: name for name, kind in _TYPES.items()}


def encode_control(message: Control) -> str:
    """The text of a message."""
    body = {
        key: [_spec_to_json(one) for one in value] if isinstance(value, tuple) else value
        for key, value in vars(message).items()
    }
    return json.dumps({"type": _NAMES[type(message)], **body})


def decode_control(text: str) -> Control:
    """A message, checked; Undecodable for what is no JSON, ProtocolError for what is no message."""
    if len(text) > limits.MAXIMUM_TEXT_BYTES:
        raise ProtocolError(f"a text message has more than {limits.MAXIMUM_TEXT_BYTES} bytes")
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Undecodable("a text message is no JSON") from error
    if not isinstance(body, dict):
        raise ProtocolError("a text message is no JSON object")
    kind = _TYPES.get(str(body.pop("type", "")))
    if kind is None:
        raise ProtocolError(f"type: is none of {', '.join(_TYPES)}")
    fields = kind.__dataclass_fields__
    for key in body:
        if key not in fields:
            raise ProtocolError(f"{key[:40]}: is no key of this message")
    return kind(**{key: _value(key, body) for key in fields})


def _value(key: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - of whatever type the key has
    value = body.get(key)
    if key in ("inputs", "outputs"):
        if not isinstance(value, list):
            raise ProtocolError(f"{key}: is no list of tensors")
        return tuple(_spec_from_json(key, one) for one in value)
    if key in ("model", "version", "reason"):
        if not isinstance(value, str) or (key == "version" and not _VERSION.fullmatch(value)):
            raise ProtocolError(f"{key}: has to be {'digits in a text' if key == 'version' else 'a text'}")
        return value
    largest = limits.LARGEST_STREAM if key == "stream" else _MAXIMUM_SIZE
    if type(value) is not int or not 0 <= value <= largest:
        raise ProtocolError(f"{key}: has to be a whole number from 0 to {largest}")
    return value


def _spec_to_json(spec: Spec) -> dict[str, Any]:
    return {"name": spec.name, "datatype": spec.datatype, "shape": list(spec.shape)}


def _spec_from_json(key: str, value: object) -> Spec:
    match value:
        case {"name": str(name), "datatype": str(datatype), "shape": list(shape), **more} if (
            not more
            and datatype in DATATYPES
            and all(type(size) is int and -1 <= size <= _MAXIMUM_SIZE for size in shape)
        ):
            return Spec(name, datatype, tuple(shape))
    raise ProtocolError(f"{key}: holds something that is no tensor with a name, a datatype and a shape")
