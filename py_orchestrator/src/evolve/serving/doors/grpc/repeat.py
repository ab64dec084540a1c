"""Requests that differ in their numbers only: read once, then only the numbers; and so are answers written.

A caller says the same names, types and shapes with every message. What stands before the numbers is compared
as bytes, and nothing else of a message is read. To write an answer anew took 11 of a message's 29 µs.
"""

from collections.abc import Callable, Sequence
from typing import Final
from weakref import ref

from evolve.serving.doors.grpc.messages import Message
from evolve.serving.service import Call, Service
from evolve.serving.tensors import Array, check_values

_RAW_TAG: Final = b"\x3a"
_ANSWER_RAW_TAG: Final = b"\x32"


# Of names and shapes; whoever has more of them is read anew each time.
_LONGEST_HEAD: Final = 2 * 1024


class Repeat:
    """A request that was read before, where it had one raw tensor at its end; without its numbers."""

    def __init__(self, service: Service, data: bytes, request: Message, call: Call) -> None:
        self._size = len(data)
        self._head = data[: len(data) - len(request.raw_input_contents[0])]
        request.raw_input_contents[0] = b""
        self.request = request
        self._service = service
        # A model that was unloaded is gone, whatever was asked of it.
        self._batcher = ref(call.batcher)
        self._rows = call.rows
        self._spec = call.model.inputs[0]
        self._shape = call.feeds[0].shape
        # What stands before the numbers of an answer, and how those lay.
        self._answer_head = b""
        self._answer_shape: tuple[int, ...] | None = None

    @classmethod
    def of(cls, service: Service, data: bytes, request: Message, call: Call) -> "Repeat | None":
        """What to keep of a request; None for those that have to be read as a whole each time."""
        if len(request.raw_input_contents) != 1 or len(call.feeds) != 1:
            return None
        raw = request.raw_input_contents[0]
        if not raw or len(data) - len(raw) > _LONGEST_HEAD:
            return None
        if not data.endswith(_RAW_TAG + _varint(len(raw)) + raw):
            return None
        return cls(service, data, request, call)

    def read(self, data: bytes) -> Call | None:
        """A call of the same model with other numbers; None when more than those differ."""
        if len(data) != self._size or not data.startswith(self._head):
            return None
        batcher = self._service.find(self.request.model_name, self.request.model_version)
        if batcher is not self._batcher():
            return None
        # A copy, and not a view: numbers that begin anywhere are slow, or worse.
        array = self._spec.from_bytes(data[len(self._head) :], self._shape)
        check_values(self._spec, array)
        return Call(batcher, (array,), self._rows)

    def write(self, write: Callable[[Sequence[Array]], bytes], outputs: Sequence[Array]) -> bytes:
        """An answer to a request that this one stands for; `write` makes what has not been made before."""
        if len(outputs) != 1:
            return write(outputs)
        output = outputs[0]
        raw = output.tobytes()
        if output.shape == self._answer_shape:
            return self._answer_head + raw
        data = write(outputs)
        if raw and data.endswith(_ANSWER_RAW_TAG + _varint(len(raw)) + raw):
            self._answer_head = data[: len(data) - len(raw)]
            self._answer_shape = output.shape
        return data


def _varint(number: int) -> bytes:
    """A length as protobuf writes it."""
    written = bytearray()
    while number > 127:  # noqa: PLR2004 - seven bits a byte
        written.append(number & 127 | 128)
        number >>= 7
    return bytes((*written, number))
