"""The WebSocket door of the service: `evolve.infer.v1` of spec/INFERENCE.md, the door that Godot uses.

It decides who may come in as the door of the workers does, before anything else is read. What is said inside
is the business of a Session.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import MultipleValuesError
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from evolve.protocol.limits import HANDSHAKE_SECONDS, TLS_SECONDS
from evolve.serving.doors import Addresses, DoorSettings
from evolve.serving.doors.websocket_session import Reply, Session
from evolve.serving.frames import limits
from evolve.serving.frames.control import Control, encode_control
from evolve.serving.frames.errors import ProtocolError
from evolve.serving.service import Service
from evolve.workers.entrance import bracketed, cannot_listen
from evolve.workers.gate import Gate

_CLOSE_SECONDS: Final = 2.0
_MESSAGES_READ_AHEAD: Final = 2
# Answers that are ready together go out together, up to so many bytes in a message.
_TOGETHER_BYTES: Final = 1024 * 1024
_LOOK_SECONDS: Final = 5.0

LOG: Final = logging.getLogger("evolve.serving.websocket")
LOG.addHandler(logging.NullHandler())


@asynccontextmanager
async def websocket_door(service: Service, settings: DoorSettings) -> AsyncIterator[Addresses]:
    """Open the door; gives its address."""
    guests: set[_Guest] = set()

    async def enter(connection: ServerConnection) -> None:
        guest = _Guest(service, connection)
        guests.add(guest)
        try:
            await guest.stay()
        finally:
            guests.discard(guest)

    def check(connection: ServerConnection, request: Request) -> Response | None:
        refusal = _examine(request, settings, connection)
        return None if refusal is None else connection.respond(refusal[0], f"{refusal[1]}\n")

    entrance = settings.entrance
    try:
        gate = Gate.at(entrance)
    except OSError as error:
        raise cannot_listen(error, entrance) from error
    server = await serve(
        enter,
        sock=gate,
        ssl=entrance.security,
        ssl_handshake_timeout=None if entrance.security is None else TLS_SECONDS,
        process_request=check,
        subprotocols=[Subprotocol(limits.SUBPROTOCOL)],
        compression=None,
        max_size=limits.MAXIMUM_MESSAGE_BYTES,
        max_queue=_MESSAGES_READ_AHEAD,
        open_timeout=HANDSHAKE_SECONDS,
        close_timeout=_CLOSE_SECONDS,
        ping_interval=limits.PING_SECONDS,
        ping_timeout=limits.SILENCE_SECONDS,
        server_header=None,
        logger=LOG,
    )
    watch = asyncio.create_task(_watch(guests))
    try:
        scheme = "ws" if entrance.security is None else "wss"
        port = gate.getsockname()[1]
        yield {"websocket": f"{scheme}://{bracketed(entrance.name)}:{port}{limits.PATH}"}
    finally:
        watch.cancel()
        await _close(server, guests)


async def _close(server: Server, guests: "set[_Guest]") -> None:
    """Write out what was answered, then hang up with 1001."""
    async with asyncio.TaskGroup() as group:
        for guest in list(guests):
            group.create_task(guest.leave())
    server.close()
    await server.wait_closed()


class _Guest:
    """A connection: one task reads, one writes, so that whoever does not read holds up nobody else."""

    def __init__(self, service: Service, connection: ServerConnection) -> None:
        self._connection = connection
        self._replies: deque[Reply] = deque()
        self._has_replies = asyncio.Event()
        self._is_quiet = asyncio.Event()
        self.session = Session(service, self._put)

    def _put(self, reply: Reply) -> None:
        self._replies.append(reply)
        self._has_replies.set()
        self._is_quiet.clear()

    async def stay(self) -> None:
        writing = asyncio.create_task(self._write())
        try:
            async for message in self._connection:
                self.session.receive(message)
        except ProtocolError as error:
            await self.hang_up(error.code, str(error))
        except ConnectionClosed:
            pass
        finally:
            writing.cancel()
            self.session.end()
            await asyncio.gather(writing, return_exceptions=True)

    async def leave(self) -> None:
        """The service has ended: everything that it has answered is written."""
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._is_quiet.wait()
        except TimeoutError:
            LOG.warning("a client did not read its last answers")
        await self.hang_up(limits.CLOSE_GOING_AWAY, "the service ends")

    async def hang_up(self, code: int, reason: str) -> None:
        cut = reason.encode()[:123].decode(errors="ignore")
        await self._connection.close(code, cut)

    async def _write(self) -> None:
        while True:
            if not self._replies:
                self._is_quiet.set()
                self._has_replies.clear()
                await self._has_replies.wait()
            replies, message = self._next()
            try:
                async with asyncio.timeout(limits.SILENCE_SECONDS):
                    await self._connection.send(message)
            except (TimeoutError, ConnectionClosed):
                # Whoever does not read for so long is gone, whatever its pongs say.
                self._connection.transport.abort()
                return
            for reply in replies:
                self.session.release(reply)

    def _next(self) -> tuple[list[Reply], str | bytes | memoryview]:
        first = self._replies.popleft()
        if isinstance(first.content, Control):
            return [first], encode_control(first.content)
        replies, parts, size = [first], [first.content], len(first.content)
        while self._replies and size < _TOGETHER_BYTES:
            content = self._replies[0].content
            if isinstance(content, Control):
                break
            replies.append(self._replies.popleft())
            parts.append(content)
            size += len(content)
        return replies, parts[0] if len(parts) == 1 else b"".join(parts)


async def _watch(guests: set[_Guest]) -> None:
    """Hang up on who never begins, or has not asked for anything in an hour."""
    began: dict[_Guest, float] = {}
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        now = loop.time()
        began = {guest: began.get(guest, now) for guest in guests}
        for guest, since in began.items():
            if not guest.session.has_opened and now - since > limits.OPEN_SECONDS:
                await guest.hang_up(limits.CLOSE_RULE_BROKEN, "no stream was opened in time")
            elif guest.session.requests == 0 and now - guest.session.last_request > limits.IDLE_SECONDS:
                await guest.hang_up(limits.CLOSE_GOING_AWAY, "nothing was asked for an hour: connect again")


def _examine(  # noqa: PLR0911 - one line a rule
    request: Request, settings: DoorSettings, connection: ServerConnection
) -> tuple[HTTPStatus, str] | None:
    """Say why a handshake is turned away, if it is."""
    try:
        authorization = request.headers.get("Authorization")
        host = request.headers.get("Host")
        offered = request.headers.get_all("Sec-WebSocket-Protocol")
    except MultipleValuesError:
        return HTTPStatus.BAD_REQUEST, "a header stands twice"
    peer = connection.remote_address[0]
    if settings.guard and (refusal := settings.guard.admit(authorization, "infer", peer)):
        return HTTPStatus(refusal.status), refusal.sentence
    if request.headers.get_all("Origin"):
        return HTTPStatus.FORBIDDEN, "a web page may not call this service"
    if not settings.entrance.is_called(host, connection.local_address[0]):
        return HTTPStatus.FORBIDDEN, "the Host is none that this machine is called by"
    if request.path != limits.PATH:
        return HTTPStatus.NOT_FOUND, f"inference is at {limits.PATH}"
    if limits.SUBPROTOCOL not in [name.strip() for line in offered for name in line.split(",")]:
        return HTTPStatus.BAD_REQUEST, f"the subprotocol {limits.SUBPROTOCOL} is wanted"
    if len(connection.server.connections) > limits.MAXIMUM_CONNECTIONS:
        return HTTPStatus.SERVICE_UNAVAILABLE, "there are too many connections"
    return None
