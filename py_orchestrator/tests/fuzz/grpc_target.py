"""The gRPC door without sockets: a caller's bytes come in, whole frames leave, nothing is held at the end."""

import asyncio
from typing import Any, Final, cast

from tests.serving.models import linear

from evolve.serving.doors import DoorSettings
from evolve.serving.doors.grpc.connection import GrpcConnection
from evolve.serving.doors.grpc.door import GrpcDoor
from evolve.serving.doors.grpc.messages import INFERENCE, NEURAL, message_class
from evolve.serving.http2 import frames
from evolve.serving.http2.frames import frame
from evolve.serving.service import Service
from evolve.serving.settings import ServiceSettings

_TURNS: Final = 12


class _Transport:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.written = b""
        self.is_over = False

    def get_extra_info(self, name: str) -> tuple[str, int] | None:
        return None if name == "ssl_object" else ("127.0.0.1", 1)

    def write(self, data: bytes) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.is_over

    def can_write_eof(self) -> bool:
        return False

    def close(self) -> None:
        self.is_over = True

    abort = close

    def pause_reading(self) -> None:
        """Nothing comes but what is there."""

    resume_reading = pause_reading


class _Caller:
    """One connection after another, in a loop that is always the same."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._door = self._loop.run_until_complete(self._open())

    async def _open(self) -> GrpcDoor:
        service = Service(ServiceSettings())
        service.models.put(service.read("model", "1", linear()))
        service.open()
        return GrpcDoor(service, DoorSettings())

    def take(self, data: bytes) -> bool:
        return self._loop.run_until_complete(self._take(data))

    async def _take(self, data: bytes) -> bool:
        free = self._door.free_bytes
        transport, connection = _Transport(), GrpcConnection(self._door)
        connection.connection_made(cast("Any", transport))
        connection.data_received(data)
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        self._door.look()
        connection.connection_lost(None)
        assert self._door.free_bytes == free, "memory for messages was not given back"
        assert not self._door.connections
        if not transport.written or transport.written.startswith(b"HTTP/1.1 400 "):
            return False
        answers = list(frames.FrameReader().feed(frames.PREFACE + transport.written))
        assert sum(frames.HEAD_BYTES + len(one[3]) for one in answers) == len(transport.written)
        assert b"the service failed" not in transport.written
        return any(one[0] == frames.DATA for one in answers)


_CALLERS: Final[list[_Caller]] = []


def connections(data: bytes) -> bool:
    """What one caller sends before he hangs up; taken when there is an answer."""
    if not _CALLERS:
        _CALLERS.append(_Caller())
    return _CALLERS[0].take(data)


def _fields(path: str, **more: str) -> bytes:
    known = {":method": "POST", ":scheme": "http", ":path": path, "content-type": "application/grpc"}
    known |= {name.replace("_", "-"): value for name, value in more.items()}
    return b"".join(
        b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
        for name, value in known.items()
    )


def _call(stream: int, path: str, *messages: bytes, **more: str) -> bytes:
    data = b"".join(b"\0" + len(one).to_bytes(4) + one for one in messages)
    return (
        frame(frames.HEADERS, frames.END_HEADERS, stream, _fields(path, **more))
        + frame(frames.DATA, 0, stream, data[:20])
        + frame(frames.DATA, frames.END_STREAM, stream, data[20:])
    )


_QUESTION: Final = message_class("evolve.v1.NeuralRequest")(inputs=[1.0, 2.0, 3.0]).SerializeToString()
_TENSORS: Final = message_class("inference.ModelInferRequest")(
    model_name="model", raw_input_contents=[bytes(12)]
)
_TENSORS.inputs.add(name="observations", datatype="FP32", shape=[1, 3])
_GREETING: Final = frames.PREFACE + frames.settings({frames.INITIAL_WINDOW: 1_000})
CORPUS: Final = [
    _GREETING + _call(1, f"/{NEURAL}/Infer", _QUESTION),
    _GREETING
    + _call(1, f"/{NEURAL}/Stream", *[_QUESTION] * 3, grpc_timeout="1S")
    + _call(3, f"/{NEURAL}/Infer"),
    _GREETING + _call(1, f"/{INFERENCE}/ModelStreamInfer", *[_TENSORS.SerializeToString()] * 2),
    _GREETING
    + _call(1, "/grpc.health.v1.Health/Watch", b"")
    + frames.window(1, 5)
    + frame(frames.PING, 0, 0, bytes(8))
    + frame(frames.RESET, 0, 1, bytes(4)),
    _GREETING + _call(1, "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", b"\x3a\0"),
]
