"""How a door listens and closes: the same for all of them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from typing import Final, Protocol

from evolve.protocol.limits import TLS_SECONDS
from evolve.workers.entrance import Entrance, cannot_listen

_POLL_SECONDS: Final = 0.01


class Leaving(Protocol):
    """A connection of a door that closes."""

    transport: asyncio.Transport

    def close_when_answered(self) -> None:
        """Hang up, unless something is still to be answered or written."""


@asynccontextmanager
async def listening(
    make: Callable[[], asyncio.Protocol],
    entrance: Entrance,
    security: ssl.SSLContext | None,
    backlog: int,
    close: Callable[[], Awaitable[None]],
) -> AsyncIterator[int]:
    """Take connections while inside; gives the port. `close` is what the door does in the end."""
    try:
        server = await asyncio.get_running_loop().create_server(
            make,
            entrance.address,
            entrance.port,
            ssl=security,
            ssl_handshake_timeout=None if security is None else TLS_SECONDS,
            backlog=backlog,
        )
    except OSError as error:
        await close()
        raise cannot_listen(error, entrance) from error
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await close()


async def hang_up(connections: Collection[Leaving], seconds: float) -> None:
    """Let answers leave, for so long, then hang up on everybody."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while connections and loop.time() < deadline:
        for connection in list(connections):
            connection.close_when_answered()
        await asyncio.sleep(_POLL_SECONDS)
    for connection in list(connections):
        connection.transport.abort()
