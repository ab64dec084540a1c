"""The Open Inference Protocol over gRPC: one call, or a stream of them."""

from evolve.serving.doors.grpc_messages import Message, message_class
from evolve.serving.doors.grpc_status import Entry, parse
from evolve.serving.doors.grpc_stream import Slot, Take
from evolve.serving.doors.grpc_tensors import read_call, write_answer
from evolve.serving.errors import ServingError
from evolve.serving.service import Service
from evolve.serving.tensors import Array

_REQUEST = message_class("inference.ModelInferRequest")
_RESPONSE = message_class("inference.ModelInferResponse")
_STREAM_RESPONSE = message_class("inference.ModelStreamInferResponse")


class Inference:
    """Turns requests into calls of the service, and answers into messages."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def infer(self, request: Message) -> Message:
        call = read_call(self._service, request)
        answer = _RESPONSE()
        write_answer(request, call.model, await call.wait(), answer)
        return answer

    def stream(self, entry: Entry) -> Take:
        """What a stream does with each message; a failure is an answer, as Triton has it."""

        def take(data: bytes, slot: Slot) -> None:
            request = _REQUEST()
            try:
                entry.admit()
                request = parse(_REQUEST, data)
                call = read_call(self._service, request)

                def done(outputs: list[Array] | None, error: ServingError | None) -> None:
                    if outputs is None:
                        slot.set(_failure(request, error))
                        return
                    response = _STREAM_RESPONSE()
                    write_answer(request, call.model, outputs, response.infer_response)
                    slot.set(response.SerializeToString())

                slot.ticket = call.submit(done)
            except ServingError as error:
                slot.set(_failure(request, error))

        return take


def _failure(request: Message, error: ServingError | None) -> bytes:
    response = _STREAM_RESPONSE(error_message=str(error))
    response.infer_response.id = request.id
    response.infer_response.model_name = request.model_name
    data: bytes = response.SerializeToString()
    return data
