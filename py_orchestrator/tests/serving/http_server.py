"""A real HTTP door in a thread of its own, and callers that speak to it byte by byte."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evolve.serving.batcher import BatchSettings
from evolve.serving.doors import DoorSettings, Guard
from evolve.serving.doors.http.door import http_door
from evolve.serving.folder import Folder
from evolve.serving.service import Service
from evolve.serving.settings import ServiceSettings
from evolve.workers.entrance import Entrance

PATIENCE = 20.0


@dataclass
class Server:
    """What a test may ask of the service behind the door."""

    port: int
    service: Service
    loop: asyncio.AbstractEventLoop

    def do(self, action: Callable[[], Any]) -> Any:  # noqa: ANN401
        """Call it inside the service's loop."""

        async def run() -> Any:  # noqa: ANN401
            return action()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(PATIENCE)

    def connect(self) -> "Caller":
        return Caller(socket.create_connection(("127.0.0.1", self.port), PATIENCE))

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> "Answer":  # noqa: ANN401
        with self.connect() as caller:
            caller.send(request(method, path, body, **headers))
            return caller.answer(method)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401
        return json.loads(self.body)


@dataclass
class Caller:
    """A connection; answers are read one after the other."""

    socket: socket.socket
    left: bytes = b""

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self, method: str = "POST") -> Answer:
        head, _, self.left = self._until(b"\r\n\r\n").partition(b"\r\n\r\n")
        line, *rows = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (row.partition(": ") for row in rows)}
        size = 0 if method == "HEAD" else int(headers.get("content-length", 0))
        while len(self.left) < size:
            self._more()
        body, self.left = self.left[:size], self.left[size:]
        return Answer(int(line.split(" ")[1]), headers, body)

    def is_closed(self) -> bool:
        """Whether the server has hung up; waits for it."""
        return not self.left and self.socket.recv(1) == b""

    def is_cut_off(self) -> bool:
        """Whether the connection ends in the middle of an answer."""
        self.socket.settimeout(PATIENCE)
        size = 0
        try:
            while piece := self.socket.recv(1 << 20):
                size += len(piece)
        except ConnectionError:
            return True
        return size > 0

    def _until(self, end: bytes) -> bytes:
        while end not in self.left:
            self._more()
        return self.left

    def _more(self) -> None:
        piece = self.socket.recv(1 << 20)
        if not piece:
            raise ConnectionError(f"the server hung up after {self.left[:200]!r}")
        self.left += piece


def request(method: str, path: str, body: Any = None, **headers: str) -> bytes:  # noqa: ANN401
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = {"Host": "127.0.0.1"}
    if body is not None:
        lines |= {"Content-Type": "application/json", "Content-Length": str(len(data))}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + data


@dataclass
class _State:
    ready: threading.Event = field(default_factory=threading.Event)
    server: Server | None = None
    end: asyncio.Event | None = None
    error: BaseException | None = None


@contextmanager
def http_server(
    models: Mapping[str, bytes],
    folder: Path | None = None,
    guard: Guard | None = None,
    batches: BatchSettings | None = None,
) -> Iterator[Server]:
    """Serve models until the block is left."""
    state = _State()

    async def main() -> None:
        settings = ServiceSettings(batches=batches or BatchSettings())
        service = Service(settings, None if folder is None else Folder(folder))
        for name, data in models.items():
            service.models.put(service.read(name, "1", data))
        state.end = asyncio.Event()
        async with http_door(service, DoorSettings(Entrance(), guard)) as addresses:
            service.open()
            port = int(addresses["http"].rpartition(":")[2])
            state.server = Server(port, service, asyncio.get_running_loop())
            state.ready.set()
            await state.end.wait()
            await service.end(PATIENCE)

    def run() -> None:
        try:
            asyncio.run(main())
        except BaseException as error:  # told to the test
            state.error = error
        finally:
            state.ready.set()

    thread = threading.Thread(target=run)
    thread.start()
    state.ready.wait(PATIENCE)
    try:
        if state.server is None:
            raise state.error or RuntimeError("no server")
        yield state.server
    finally:
        if state.server is not None and state.end is not None:
            state.server.loop.call_soon_threadsafe(state.end.set)
        thread.join(PATIENCE)
    if state.error is not None:
        raise state.error
