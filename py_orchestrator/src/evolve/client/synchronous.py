"""The client that blocks: the asynchronous one in a thread of its own."""

import asyncio
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from evolve.client.asynchronous import AsyncClient
from evolve.client.counters import Counters
from evolve.serving.tensors import Array


class Client:
    """Asks a service for what models give; may be used by any number of threads.

    A lost connection is made again, and what had no answer is asked again, until `timeout` seconds are over.
    """

    def __init__(self, url: str, token: str | None = None, *, timeout: float = 10.0) -> None:
        self._loop = asyncio.new_event_loop()
        self._client = AsyncClient(url, token, timeout=timeout)
        self._thread = threading.Thread(target=self._loop.run_forever, name="evolve-client", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        return self._client.url

    @property
    def counters(self) -> Counters:
        """What it has done so far."""
        return self._client.counters

    def infer(
        self,
        model: str,
        inputs: Mapping[str, object],
        version: str = "",
        *,
        timeout: float | None = None,
    ) -> dict[str, Array]:
        """What a model gives for some rows, by the names of its outputs; the arrays may be read-only.

        Raises Refused, TimedOut or Unreachable.
        """
        return self.submit(model, inputs, version, timeout=timeout).result()

    def submit(
        self,
        model: str,
        inputs: Mapping[str, object],
        version: str = "",
        *,
        timeout: float | None = None,
    ) -> Future[dict[str, Array]]:
        """The same without waiting: have many under way, and ask each for its result later."""
        asked = self._client.infer(model, inputs, version, timeout=timeout)
        return asyncio.run_coroutine_threadsafe(asked, self._loop)

    def close(self) -> None:
        """Hang up, and end the thread."""
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._client.close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
