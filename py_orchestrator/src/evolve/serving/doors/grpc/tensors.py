"""Messages of the Open Inference Protocol to calls, and outputs to messages. Nothing is decided here."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from evolve.serving.doors.grpc.messages import Message
from evolve.serving.errors import BadInput
from evolve.serving.model import Model
from evolve.serving.service import Call, Service
from evolve.serving.tensors import Array, Spec

# Where typed contents lie; FP16 has no such place in the protocol.
_CONTENTS: Final = {
    "BOOL": "bool_contents",
    "INT8": "int_contents",
    "INT16": "int_contents",
    "INT32": "int_contents",
    "INT64": "int64_contents",
    "UINT8": "uint_contents",
    "UINT16": "uint_contents",
    "UINT32": "uint_contents",
    "UINT64": "uint64_contents",
    "FP32": "fp32_contents",
    "FP64": "fp64_contents",
}


def read_call(service: Service, request: Message) -> Call:
    """A checked call from a ModelInferRequest; ServingError names the field that is wrong."""
    model = service.find(request.model_name, request.model_version).model
    raw = request.raw_input_contents
    if raw and len(raw) != len(request.inputs):
        raise BadInput("raw_input_contents", f"has {len(raw)} tensors, but inputs has {len(request.inputs)}")
    arrays: dict[str, Array] = {}
    for place, tensor in enumerate(request.inputs):
        spec = _spec(model.inputs, tensor.name, model.name)
        if tensor.name in arrays:
            raise BadInput("inputs", f"{tensor.name} stands there twice")
        spec.check_datatype(tensor.datatype)
        arrays[tensor.name] = _from_raw(spec, tensor, raw[place]) if raw else _from_contents(spec, tensor)
    for wanted in request.outputs:
        _spec(model.outputs, wanted.name, model.name, "outputs")
    return service.call(request.model_name, request.model_version, arrays)


def write_answer(request: Message, model: Model, outputs: Sequence[Array], answer: Message) -> None:
    """Fill a ModelInferResponse: raw for whoever sent raw, typed for whoever sent that."""
    answer.model_name = model.name
    answer.model_version = model.version
    answer.id = request.id
    wanted = {one.name for one in request.outputs}
    is_raw = bool(request.raw_input_contents) or any(spec.datatype == "FP16" for spec in model.outputs)
    for spec, array in zip(model.outputs, outputs, strict=True):
        if wanted and spec.name not in wanted:
            continue
        tensor = answer.outputs.add(name=spec.name, datatype=spec.datatype, shape=array.shape)
        if is_raw:
            answer.raw_output_contents.append(array.tobytes())
        else:
            getattr(tensor.contents, _CONTENTS[spec.datatype]).extend(array.ravel().tolist())


def _from_raw(spec: Spec, tensor: Message, data: bytes) -> Array:
    if tensor.HasField("contents"):
        raise BadInput(f"inputs.{spec.name}.contents", "stands beside raw_input_contents: send one of them")
    return spec.from_bytes(data, tuple(tensor.shape))


def _from_contents(spec: Spec, tensor: Message) -> Array:
    place = _CONTENTS.get(spec.datatype)
    if place is None:
        raise BadInput(f"inputs.{spec.name}", f"{spec.datatype} goes in raw_input_contents only")
    numbers = getattr(tensor.contents, place)
    shape = tuple(tensor.shape)
    spec.check_shape(shape)
    dtype = np.dtype(np.int64 if place in ("int_contents", "uint_contents") else spec.dtype)
    return spec.from_numbers(np.fromiter(numbers, dtype, len(numbers)), shape)


def _spec(specs: Sequence[Spec], name: str, model: str, field: str = "inputs") -> Spec:
    for spec in specs:
        if spec.name == name:
            return spec
    verb = "takes" if field == "inputs" else "gives"
    raise BadInput(field, f"{name[:80]} is unknown: {model} {verb} {', '.join(spec.name for spec in specs)}")
