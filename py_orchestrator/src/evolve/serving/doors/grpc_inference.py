"""The Open Inference Protocol over gRPC: one call, or a stream of them."""

from collections.abc import Callable, Sequence
from functools import partial

from evolve.serving.doors.grpc_call import GrpcCall
from evolve.serving.doors.grpc_messages import Message, message_class
from evolve.serving.doors.grpc_repeat import Repeat
from evolve.serving.doors.grpc_status import Entry, parse
from evolve.serving.doors.grpc_stream import Slot, Take
from evolve.serving.doors.grpc_tensors import read_call, write_answer
from evolve.serving.errors import ServingError
from evolve.serving.service import Call, Service
from evolve.serving.tensors import Array

_REQUEST = message_class("inference.ModelInferRequest")
_RESPONSE = message_class("inference.ModelInferResponse")
_STREAM_RESPONSE = message_class("inference.ModelStreamInferResponse")


class Inference:
    """Turns requests into calls of the service, and answers into messages."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def infer(self, data: bytes, call: GrpcCall) -> Callable[[], object]:
        """One question, one answer."""
        request = parse(_REQUEST, data)
        asked = read_call(self._service, request)

        def write(outputs: Sequence[Array]) -> bytes:
            answer = _RESPONSE()
            write_answer(request, asked.model, outputs, answer)
            written: bytes = answer.SerializeToString()
            return written

        return asked.submit(lambda outputs, error: call.settle(outputs, error, write)).cancel

    def stream(self, entry: Entry) -> Take:
        """What a stream does with each message; a failure is an answer, as Triton has it."""
        repeat: Repeat | None = None

        def take(data: bytes, slot: Slot) -> None:
            nonlocal repeat
            request = _REQUEST()
            try:
                entry.admit()
                if repeat is not None and (known := repeat.read(data)) is not None:
                    request, call = repeat.request, known
                else:
                    request = parse(_REQUEST, data)
                    call = read_call(self._service, request)
                    repeat = Repeat.of(self._service, data, request, call)

                write, refuse = partial(_success, request, call), partial(_failure, request)
                slot.ticket = call.submit(lambda outputs, error: slot.settle(outputs, error, write, refuse))
            except ServingError as error:
                slot.set(_failure(request, error))

        return take


def _success(request: Message, call: Call, outputs: Sequence[Array]) -> bytes:
    response = _STREAM_RESPONSE()
    write_answer(request, call.model, outputs, response.infer_response)
    data: bytes = response.SerializeToString()
    return data


def _failure(request: Message, error: ServingError | None) -> bytes:
    response = _STREAM_RESPONSE(error_message=str(error))
    response.infer_response.id = request.id
    response.infer_response.model_name = request.model_name
    data: bytes = response.SerializeToString()
    return data
