"""The door that workers come through: a WebSocket server at an entrance.

It decides who may enter, before reading anything else: any web page can open a loopback socket, so a token
is wanted there too, and a browser's Origin or a foreign Host is turned away. What is said inside is the
business of whoever handles the connection.
"""

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final, TypeVar

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import MultipleValuesError
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from evolve.protocol import limits
from evolve.protocol.bucket import Bucket
from evolve.workers.entrance import Entrance, cannot_listen
from evolve.workers.gate import Gate
from evolve.workers.tokens import Tokens

_CLOSE_SECONDS: Final = 2.0
_MESSAGES_READ_AHEAD: Final = 4
_LINES_AT_ONCE: Final = 1_000
_LINES_A_SECOND: Final = 1.0

# Turned-away handshakes are worth a line in a log, and nothing on a terminal.
LOG: Final = logging.getLogger("evolve.workers")
LOG.addHandler(logging.NullHandler())
LOG.propagate = False
# What strangers cause, who could fill a disk with it.
_DOOR_LOG: Final = LOG.getChild("door")
_LINES: Final = Bucket(_LINES_AT_ONCE, _LINES_A_SECOND, time.monotonic)
_DOOR_LOG.addFilter(lambda _record: _LINES.take())

Holder = TypeVar("Holder")


@asynccontextmanager
async def worker_server(
    tokens: Tokens[Holder],
    handle: Callable[[ServerConnection, Holder], Awaitable[None]],
    entrance: Entrance = Entrance(),  # noqa: B008 - it is frozen
    ping_seconds: float = limits.PING_SECONDS,
    silence_seconds: float = limits.SILENCE_SECONDS,
) -> AsyncIterator[int]:
    """Open the door; gives the port. `handle` is called with each connection and the holder of its token."""

    async def enter(connection: ServerConnection) -> None:
        holder = (
            tokens.holder(connection.request.headers.get("Authorization")) if connection.request else None
        )
        if holder is not None:  # else the token was revoked this very moment
            await handle(connection, holder)

    def check(connection: ServerConnection, request: Request) -> Response | None:
        refusal = _examine(
            request,
            tokens,
            entrance,
            connection.local_address[0],
            len(connection.server.connections),
        )
        if refusal is None:
            return None
        _DOOR_LOG.warning("a connection was turned away: %s", refusal[1])
        return connection.respond(refusal[0], f"{refusal[1]}\n")

    try:
        gate = Gate.at(entrance)
    except OSError as error:
        raise cannot_listen(error, entrance) from error
    server = await serve(
        enter,
        sock=gate,
        ssl=entrance.security,
        ssl_handshake_timeout=None if entrance.security is None else limits.TLS_SECONDS,
        process_request=check,
        subprotocols=[Subprotocol(limits.SUBPROTOCOL)],
        compression=None,
        max_size=limits.MAXIMUM_RESULTS_BYTES,
        max_queue=_MESSAGES_READ_AHEAD,
        open_timeout=limits.HANDSHAKE_SECONDS,
        close_timeout=_CLOSE_SECONDS,
        ping_interval=ping_seconds,
        ping_timeout=silence_seconds,
        server_header=None,
        logger=_DOOR_LOG,
    )
    async with server:
        yield gate.getsockname()[1]


def _examine(  # noqa: PLR0911 - one line a rule
    request: Request, tokens: Tokens[Holder], entrance: Entrance, arrived_at: str, connections: int
) -> tuple[HTTPStatus, str] | None:
    """Say why a handshake is turned away, if it is."""
    try:
        holder = tokens.holder(request.headers.get("Authorization"))
        host = request.headers.get("Host")
        offered = request.headers.get_all("Sec-WebSocket-Protocol")
    except MultipleValuesError:
        return HTTPStatus.BAD_REQUEST, "a header stands twice"
    if holder is None:
        return HTTPStatus.UNAUTHORIZED, "the token is missing or wrong"
    if request.headers.get_all("Origin"):
        return HTTPStatus.FORBIDDEN, "a web page is no worker"
    if not entrance.is_called(host, arrived_at):
        return HTTPStatus.FORBIDDEN, "the Host is none that this machine is called by"
    if request.path != limits.PATH:
        return HTTPStatus.NOT_FOUND, f"workers connect to {limits.PATH}"
    if limits.SUBPROTOCOL not in [name.strip() for line in offered for name in line.split(",")]:
        return HTTPStatus.BAD_REQUEST, f"the subprotocol {limits.SUBPROTOCOL} is wanted"
    if connections > limits.MAXIMUM_CONNECTIONS:
        return HTTPStatus.SERVICE_UNAVAILABLE, "there are too many connections"
    return None
