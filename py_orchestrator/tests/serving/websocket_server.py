"""A real WebSocket door in a thread of its own."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from evolve.serving.doors import DoorSettings
from evolve.serving.doors.websocket.door import websocket_door
from evolve.serving.model import Model
from evolve.serving.service import Service
from evolve.serving.settings import ServiceSettings
from evolve.workers.entrance import Entrance

# A service closes its models in the end, so each begins with its own.
Make = Callable[[], Model]


class Running:
    """A service in a thread, which can be ended and begun again at the same port."""

    def __init__(self, *makes: Make) -> None:
        self._makes = makes
        self._began = threading.Event()
        self.port = 0
        self.begin()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/infer"

    def begin(self) -> None:
        self._began.clear()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        assert self._began.wait(20)

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    def do(self, action: Callable[[Service], None]) -> None:
        done = threading.Event()
        self._loop.call_soon_threadsafe(action, self.service)
        self._loop.call_soon_threadsafe(done.set)
        assert done.wait(20)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        self.service = Service(ServiceSettings())
        for make in self._makes:
            self.service.models.put(make())
        entrance = Entrance(port=self.port)
        async with websocket_door(self.service, DoorSettings(entrance)) as addresses:
            self.port = int(addresses["websocket"].split(":")[2].split("/")[0])
            self._began.set()
            await self._ended.wait()
            await self.service.end(1.0)


@contextmanager
def running(*makes: Make) -> Iterator[Running]:
    service = Running(*makes)
    try:
        yield service
    finally:
        service.end()
