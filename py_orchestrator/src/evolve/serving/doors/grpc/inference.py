"""The Open Inference Protocol over gRPC: one call, or a stream of them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, NamedTuple

from evolve.serving.doors.grpc.call import GrpcCall
from evolve.serving.doors.grpc.messages import Message, message_class
from evolve.serving.doors.grpc.repeat import Repeat
from evolve.serving.doors.grpc.status import Entry, parse
from evolve.serving.doors.grpc.stream import Slot, Take
from evolve.serving.doors.grpc.tensors import read_call, write_answer
from evolve.serving.errors import ServingError
from evolve.serving.service import Call, Service
from evolve.serving.tensors import Array

Write = Callable[[Sequence[Array]], bytes]
WriteAnew = Callable[[Message, Call, Sequence[Array]], bytes]
# Kinds of requests that are remembered, so that they needn't be read again.
_MAXIMUM_REPEATS: Final = 256

_REQUEST = message_class("inference.ModelInferRequest")
_RESPONSE = message_class("inference.ModelInferResponse")
_STREAM_RESPONSE = message_class("inference.ModelStreamInferResponse")


class Inference:
    """Turns requests into calls of the service, and answers into messages."""

    def __init__(self, service: Service) -> None:
        self._service = service
        # By their size; a stream has one of its own.
        self._repeats: dict[int, Repeat] = {}

    def infer(self, data: bytes, call: GrpcCall) -> Callable[[], object]:
        """One question, one answer."""
        known = self._repeats.get(len(data))
        asked = self._read(data, known, _response)
        if asked.repeat is not None and asked.repeat is not known:
            if len(self._repeats) >= _MAXIMUM_REPEATS:
                self._repeats.clear()
            self._repeats[len(data)] = asked.repeat
        return asked.call.submit(lambda outputs, error: call.settle(outputs, error, asked.write)).cancel

    def stream(self, entry: Entry) -> Take:
        """What a stream does with each message; a failure is an answer, as Triton has it."""
        repeat: Repeat | None = None

        def take(data: bytes, slot: Slot) -> None:
            nonlocal repeat
            request = None
            try:
                entry.admit()
                asked = self._read(data, repeat, _stream_response)
                repeat, request = asked.repeat, asked.request
                write, refuse = asked.write, partial(_failure, request)
                slot.ticket = asked.call.submit(
                    lambda outputs, error: slot.settle(outputs, error, write, refuse)
                )
            except ServingError as error:
                slot.set(_failure(request or _named(data), error))

        return take

    def _read(self, data: bytes, repeat: Repeat | None, write_anew: WriteAnew) -> "_Asked":
        """A request of either kind; as before, if it differs in its numbers only."""
        call = None if repeat is None else repeat.read(data)
        if repeat is None or call is None:
            request = parse(_REQUEST, data)
            call = read_call(self._service, request)
            repeat = Repeat.of(self._service, data, request, call)
        else:
            request = repeat.request
        write: Write = partial(write_anew, request, call)
        if repeat is not None:
            write = partial(repeat.write, write)
        return _Asked(request, call, repeat, write)


class _Asked(NamedTuple):
    """A request that can be computed, and how it is answered."""

    request: Message
    call: Call
    repeat: Repeat | None
    write: Write


def _response(request: Message, call: Call, outputs: Sequence[Array]) -> bytes:
    response = _RESPONSE()
    write_answer(request, call.model, outputs, response)
    data: bytes = response.SerializeToString()
    return data


def _stream_response(request: Message, call: Call, outputs: Sequence[Array]) -> bytes:
    response = _STREAM_RESPONSE()
    write_answer(request, call.model, outputs, response.infer_response)
    data: bytes = response.SerializeToString()
    return data


def _named(data: bytes) -> Message:
    """Whose failure it is, as far as that can be read."""
    try:
        return parse(_REQUEST, data)
    except ServingError:
        return _REQUEST()


def _failure(request: Message, error: ServingError | None) -> bytes:
    response = _STREAM_RESPONSE(error_message=str(error))
    response.infer_response.id = request.id
    response.infer_response.model_name = request.model_name
    data: bytes = response.SerializeToString()
    return data
