"""The WebSocket door of the service: `evolve.infer.v1` of spec/INFERENCE.md, the door that Godot uses.

It decides who may come in as the door of the workers does, before anything else is read. What is said inside
is the business of a Session.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import Final

from websockets.datastructures import MultipleValuesError
from websockets.http11 import Request

from evolve.protocol.bucket import Bucket
from evolve.protocol.limits import HANDSHAKES_A_SECOND
from evolve.serving.doors import Addresses, DoorSettings
from evolve.serving.doors.listening import listening
from evolve.serving.doors.websocket.connection import CLOSE_SECONDS, Connection
from evolve.serving.doors.websocket.outbox import Outbox
from evolve.serving.frames import limits
from evolve.serving.service import Service
from evolve.workers.entrance import bracketed

_LOOK_SECONDS: Final = 1.0
_BACKLOG: Final = 128


class WebSocketDoor:
    """What the connections share."""

    def __init__(self, service: Service, settings: DoorSettings) -> None:
        self.service = service
        self.connections: set[Connection] = set()
        self.held_bytes = 0
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._knocks = Bucket(settings.entrance.handshakes_at_once, HANDSHAKES_A_SECOND, time.monotonic)
        self._unsent: list[Outbox] = []
        self._is_empty = asyncio.Event()
        self._is_empty.set()
        self._look()

    def may_knock(self) -> bool:
        """Whether one more may begin a handshake: so strangers can't fill the memory with them."""
        return self._knocks.take()

    def examine(  # noqa: PLR0911 - one line a rule
        self, request: Request, connection: Connection
    ) -> tuple[HTTPStatus, str] | None:
        """Say why a handshake is turned away, if it is."""
        settings = self._settings
        try:
            authorization = request.headers.get("Authorization")
            host = request.headers.get("Host")
            offered = request.headers.get_all("Sec-WebSocket-Protocol")
        except MultipleValuesError:
            return HTTPStatus.BAD_REQUEST, "a header stands twice"
        if settings.guard is not None:
            connection.visit = settings.guard.visit(authorization, "infer", connection.peer)
            if (refusal := connection.visit.look()) is not None:
                return HTTPStatus(refusal.status), refusal.sentence
        if request.headers.get_all("Origin"):
            return HTTPStatus.FORBIDDEN, "a web page may not call this service"
        if not settings.entrance.is_called(host, connection.arrived_at):
            return HTTPStatus.FORBIDDEN, "the Host is none that this machine is called by"
        if request.path != limits.PATH:
            return HTTPStatus.NOT_FOUND, f"inference is at {limits.PATH}"
        if limits.SUBPROTOCOL not in [name.strip() for line in offered for name in line.split(",")]:
            return HTTPStatus.BAD_REQUEST, f"the subprotocol {limits.SUBPROTOCOL} is wanted"
        if sum(one.is_inside for one in self.connections) >= limits.MAXIMUM_CONNECTIONS:
            return HTTPStatus.SERVICE_UNAVAILABLE, "there are too many connections"
        return None

    def forget(self, connection: Connection) -> None:
        """It is gone."""
        self.connections.discard(connection)
        if not self.connections:
            self._is_empty.set()

    def flush_soon(self, outbox: Outbox) -> None:
        """Have it written when this turn of the loop is over."""
        if not self._unsent:
            self._loop.call_soon(self._flush)
        self._unsent.append(outbox)

    async def close(self) -> None:
        """Write out what was answered, then hang up with 1001."""
        self._timer.cancel()
        for connection in list(self.connections):
            connection.leave()
        if self.connections:
            self._is_empty.clear()
        # The connections end by themselves, in time; this is for what nobody thought of.
        with suppress(TimeoutError):
            async with asyncio.timeout(2 * CLOSE_SECONDS):
                await self._is_empty.wait()

    def _flush(self) -> None:
        unsent, self._unsent = self._unsent, []
        for outbox in unsent:
            outbox.flush()

    def _look(self) -> None:
        self.now = self._loop.time()
        for connection in list(self.connections):
            connection.look()
        self._timer = self._loop.call_later(_LOOK_SECONDS, self._look)


@asynccontextmanager
async def websocket_door(service: Service, settings: DoorSettings) -> AsyncIterator[Addresses]:
    """Open the door; gives its address."""
    entrance = settings.entrance
    door = WebSocketDoor(service, settings)
    scheme = "ws" if entrance.security is None else "wss"
    listen = listening(lambda: Connection(door), entrance, entrance.security, _BACKLOG, door.close)
    async with listen as port:
        yield {"websocket": f"{scheme}://{bracketed(entrance.name)}:{port}{limits.PATH}"}
