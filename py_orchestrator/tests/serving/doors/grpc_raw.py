"""A caller of the gRPC door that does what libraries don't: hyper-h2 over a plain socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar
from unittest.mock import patch

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    TrailersReceived,
)

from evolve.serving.doors import DoorSettings
from evolve.serving.doors.grpc import door as grpc_door
from evolve.serving.doors.grpc.messages import NEURAL
from evolve.serving.service import Service
from evolve.serving.settings import ServiceSettings

PATIENCE = 20.0


@dataclass
class Answer:
    """What came back on a stream."""

    fields: dict[str, str] = field(default_factory=dict)
    data: bytes = b""
    is_ended: bool = False
    reset: int | None = None

    @property
    def status(self) -> str:
        return self.fields.get("grpc-status", "none")


class RawCaller:
    """Reads only when asked to; opens its windows only if it is said."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, takes: bool) -> None:
        self.reader, self.writer = reader, writer
        self.takes = takes
        self.h2 = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
        self.h2.initiate_connection()
        self.answers: dict[int, Answer] = {}
        self.goodbye: ConnectionTerminated | None = None

    def open(self, method: str = f"{NEURAL}/Infer", **fields: str) -> int:
        number = self.h2.get_next_available_stream_id()
        known = {":method": "POST", ":scheme": "http", ":path": f"/{method}", ":authority": "localhost"}
        known |= {"te": "trailers", "content-type": "application/grpc"}
        known |= {name.replace("_", "-"): value for name, value in fields.items()}
        self.h2.send_headers(number, list(known.items()))
        self.answers[number] = Answer()
        return number

    async def send(self, number: int, data: bytes, *, end: bool = False) -> None:
        """As the windows open."""
        while True:
            room = min(self.h2.local_flow_control_window(number), self.h2.max_outbound_frame_size)
            piece, data = data[:room], data[room:]
            if piece or (end and not data):
                self.h2.send_data(number, piece, end_stream=end and not data)
            await self.flush()
            if not data:
                return
            if self.h2.local_flow_control_window(number) == 0:
                await self.read()

    async def flush(self) -> None:
        self.writer.write(self.h2.data_to_send())
        await self.writer.drain()

    async def read(self) -> bool:
        """What comes next; False when nothing will."""
        async with asyncio.timeout(PATIENCE):
            data = await self.reader.read(1 << 20)
        for event in self.h2.receive_data(data) if data else []:
            self._take(event)
        await self.flush()
        return bool(data)

    async def answer(self, number: int) -> Answer:
        """The whole of it, or what there is when it ends."""
        await self.flush()
        answer = self.answers[number]
        while not answer.is_ended and answer.reset is None and await self.read():
            pass
        return answer

    async def ended(self) -> ConnectionTerminated:
        """The server's last words; afterwards it has hung up."""
        await self.flush()
        while await self.read():
            pass
        assert self.goodbye is not None
        return self.goodbye

    def _take(self, event: Any) -> None:  # noqa: ANN401 - one of many
        if isinstance(event, ResponseReceived | TrailersReceived):
            fields = {str(name): str(value) for name, value in event.headers}
            self.answers[event.stream_id].fields |= fields
        elif isinstance(event, DataReceived):
            self.answers[event.stream_id].data += event.data
            if self.takes:
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, StreamEnded):
            self.answers[event.stream_id].is_ended = True
        elif isinstance(event, StreamReset):
            self.answers[event.stream_id].reset = event.error_code
        elif isinstance(event, ConnectionTerminated):
            self.goodbye = event


class Door(grpc_door.GrpcDoor):
    """One whose clock goes when it is told to."""

    opened: ClassVar[list["Door"]] = []

    def __init__(self, service: Service, settings: DoorSettings) -> None:
        super().__init__(service, settings)
        self.opened.append(self)

    def wait(self, seconds: int) -> None:
        """Let seconds go by, one after the other."""
        for _ in range(seconds):
            later = self.now + 1.0
            self.clock = lambda: later  # noqa: B023 - of this second
            self.look()

    @property
    def held(self) -> int:
        """Bytes that are held for callers."""
        return grpc_door.MAXIMUM_HELD - self.free_bytes


@dataclass
class Opened:
    """A door, and the way in."""

    service: Service
    door: Door
    port: int

    @asynccontextmanager
    async def caller(self, *, takes: bool = True) -> AsyncIterator[RawCaller]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield RawCaller(reader, writer, takes=takes)
        finally:
            writer.transport.abort()


@asynccontextmanager
async def opened(
    model: bytes, scheduler: ServiceSettings | None = None, settings: DoorSettings | None = None
) -> AsyncIterator[Opened]:
    service = Service(scheduler or ServiceSettings())
    service.models.put(service.read("model", "1", model))
    with patch.object(grpc_door, "GrpcDoor", Door):
        async with grpc_door.grpc_door(service, settings or DoorSettings()) as addresses:
            service.open()
            yield Opened(service, Door.opened.pop(), int(addresses["grpc"].rpartition(":")[2]))
