"""Tensors of the Open Inference Protocol over HTTP: JSON, with binary data behind it where a caller likes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
import orjson

from evolve.serving.doors import http_limits as limits
from evolve.serving.doors.http_json import field_of, parse_object
from evolve.serving.doors.http_messages import BINARY, Answer, Request
from evolve.serving.errors import BadInput
from evolve.serving.model import Model
from evolve.serving.service import Call, Service
from evolve.serving.tensors import MAXIMUM_RANK, Array, Spec

LENGTH: Final = b"inference-header-content-length"
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

    def encode(self, outputs: Sequence[Array]) -> Answer:
        described: list[dict[str, Any]] = []
        binary: list[bytes] = []
        for place, is_binary in self.wanted:
            spec, array = self.outputs[place], outputs[place]
            one: dict[str, Any] = {"name": spec.name, "datatype": spec.datatype, "shape": array.shape}
            if is_binary:
                binary.append(array.tobytes())
                one["parameters"] = {"binary_data_size": len(binary[-1])}
            else:
                one["data"] = np.ascontiguousarray(array).ravel()
            described.append(one)
        answer = {"model_name": self.model, "model_version": self.version, "outputs": described}
        if self.id is not None:
            answer["id"] = self.id
        head = orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)
        if not binary:
            return Answer(200, head)
        length = b"Inference-Header-Content-Length: %d\r\n" % len(head)
        return Answer(200, b"".join((head, *binary)), BINARY, length)


@dataclass(slots=True)
class _Plan:
    """What a description means for a model, where all of its inputs are binary data."""

    reply: Reply
    size: int = 0
    # Where each tensor stands in the data.
    tensors: list[tuple[Spec, list[int], int]] = field(default_factory=list)

    def add(self, spec: Spec, shape: list[int], size: int) -> None:
        self.tensors.append((spec, shape, self.size))
        self.size += size

    def cut(self, binary: memoryview) -> dict[str, Array]:
        """Views of the data; all of it was checked when the plan was made."""
        return {
            spec.name: np.frombuffer(binary, spec.dtype, prod(shape), first).reshape(shape)
            for spec, shape, first in self.tensors
        }


class TensorCalls:
    """Reads requests. Descriptions are remembered: a caller sends the same one with other data."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._plans: WeakKeyDictionary[Model, dict[bytes, _Plan]] = WeakKeyDictionary()

    def read(self, name: str, version: str, request: Request) -> tuple[Call, Reply]:
        """A request to a model; BadInput names what is wrong with it."""
        model = self._service.find(name, version).model
        text, binary = _parts(request)
        if not len(binary):
            arrays, plan, _ = _described(model, text, binary)
            return self._service.call(name, version, arrays, finite=True), plan.reply
        head = bytes(text[: limits.MAXIMUM_HEAD + 1])
        known = self._plans.get(model, {}).get(head)
        if known is not None and known.size == len(binary):
            return self._service.call(name, version, known.cut(binary)), known.reply
        arrays, plan, is_plain = _described(model, text, binary)
        if is_plain and len(head) <= limits.MAXIMUM_HEAD:
            self._remember(model, head, plan)
        return self._service.call(name, version, arrays), plan.reply

    def _remember(self, model: Model, head: bytes, plan: _Plan) -> None:
        plans = self._plans.setdefault(model, {})
        if len(plans) >= limits.MAXIMUM_HEADS:
            plans.clear()
        plans[head] = plan


def _described(
    model: Model, text: bytes | bytearray | memoryview, binary: memoryview
) -> tuple[dict[str, Array], _Plan, bool]:
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
        # The bytes of a BOOL have to be looked at, and numbers in the text are no part of a plan.
        is_plain = is_plain and "data" not in one and spec.datatype != "BOOL"
    if len(binary):
        raise BadInput("body", f"has {len(binary)} bytes more than the inputs say")
    return arrays, plan, is_plain


def _parts(request: Request) -> tuple[bytes | bytearray | memoryview, memoryview]:
    """The JSON, and the binary data behind it."""
    body = request.body
    length = request.head.headers.get(LENGTH)
    if length is None:
        return body, memoryview(b"")
    if not length.isdigit() or len(length) > len(str(len(body))) or int(length) > len(body):
        raise BadInput(
            "Inference-Header-Content-Length", f"has to be a number of bytes within the body's {len(body)}"
        )
    view = memoryview(body)
    return view[: int(length)], view[int(length) :]


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
