"""Tensors of the Open Inference Protocol over HTTP: JSON, with binary data behind it where a caller likes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import orjson

from evolve.serving.batcher import Batcher
from evolve.serving.doors.http import limits
from evolve.serving.doors.http.json_body import field_of, parse_object
from evolve.serving.doors.http.messages import BINARY, Answer, Request
from evolve.serving.errors import BadInput
from evolve.serving.model import Model
from evolve.serving.service import Call, Service, call_of
from evolve.serving.tensors import MAXIMUM_RANK, Array, Spec, check_values

LENGTH: Final = b"inference-header-content-length"
# In digits: more would take long to be read.
_LONGEST_LENGTH: Final = 10
_NOT_HERE: Final = ("classification", "shared_memory_region")


@dataclass(slots=True)
class Reply:
    """How the outputs are wanted. It is remembered, so it holds no model back that was unloaded."""

    model: str
    version: str
    outputs: list[Spec]
    id: str | None
    # Places of the outputs, in the order asked for, and whether as binary data.
    wanted: list[tuple[int, bool]]
    # A description where all is binary data, and the shapes that it is right for.
    _text: bytes = b""
    _length: bytes = b""
    _shapes: list[tuple[int, ...]] = field(default_factory=list)

    def encode(self, outputs: Sequence[Array]) -> Answer:
        shapes, binary = [], []
        for place, is_binary in self.wanted:
            array = outputs[place]
            shapes.append(array.shape)
            if is_binary:
                binary.append(array.tobytes())
        if shapes == self._shapes:
            return Answer(200, b"".join((self._text, *binary)), BINARY, self._length)
        text = self._describe(outputs)
        if not binary:
            return Answer(200, text)
        length = b"Inference-Header-Content-Length: %d\r\n" % len(text)
        if len(binary) == len(self.wanted):
            self._text, self._length, self._shapes = text, length, shapes
        return Answer(200, b"".join((text, *binary)), BINARY, length)

    def _describe(self, outputs: Sequence[Array]) -> bytes:
        described: list[dict[str, Any]] = []
        for place, is_binary in self.wanted:
            spec, array = self.outputs[place], outputs[place]
            one: dict[str, Any] = {"name": spec.name, "datatype": spec.datatype, "shape": array.shape}
            if is_binary:
                one["parameters"] = {"binary_data_size": array.nbytes}
            else:
                one["data"] = np.ascontiguousarray(array).ravel()
            described.append(one)
        answer = {"model_name": self.model, "model_version": self.version, "outputs": described}
        if self.id is not None:
            answer["id"] = self.id
        return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)


@dataclass(slots=True)
class _Plan:
    """What a description means for a model, where all of its inputs are binary data."""

    reply: Reply
    size: int = 0
    rows: int = 0
    # Where each tensor stands in the data; in the model's order once the plan is remembered.
    tensors: list[tuple[Spec, tuple[int, ...], int]] = field(default_factory=list)

    def add(self, spec: Spec, shape: list[int], size: int) -> None:
        self.tensors.append((spec, tuple(shape), self.size))
        self.size += size

    def call(self, batcher: Batcher, body: bytes | bytearray, first: int) -> Call:
        """Views of the data; all but the values was checked when the plan was made."""
        feeds: list[Array] = []
        for spec, shape, place in self.tensors:
            array: Array = np.ndarray(shape, spec.dtype, body, first + place)
            check_values(spec, array)
            feeds.append(array)
        return Call(batcher, feeds, self.rows)


class TensorCalls:
    """Reads requests. Descriptions are remembered: a caller sends the same one with other data."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def read(self, name: str, version: str, request: Request) -> tuple[Call, Reply]:
        """A request to a model; BadInput names what is wrong with it."""
        batcher = self._service.find(name, version)
        model, body = batcher.model, request.body
        length = _length_of_text(request)
        text = bytes(body[:length]) if length <= limits.MAXIMUM_HEAD else b""
        known: _Plan | None = model.understood.get(text)
        if known is not None and known.size == len(body) - length:
            return known.call(batcher, body, length), known.reply
        view = memoryview(body)
        arrays, plan, is_plain = _described(model, view[:length], view[length:])
        call = call_of(batcher, arrays, checked=length == len(body))
        if is_plain and text:
            _remember(model, text, plan, call.rows)
        return call, plan.reply


def _remember(model: Model, text: bytes, plan: _Plan, rows: int) -> None:
    if len(model.understood) >= limits.MAXIMUM_HEADS:
        model.understood.clear()
    plan.tensors.sort(key=lambda tensor: model.inputs.index(tensor[0]))
    plan.rows = rows
    model.understood[text] = plan


def _described(model: Model, text: memoryview, binary: memoryview) -> tuple[dict[str, Array], _Plan, bool]:
    """The tensors, how they lie in the data, and whether that is all there is to know of them."""
    asked = parse_object(text)
    parameters = field_of(asked, "parameters", dict, "parameters", needed=False) or {}
    is_binary = field_of(
        parameters, "binary_data_output", bool, "parameters.binary_data_output", needed=False
    )
    id_ = field_of(asked, "id", str, "id", needed=False)
    plan = _Plan(Reply(model.name, model.version, model.outputs, id_, _wanted(model, asked, is_binary)))
    arrays: dict[str, Array] = {}
    is_plain = True
    for place, one in enumerate(field_of(asked, "inputs", list, "inputs")):
        spec = _spec(model, one, place)
        if spec.name in arrays:
            raise BadInput(f"inputs.{spec.name}", "stands there twice")
        left = len(binary)
        arrays[spec.name], binary = _tensor(spec, one, binary)
        plan.add(spec, one["shape"], left - len(binary))
        # Numbers in the text are no part of a plan.
        is_plain = is_plain and "data" not in one
    if len(binary):
        raise BadInput("body", f"has {len(binary)} bytes more than the inputs say")
    return arrays, plan, is_plain


def _length_of_text(request: Request) -> int:
    """How long the JSON is: the binary data stands behind it."""
    size = len(request.body)
    length = request.head.headers.get(LENGTH)
    if length is None:
        return size
    if not length.isdigit() or len(length) > _LONGEST_LENGTH or int(length) > size:
        raise BadInput(
            "Inference-Header-Content-Length", f"has to be a number of bytes within the body's {size}"
        )
    return int(length)


def _spec(model: Model, one: object, place: int) -> Spec:
    path = f"inputs[{place}]"
    if not isinstance(one, dict):
        raise BadInput(path, "has to be an object")
    name = field_of(one, "name", str, f"{path}.name")
    for spec in model.inputs:
        if spec.name == name:
            return spec
    known = ", ".join(spec.name for spec in model.inputs)
    raise BadInput(f"{path}.name", f"is {name[:80]}, but {model.name} takes {known}")


def _tensor(spec: Spec, one: dict[str, Any], binary: memoryview) -> tuple[Array, memoryview]:
    path = f"inputs.{spec.name}"
    spec.check_datatype(field_of(one, "datatype", str, f"{path}.datatype")[:80])
    shape = field_of(one, "shape", list, f"{path}.shape")
    if len(shape) > MAXIMUM_RANK or not all(type(size) is int for size in shape):
        raise BadInput(f"{path}.shape", f"has to be {MAXIMUM_RANK} whole numbers at most")
    parameters = field_of(one, "parameters", dict, f"{path}.parameters", needed=False) or {}
    _refuse_foreign(parameters, path)
    size = field_of(parameters, "binary_data_size", int, f"{path}.parameters.binary_data_size", needed=False)
    if size is None:
        return spec.from_numbers(field_of(one, "data", list, f"{path}.data"), shape), binary
    if "data" in one:
        raise BadInput(f"{path}.data", "goes with no binary_data_size: leave out one of them")
    if not 0 <= size <= len(binary):
        raise BadInput(
            f"{path}.parameters.binary_data_size", f"is {size}, but {len(binary)} bytes are left in the body"
        )
    return spec.from_bytes(binary[:size], shape), binary[size:]


def _wanted(model: Model, asked: dict[str, Any], all_binary: bool | None) -> list[tuple[int, bool]]:
    outputs = field_of(asked, "outputs", list, "outputs", needed=False)
    if not outputs:
        return [(place, bool(all_binary)) for place in range(len(model.outputs))]
    names = [spec.name for spec in model.outputs]
    wanted: dict[int, bool] = {}
    for place, one in enumerate(outputs):
        path = f"outputs[{place}]"
        if not isinstance(one, dict):
            raise BadInput(path, "has to be an object")
        name = field_of(one, "name", str, f"{path}.name")
        if name not in names:
            raise BadInput(f"{path}.name", f"is {name[:80]}, but {model.name} gives {', '.join(names)}")
        parameters = field_of(one, "parameters", dict, f"{path}.parameters", needed=False) or {}
        _refuse_foreign(parameters, path)
        binary = field_of(parameters, "binary_data", bool, f"{path}.parameters.binary_data", needed=False)
        if names.index(name) in wanted:
            raise BadInput(f"{path}.name", f"is {name}, which was asked for already")
        wanted[names.index(name)] = bool(all_binary if binary is None else binary)
    return list(wanted.items())


def _refuse_foreign(parameters: dict[str, Any], path: str) -> None:
    for name in _NOT_HERE:
        if name in parameters:
            raise BadInput(f"{path}.parameters.{name}", "is not supported here")
