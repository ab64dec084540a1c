"""The HTTP door: calls of models on a protocol of our own, everything else through FastAPI behind it.

The calls are what comes a hundred thousand times; FastAPI would take ten times what the model takes.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Final, NamedTuple, Protocol
from urllib.parse import unquote_to_bytes

from evolve.serving.doors import Addresses, DoorSettings, http_simple
from evolve.serving.doors import http_limits as limits
from evolve.serving.doors.http_app import make_app
from evolve.serving.doors.http_behind import Behind
from evolve.serving.doors.http_connection import Connection, Exchange
from evolve.serving.doors.http_messages import BINARY, JSON, Answer, Request, refusal, refusal_of
from evolve.serving.doors.http_reader import Budget
from evolve.serving.doors.http_tensors import TensorCalls
from evolve.serving.errors import ServingError
from evolve.serving.logs import LOG
from evolve.serving.service import Call, Service
from evolve.serving.tensors import Array
from evolve.workers.entrance import bracketed, cannot_listen

_CALL: Final = re.compile(rb"/v2/models/([A-Za-z0-9._-]{1,128})(?:/versions/([0-9]{1,18}))?/infer")
# For probes, which have no keys.
_OPEN: Final = (b"/v2/health/live", b"/v2/health/ready")
_ROUTES_KEPT: Final = 1_024


class Route(NamedTuple):
    """Where a request goes: a call of a model, or the application behind."""

    is_call: bool
    scope: str | None
    # Of calls; no model is the simple way.
    model: str = ""
    version: str = ""
    query: bytes = b""


@lru_cache(_ROUTES_KEPT)
def route(target: bytes) -> Route:
    """Read an address; that of a call has no escapes in it."""
    path, _, query = target.partition(b"?")
    if path == b"/infer":
        return Route(True, "infer", query=query)
    if match := _CALL.fullmatch(path):
        return Route(True, "infer", match[1].decode(), (match[2] or b"").decode())
    path = unquote_to_bytes(path)
    if path in _OPEN:
        return Route(False, None)
    return Route(False, "admin" if path.startswith(b"/v2/repository") else "infer")


class Reply(Protocol):
    """How a caller wants the outputs."""

    def encode(self, outputs: Sequence[Array]) -> Answer: ...


class HttpDoor:
    """What the connections share."""

    def __init__(self, service: Service, settings: DoorSettings) -> None:
        self.service = service
        self.settings = settings
        self.budget = Budget()
        self.connections: set[Connection] = set()
        self._scheme = b"http" if settings.entrance.security is None else b"https"
        self._behind = Behind(make_app(service))
        self._tensors = TensorCalls(service)
        self._loop = asyncio.get_running_loop()
        self._look()

    @property
    def is_ending(self) -> bool:
        return self.service.is_ending

    def examine(self, request: Request, connection: Connection) -> Answer | None:  # noqa: PLR0911 - one line a rule
        """Say why a request is refused before its body is read, if it is."""
        headers = request.headers
        if (answer := self._check_origin(headers, connection)) is not None:
            return answer
        if not request.target.startswith(b"/"):
            return refusal(HTTPStatus.BAD_REQUEST, "an address begins with /")
        where = route(request.target)
        guard = self.settings.guard
        if guard is not None and where.scope is not None:
            shown = headers.get(b"authorization")
            words = None if shown is None else shown.decode("latin-1")
            refused = guard.admit(words, where.scope, connection.peer)
            if refused is not None:
                return refusal(refused.status, refused.sentence, retry_after=refused.retry_after)
        if b"content-encoding" in headers:
            return refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Encoding: none is understood")
        if not where.is_call:
            if int(headers.get(b"content-length", 0)) > limits.MAXIMUM_SMALL_BODY:
                sentence = f"the body has more than {limits.MAXIMUM_SMALL_BODY} bytes, which is for tensors"
                return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence)
            return None
        return _check_call(request)

    def begin(self, exchange: Exchange) -> None:
        """Answer a request now, or when the model or the application behind has an answer."""
        request = exchange.request
        where = route(request.target)
        if not where.is_call:
            self._behind.begin(exchange, str(self._scheme, "ascii"))
            return
        try:
            call, reply = self._read(where, request)

            def done(outputs: list[Array] | None, error: ServingError | None) -> None:
                if outputs is not None:
                    exchange.finish(reply.encode(outputs))
                elif error is not None:
                    exchange.finish(refusal_of(error))

            exchange.cancel = call.submit(done).cancel
        except ServingError as error:
            exchange.finish(refusal_of(error))
        except Exception:
            LOG.exception("a fault of the service itself")
            sentence = "a fault of the service itself: its log says more"
            exchange.finish(refusal(HTTPStatus.INTERNAL_SERVER_ERROR, sentence))

    def _read(self, where: Route, request: Request) -> tuple[Call, Reply]:
        if where.model:
            return self._tensors.read(where.model, where.version, request)
        return http_simple.read_call(self.service, where.query, request)

    async def close(self) -> None:
        """Let answers leave, then hang up on everybody."""
        self._timer.cancel()
        deadline = self._loop.time() + limits.CLOSE_SECONDS
        while self.connections and self._loop.time() < deadline:
            for connection in list(self.connections):
                connection.close_when_answered()
            await asyncio.sleep(0.01)
        for connection in list(self.connections):
            connection.transport.abort()
        await self._behind.close()

    def _check_origin(self, headers: dict[bytes, bytes], connection: Connection) -> Answer | None:
        """Web pages of others may not call, and no name may be rebound to our address."""
        host = headers.get(b"host")
        if host is None:
            return refusal(HTTPStatus.BAD_REQUEST, "the Host is missing")
        if host != connection.known_host:
            if not self.settings.entrance.is_called(host.decode("latin-1"), connection.arrived_at):
                return refusal(HTTPStatus.FORBIDDEN, "the Host is none that this service is called by")
            connection.known_host = host
        origin = headers.get(b"origin")
        if origin is not None and origin != b"%b://%b" % (self._scheme, host):
            return refusal(
                HTTPStatus.FORBIDDEN, "the Origin is another one: web pages of others may not call"
            )
        return None

    def _look(self) -> None:
        """Once a second: what time it is, and who keeps us waiting."""
        self.now = self._loop.time()
        self.date = formatdate(time.time(), usegmt=True).encode()
        for connection in list(self.connections):
            connection.look()
        self._timer = self._loop.call_later(1.0, self._look)


@asynccontextmanager
async def http_door(service: Service, settings: DoorSettings) -> AsyncIterator[Addresses]:
    """Take callers over HTTP/1.1."""
    entrance = settings.entrance
    door = HttpDoor(service, settings)
    try:
        server = await asyncio.get_running_loop().create_server(
            lambda: Connection(door),
            entrance.address,
            entrance.port,
            ssl=entrance.security,
            ssl_handshake_timeout=None if entrance.security is None else limits.TLS_SECONDS,
            backlog=limits.MAXIMUM_CONNECTIONS,
        )
    except OSError as error:
        await door.close()
        raise cannot_listen(error, entrance) from error
    port = server.sockets[0].getsockname()[1]
    scheme = "http" if entrance.security is None else "https"
    try:
        yield {"http": f"{scheme}://{bracketed(entrance.name)}:{port}"}
    finally:
        server.close()
        await door.close()


def _check_call(request: Request) -> Answer | None:
    headers = request.headers
    if request.method != b"POST":
        return refusal(HTTPStatus.METHOD_NOT_ALLOWED, "a model is called by POST", allow="POST")
    if b"content-length" not in headers and b"transfer-encoding" not in headers:
        return refusal(HTTPStatus.LENGTH_REQUIRED, "the Content-Length is missing")
    kind = headers.get(b"content-type", JSON).partition(b";")[0].strip().lower()
    if kind not in (JSON, BINARY):
        sentence = "Content-Type: application/json is wanted, or application/octet-stream with binary data"
        return refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, sentence)
    return None
