"""The door that workers come through: a WebSocket server on loopback.

It decides who may enter, before reading anything else: any web page can open a loopback socket, so a token
is wanted here too, and a browser's Origin or a foreign Host is turned away. What is said inside is the
business of whoever handles the connection.
"""

import errno
import ipaddress
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final, TypeVar

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import MultipleValuesError
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from evolve.errors import EvolveUserError
from evolve.protocol import limits
from evolve.workers.tokens import Tokens

ADDRESS: Final = "127.0.0.1"
_HANDSHAKE_SECONDS: Final = 10.0
_CLOSE_SECONDS: Final = 2.0
_MESSAGES_READ_AHEAD: Final = 4
_MAXIMUM_CONNECTIONS: Final = 512

# Turned-away handshakes are worth a line in a log, and nothing on a terminal.
LOG: Final = logging.getLogger("evolve.workers")
LOG.addHandler(logging.NullHandler())
LOG.propagate = False

Holder = TypeVar("Holder")


@asynccontextmanager
async def worker_server(
    tokens: Tokens[Holder],
    handle: Callable[[ServerConnection, Holder], Awaitable[None]],
    port: int = 0,
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
        refusal = _examine(request, tokens, len(connection.server.connections))
        if refusal is None:
            return None
        LOG.warning("a connection was turned away: %s", refusal[1])
        return connection.respond(refusal[0], f"{refusal[1]}\n")

    try:
        server = await serve(
            enter,
            ADDRESS,
            port,
            process_request=check,
            subprotocols=[Subprotocol(limits.SUBPROTOCOL)],
            compression=None,
            max_size=limits.MAXIMUM_BINARY_BYTES,
            max_queue=_MESSAGES_READ_AHEAD,
            open_timeout=_HANDSHAKE_SECONDS,
            close_timeout=_CLOSE_SECONDS,
            ping_interval=ping_seconds,
            ping_timeout=silence_seconds,
            server_header=None,
            logger=LOG,
        )
    except OSError as error:
        raise _cannot_listen(error, port) from error
    async with server:
        yield server.sockets[0].getsockname()[1]


def _examine(  # noqa: PLR0911 - one line a rule
    request: Request, tokens: Tokens[Holder], connections: int
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
    if not _is_loopback(host):
        return HTTPStatus.FORBIDDEN, "the Host is not this machine's loopback"
    if request.path != limits.PATH:
        return HTTPStatus.NOT_FOUND, f"workers connect to {limits.PATH}"
    if limits.SUBPROTOCOL not in [name.strip() for line in offered for name in line.split(",")]:
        return HTTPStatus.BAD_REQUEST, f"the subprotocol {limits.SUBPROTOCOL} is wanted"
    if connections > _MAXIMUM_CONNECTIONS:
        return HTTPStatus.SERVICE_UNAVAILABLE, "there are too many connections"
    return None


def _is_loopback(host: str | None) -> bool:
    """A loopback name or address, with or without a port: a rebound DNS name is neither."""
    if host is None:
        return False
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() and not host.endswith("]") else host
    if name.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


def _cannot_listen(error: OSError, port: int) -> EvolveUserError:
    if error.errno == errno.EADDRINUSE:
        return EvolveUserError(
            f"port {port} is in use by another program: leave out --port to take a free one, or name another"
        )
    if error.errno == errno.EACCES:
        return EvolveUserError(
            f"port {port} may not be opened by this user: name one above 1023, or leave out --port"
        )
    return EvolveUserError(f"no port can be opened on {ADDRESS}: {error.strerror or error}")
