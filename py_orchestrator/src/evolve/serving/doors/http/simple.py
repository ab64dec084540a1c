"""The simple way to ask: `POST /infer` with {"inputs": rows}, answered with {"outputs": rows}."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

import numpy as np
import orjson

from evolve.serving.doors.http.json_body import field_of, parse_object
from evolve.serving.doors.http.messages import Answer, Request
from evolve.serving.errors import BadInput
from evolve.serving.model import Model
from evolve.serving.service import Call, Service, call_of
from evolve.serving.tensors import Array, Spec

_OF_ROWS: Final = 2


@dataclass(slots=True)
class Reply:
    """How the outputs are wanted: by name where the inputs were, and without rows where there were none."""

    model: Model
    by_name: bool
    is_row: bool

    def encode(self, outputs: Sequence[Array]) -> Answer:
        if self.is_row:
            outputs = [one[0] for one in outputs]
        model = self.model
        answer: dict[str, Any] = {"outputs": outputs[0], "model": model.name, "version": model.version}
        if self.by_name:
            names = [spec.name for spec in model.outputs]
            answer["outputs"] = dict(zip(names, outputs, strict=True))
        return Answer(200, orjson.dumps(answer, _plain, orjson.OPT_SERIALIZE_NUMPY))


def read_call(service: Service, query: bytes, request: Request) -> tuple[Call, Reply]:
    """A request to a model, or to the only one; BadInput names what is wrong with it."""
    service.check()
    asked = parse_object(request.body)
    name, version = _chosen(asked, query) if len(asked) > 1 or query else ("", "")
    batcher = service.find(name or _only(service), version)
    model = batcher.model
    by_name = isinstance(asked.get("inputs"), dict)
    named = _named(model, asked)
    arrays: dict[str, Array] = {}
    kinds = set()
    for spec in model.inputs:
        if spec.name in named:
            arrays[spec.name], is_row = _rows(spec, named[spec.name], model.batches)
            kinds.add(is_row)
    if len(kinds) > 1:
        raise BadInput("inputs", "are rows for one name and a single row for another")
    if len(named) > len(arrays):
        arrays |= {key: np.zeros(0) for key in named if key not in arrays}
    call = call_of(batcher, arrays, checked=True)
    return call, Reply(model, by_name or len(model.outputs) > 1, kinds == {True})


def _plain(array: Array) -> object:
    """What orjson doesn't take as it is: an array in pieces, or without dimensions."""
    return array.tolist()


def _chosen(asked: dict[str, Any], query: bytes) -> tuple[str, str]:
    """The model and the version, as the body or the address names them."""
    for key in asked:
        if key not in ("inputs", "model", "version"):
            raise BadInput(key[:80], "is unknown: a request has inputs, model and version")
    chosen = _query(query)
    name = field_of(asked, "model", str, "model", needed=False) or chosen.get("model", "")
    return name, field_of(asked, "version", str, "version", needed=False) or chosen.get("version", "")


def _query(query: bytes) -> dict[str, str]:
    if not query:
        return {}
    try:
        pairs = parse_qsl(query.decode("ascii"), strict_parsing=True, max_num_fields=8, errors="strict")
    except ValueError as error:
        raise BadInput("query", "has to be like model=NAME&version=1") from error
    for key, _ in pairs:
        if key not in ("model", "version"):
            raise BadInput(f"query.{key[:80]}", "is unknown: there are model and version")
    return dict(pairs)


def _only(service: Service) -> str:
    names = service.models.names
    if len(names) != 1:
        raise BadInput("model", f"is missing: this service has {', '.join(names[:20]) or 'none at all'}")
    return names[0]


def _named(model: Model, asked: dict[str, Any]) -> dict[str, Any]:
    if "inputs" not in asked:
        raise BadInput("inputs", "is missing")
    inputs = asked["inputs"]
    if isinstance(inputs, dict):
        return inputs
    if not isinstance(inputs, list):
        raise BadInput("inputs", "has to be a row of numbers, a list of rows, or an object of those by name")
    if len(model.inputs) > 1:
        names = ", ".join(spec.name for spec in model.inputs)
        raise BadInput("inputs", f"has to be an object: {model.name} takes {names}")
    return {model.inputs[0].name: inputs}


def _rows(spec: Spec, numbers: object, batches: bool) -> tuple[Array, bool]:
    """An input, and whether it was a single row without the list around it."""
    is_row = batches and _depth(numbers) == len(spec.shape) - 1
    if is_row and isinstance(numbers, list) and len(spec.shape) == _OF_ROWS:
        return spec.from_numbers(numbers, (1, len(numbers))), True
    return spec.from_numbers([numbers] if is_row else numbers), is_row


def _depth(numbers: object) -> int:
    depth = 0
    while isinstance(numbers, list):
        depth += 1
        numbers = numbers[0] if numbers else None
    return depth
