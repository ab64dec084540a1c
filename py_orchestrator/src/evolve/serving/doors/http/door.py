"""The HTTP door: calls of models on a protocol of our own, everything else through FastAPI behind it.

The calls are what comes a hundred thousand times; FastAPI would take ten times what the model takes.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from email.utils import formatdate
from http import HTTPStatus
from typing import Protocol

from evolve.serving.doors import Addresses, DoorSettings
from evolve.serving.doors.http import limits, simple, upload
from evolve.serving.doors.http.app import make_app
from evolve.serving.doors.http.behind import Behind
from evolve.serving.doors.http.budget import Budget
from evolve.serving.doors.http.connection import Connection, Exchange
from evolve.serving.doors.http.messages import (
    BINARY,
    JSON,
    Answer,
    Head,
    Request,
    fault,
    refusal,
    refusal_of,
)
from evolve.serving.doors.http.route import Route
from evolve.serving.doors.http.tensors import TensorCalls
from evolve.serving.doors.listening import hang_up, listening
from evolve.serving.errors import ServingError
from evolve.serving.service import Call, Service
from evolve.serving.tensors import Array
from evolve.workers.entrance import bracketed


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

    def examine(self, connection: Connection, request: Request) -> Answer | None:
        """Say why a request is refused before its body is read, if it is."""
        head = request.head
        is_called = head.host is not None and head.host == connection.known_host
        if not is_called and (answer := self._check_host(head.host, connection)) is not None:
            return answer
        if not head.is_known and (answer := self._check_address(head)) is not None:
            return answer
        guard = self.settings.guard
        if guard is not None and head.route.scope is not None:
            refused = guard.admit(head.authorization, head.route.scope, connection.peer)
            if refused is not None:
                return refusal(refused.status, refused.sentence, retry_after=refused.retry_after)
        return None if head.is_known else self._check_rest(request)

    def _check_rest(self, request: Request) -> Answer | None:
        """What is looked at only for those who may come in."""
        head = request.head
        if b"content-encoding" in head.headers:
            return refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Encoding: none is understood")
        if head.route.is_call:
            return _check_call(head)
        if upload.is_upload(head):
            return upload.begin(self.service, request)
        if int(head.headers.get(b"content-length", 0)) > limits.MAXIMUM_SMALL_BODY:
            sentence = f"the body has more than {limits.MAXIMUM_SMALL_BODY} bytes, which is for tensors"
            return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence)
        return None

    def begin(self, exchange: Exchange) -> None:
        """Answer a request now, or when the model or the application behind has an answer."""
        request = exchange.request
        route = request.head.route
        if not route.is_call:
            self._behind.begin(exchange, str(self._scheme, "ascii"))
            return
        try:
            call, reply = self._read(route, request)

            def done(outputs: list[Array] | None, error: ServingError | None) -> None:
                try:
                    answer = reply.encode(outputs or []) if error is None else refusal_of(error)
                except Exception:  # others were computed with it, and want their answers
                    answer = fault()
                exchange.finish(answer)

            exchange.cancel = call.submit(done).cancel
        except ServingError as error:
            exchange.finish(refusal_of(error))
        except Exception:
            exchange.finish(fault())

    def _read(self, route: Route, request: Request) -> tuple[Call, Reply]:
        if route.model:
            return self._tensors.read(route.model, route.version, request)
        return simple.read_call(self.service, route.query, request)

    async def close(self) -> None:
        """Let answers leave, then hang up on everybody."""
        self._timer.cancel()
        await hang_up(self.connections, limits.CLOSE_SECONDS)
        await self._behind.close()

    def _check_host(self, host: bytes | None, connection: Connection) -> Answer | None:
        """No name may be rebound to our address."""
        if host is None:
            return refusal(HTTPStatus.BAD_REQUEST, "the Host is missing")
        if not self.settings.entrance.is_called(host.decode("latin-1"), connection.arrived_at):
            return refusal(HTTPStatus.FORBIDDEN, "the Host is none that this service is called by")
        connection.known_host = host
        return None

    def _check_address(self, head: Head) -> Answer | None:
        """Web pages of others may not call."""
        origin = head.headers.get(b"origin")
        if origin is not None and origin != b"%b://%b" % (self._scheme, head.host or b""):
            sentence = "the Origin is another one: web pages of others may not call"
            return refusal(HTTPStatus.FORBIDDEN, sentence)
        if not head.target.startswith(b"/"):
            return refusal(HTTPStatus.BAD_REQUEST, "an address begins with /")
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
    scheme = "http" if entrance.security is None else "https"
    listen = listening(
        lambda: Connection(door), entrance, entrance.security, limits.MAXIMUM_CONNECTIONS, door.close
    )
    async with listen as port:
        yield {"http": f"{scheme}://{bracketed(entrance.name)}:{port}"}


def _check_call(head: Head) -> Answer | None:
    headers = head.headers
    if head.method != b"POST":
        return refusal(HTTPStatus.METHOD_NOT_ALLOWED, "a model is called by POST", allow="POST")
    if b"content-length" not in headers and b"transfer-encoding" not in headers:
        return refusal(HTTPStatus.LENGTH_REQUIRED, "the Content-Length is missing")
    kind = headers.get(b"content-type", JSON).partition(b";")[0].strip().lower()
    if kind not in (JSON, BINARY):
        sentence = "Content-Type: application/json is wanted, or application/octet-stream with binary data"
        return refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, sentence)
    return None
