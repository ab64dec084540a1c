"""The gRPC door: the Open Inference Protocol, NeuralService, health and reflection on one port.

The transport is our own: a gRPC library for Python takes three times what a model takes.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from evolve.serving.doors import Addresses, DoorSettings
from evolve.serving.doors.grpc.call import GrpcCall
from evolve.serving.doors.grpc.connection import MAXIMUM_CONNECTIONS, GrpcConnection
from evolve.serving.doors.grpc.methods import Methods
from evolve.serving.doors.grpc.work import Work
from evolve.serving.doors.listening import hang_up, listening
from evolve.serving.http2.headers import Head
from evolve.serving.service import Service
from evolve.workers.certificate import Certificate
from evolve.workers.entrance import bracketed

# Messages of all callers together, received and not yet answered.
MAXIMUM_HELD: Final = 512 * 1024 * 1024
_CLOSE_SECONDS: Final = 2.0
_GOODBYE_SECONDS: Final = 0.05
# What HTTP/2 may be spoken over before TLS 1.3.
_CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"


class GrpcDoor:
    """What the connections share."""

    def __init__(self, service: Service, settings: DoorSettings) -> None:
        self.free_bytes = MAXIMUM_HELD
        self.connections: set[GrpcConnection] = set()
        self.is_closing = False
        self._methods = Methods(service, settings)
        self._writes: list[Callable[[], None]] = []
        self._loop = asyncio.get_running_loop()
        self.clock: Callable[[], float] = self._loop.time
        self._tick()

    def open(self, call: GrpcCall, head: Head) -> Work | None:
        return self._methods.open(call, head)

    def look(self) -> None:
        """Once a second: what time it is, and who keeps us waiting."""
        self.now = self.clock()
        for connection in list(self.connections):
            connection.look()

    def write_soon(self, write: Callable[[], None]) -> None:
        """Once the turn of the loop is over: what it brings leaves together."""
        self._writes.append(write)
        if len(self._writes) == 1:
            self._loop.call_soon(self._write)

    async def close(self) -> None:
        """Let answers leave, then hang up on everybody."""
        self._timer.cancel()
        self.is_closing = True
        for connection in list(self.connections):
            connection.hang_up_calls()
        if self.connections:
            # Who hears that it ends before the line is cut can make a call that is on its way anew.
            await asyncio.sleep(_GOODBYE_SECONDS)
        await hang_up(self.connections, _CLOSE_SECONDS)

    def _write(self) -> None:
        writes, self._writes = self._writes, []
        for write in writes:
            write()

    def _tick(self) -> None:
        self.look()
        self._timer = self._loop.call_later(1.0, self._tick)


@asynccontextmanager
async def grpc_door(service: Service, settings: DoorSettings) -> AsyncIterator[Addresses]:
    """Take gRPC callers at an entrance."""
    entrance = settings.entrance
    security = None if settings.certificate is None else _security(settings.certificate)
    door = GrpcDoor(service, settings)
    listen = listening(lambda: GrpcConnection(door), entrance, security, MAXIMUM_CONNECTIONS, door.close)
    async with listen as port:
        yield {"grpc": f"{bracketed(entrance.name)}:{port}"}


def _security(certificate: Certificate) -> ssl.SSLContext:
    """The same certificate as all doors show, with what HTTP/2 asks for."""
    security = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    security.minimum_version = ssl.TLSVersion.TLSv1_2
    security.options |= ssl.OP_NO_RENEGOTIATION
    security.set_ciphers(_CIPHERS)
    security.set_alpn_protocols(["h2"])
    security.load_cert_chain(certificate.path, certificate.key)
    return security
