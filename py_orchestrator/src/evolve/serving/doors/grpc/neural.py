"""NeuralService: rows of floats in, rows of floats out, for models with one input and one output."""

import struct
from collections.abc import Callable, Sequence
from functools import partial
from math import prod
from typing import Final

from evolve.serving.doors.grpc.call import GrpcCall
from evolve.serving.doors.grpc.messages import Message, message_class
from evolve.serving.doors.grpc.status import Entry, code_of, parse
from evolve.serving.doors.grpc.stream import Slot, Take
from evolve.serving.errors import BadInput, ModelFailed, ServingError
from evolve.serving.model import Model
from evolve.serving.service import Call, Service
from evolve.serving.tensors import Array

_FLOAT: Final = struct.Struct("<f")
_REQUEST = message_class("evolve.v1.NeuralRequest")
_PACKED_REQUEST = message_class("packed.NeuralRequest")
_PACKED_REPLY = message_class("packed.NeuralReply")


class Neural:
    """Both calls of NeuralService, on the wire's bytes: floats are never made one by one."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def infer(self, data: bytes, call: GrpcCall) -> Callable[[], object]:
        """One question, one answer."""
        request = parse_request(data)
        write = partial(_reply, request)
        asked = self.call(request)
        return asked.submit(lambda outputs, error: call.settle(outputs, error, write)).cancel

    def stream(self, entry: Entry) -> Take:
        """What a stream does with each message."""

        def take(data: bytes, slot: Slot) -> None:
            request = _PACKED_REQUEST()
            try:
                entry.admit()
                request = parse_request(data)
                write, refuse = partial(_reply, request), partial(_failure, request)
                asked = self.call(request)
                slot.ticket = asked.submit(lambda outputs, error: slot.settle(outputs, error, write, refuse))
            except ServingError as error:
                slot.set(_failure(request, error))

        return take

    def call(self, request: Message) -> Call:
        """A checked call; ServingError names the field that is wrong."""
        self._service.check()
        name = request.model or self._only_one()
        model = self._service.find(name, request.version).model
        spec = model.inputs[0]
        _check_is_simple(model)
        rows = request.rows or 1
        shape = (rows, *spec.shape[1:]) if spec.rows_vary else spec.shape
        width = prod(shape)
        if rows > 1 and not spec.rows_vary:
            raise BadInput("rows", f"is {rows}, but {name} takes one at a time")
        if len(request.inputs) != width * 4:
            numbers = len(request.inputs) // 4
            raise BadInput("inputs", f"has {numbers} numbers, but {name} takes {width} (rows: {rows})")
        array = spec.from_bytes(request.inputs, shape)
        return self._service.call(name, request.version, {spec.name: array})

    def _only_one(self) -> str:
        names = [served.name for served in self._service.models]
        if len(names) != 1:
            raise BadInput("model", f"is missing, and {len(names)} models are served: name one of them")
        return names[0]


def _check_is_simple(model: Model) -> None:
    specs = (*model.inputs, *model.outputs)
    is_simple = len(specs) == 2 and all(spec.datatype == "FP32" for spec in specs)  # noqa: PLR2004
    if not is_simple or -1 in model.inputs[0].shape[1:]:
        raise BadInput(
            "model", f"{model.name} has other tensors than rows of floats: use the Open Inference Protocol"
        )


def parse_request(data: bytes) -> Message:
    """Floats may also come one by one or in pieces, which hardly a library writes: read slowly then."""
    packed = parse(_PACKED_REQUEST, data)
    packed.DiscardUnknownFields()
    if packed.ByteSize() == len(data) and packed.inputs:
        return packed
    request = parse(_REQUEST, data)
    packed = _PACKED_REQUEST(model=request.model, version=request.version, rows=request.rows, id=request.id)
    packed.inputs = b"".join(map(_FLOAT.pack, request.inputs))
    return packed


def _reply(request: Message, outputs: Sequence[Array]) -> bytes:
    output = outputs[0]
    reply = _PACKED_REPLY(outputs=output.tobytes(), rows=request.rows or 1, id=request.id)
    data: bytes = reply.SerializeToString()
    return data


def _failure(request: Message, error: ServingError | None) -> bytes:
    known = error or ModelFailed("the model gave nothing")
    reply = _PACKED_REPLY(error=str(known), code=code_of(known).value, id=request.id)
    data: bytes = reply.SerializeToString()
    return data
