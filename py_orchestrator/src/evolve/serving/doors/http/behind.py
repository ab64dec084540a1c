"""The application behind the door: an ASGI host for requests and answers that are whole and small."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

from evolve.serving.doors.http import limits
from evolve.serving.doors.http.connection import Exchange
from evolve.serving.doors.http.messages import JSON, Answer, fault, refusal

_Message = MutableMapping[str, Any]
_App = Callable[
    [_Message, Callable[[], Awaitable[_Message]], Callable[[_Message], Awaitable[None]]], Awaitable[None]
]
# What the door itself says of every answer.
_OURS: Final = (b"content-type", b"content-length", b"connection", b"date")


class Behind:
    """Runs the application, a task for each request."""

    def __init__(self, app: _App) -> None:
        self._app = app
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, exchange: Exchange, scheme: str) -> None:
        if len(exchange.request.body) > limits.MAXIMUM_SMALL_BODY:
            exchange.finish(
                refusal(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    f"the body has more than {limits.MAXIMUM_SMALL_BODY} bytes, which is for tensors",
                )
            )
            return
        task = asyncio.get_running_loop().create_task(self._run(exchange, scheme))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        exchange.cancel = task.cancel

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, exchange: Exchange, scheme: str) -> None:
        body = bytes(exchange.request.body)
        said: list[_Message] = []

        async def receive() -> _Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: _Message) -> None:
            said.append(message)

        try:
            await self._app(_scope(exchange, scheme), receive, send)
        except Exception:
            exchange.finish(fault())
        else:
            exchange.finish(_answer(said))


def _scope(exchange: Exchange, scheme: str) -> _Message:
    head = exchange.request.head
    path, _, query = head.target.partition(b"?")
    method = head.method.decode("ascii")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        # The door leaves out the body.
        "method": "GET" if method == "HEAD" else method,
        "scheme": scheme,
        "path": unquote(path.decode("latin-1")),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": list(head.headers.items()),
        "client": (exchange.connection.peer, 0),
        "server": None,
        "extensions": {"evolve.sink": exchange.request.sink},
    }


def _answer(said: list[_Message]) -> Answer:
    headers = {name.lower(): value for name, value in said[0].get("headers", [])}
    more = b"".join(b"%b: %b\r\n" % item for item in headers.items() if item[0] not in _OURS)
    body = b"".join(message.get("body", b"") for message in said[1:])
    return Answer(said[0]["status"], body, headers.get(b"content-type", JSON), more)
