"""Requests of a stream that differ in their numbers only: read once, then only the numbers.

A stream says the same names, types and shapes with every message. What stands before the numbers is compared
as bytes, and nothing else of a message is read.
"""

from typing import Final

from evolve.serving.doors.grpc_messages import Message
from evolve.serving.service import Call, Service
from evolve.serving.tensors import check_finite

_RAW_TAG: Final = b"\x3a"


class Repeat:
    """The request before, where it had one raw tensor at its end."""

    def __init__(self, service: Service, data: bytes, request: Message, call: Call) -> None:
        raw = request.raw_input_contents[0]
        self.request = request
        self._service = service
        self._size = len(data)
        self._head = data[: len(data) - len(raw)]
        self._call = call
        self._spec = call.model.inputs[0]
        self._shape = call.feeds[0].shape

    @classmethod
    def of(cls, service: Service, data: bytes, request: Message, call: Call) -> "Repeat | None":
        """What to keep of a request; None for those that have to be read as a whole each time."""
        if len(request.raw_input_contents) != 1 or len(call.feeds) != 1:
            return None
        raw = request.raw_input_contents[0]
        if not raw or not data.endswith(_RAW_TAG + _varint(len(raw)) + raw):
            return None
        return cls(service, data, request, call)

    def read(self, data: bytes) -> Call | None:
        """A call of the same model with other numbers; None when more than those differ."""
        if len(data) != self._size or not data.startswith(self._head):
            return None
        call = self._call
        if self._service.find(self.request.model_name, self.request.model_version) is not call.batcher:
            return None
        # A copy, and not a view: numbers that begin anywhere are slow, or worse.
        array = self._spec.from_bytes(data[len(self._head) :], self._shape)
        check_finite(self._spec, array)
        return Call(call.batcher, (array,), call.rows)


def _varint(number: int) -> bytes:
    """A length as protobuf writes it."""
    written = bytearray()
    while number > 127:  # noqa: PLR2004 - seven bits a byte
        written.append(number & 127 | 128)
        number >>= 7
    return bytes((*written, number))
