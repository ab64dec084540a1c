"""The client for asyncio: connects by itself, and again when the connection is lost."""

import asyncio
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

from evolve.client.arranging import arranged
from evolve.client.counters import Counters
from evolve.client.errors import ClientError, Refused, TimedOut, Unreachable
from evolve.client.link import Link
from evolve.client.opening import open_link
from evolve.serving.tensors import Array

_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 2.0
_CHANGED: Final = 409


class AsyncClient:
    """Asks a service for what models give; may be used by any number of tasks of one event loop.

    A lost connection is made again, and what had no answer is asked again, until `timeout` seconds are over.
    """

    def __init__(self, url: str, token: str | None = None, *, timeout: float = 10.0) -> None:
        self.url = url
        self.timeout = timeout
        self.counters = Counters()
        self._token = token
        self._link: Link | None = None
        self._gate = asyncio.Lock()
        self._has_connected = False
        self._is_closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Hang up."""
        self._is_closed = True
        link, self._link = self._link, None
        if link is not None:
            await link.close()

    async def infer(
        self,
        model: str,
        inputs: Mapping[str, object],
        version: str = "",
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - the sync client has it as well
    ) -> dict[str, Array]:
        """What a model gives for some rows, by the names of its outputs; the arrays may be read-only.

        Raises Refused, TimedOut or Unreachable.
        """
        started = time.perf_counter()
        seconds = self.timeout if timeout is None else timeout
        self.counters.requests += 1
        unreachable: list[Unreachable] = []
        try:
            async with asyncio.timeout(seconds):
                answer, rows = await self._ask(model, inputs, version, unreachable)
        except TimeoutError as error:
            self.counters.failures += 1
            if unreachable and (self._link is None or not self._link.is_open):
                raise unreachable[-1] from error
            raise TimedOut(f"{model} has not answered within {seconds:g} s") from error
        except ClientError:
            self.counters.failures += 1
            raise
        self.counters.rows += rows
        self.counters.seconds += time.perf_counter() - started
        return answer

    async def _ask(
        self, model: str, inputs: Mapping[str, object], version: str, unreachable: list[Unreachable]
    ) -> tuple[dict[str, Array], int]:
        while True:
            conversation = (await self._connected(unreachable)).conversation
            try:
                stream = await conversation.stream(model, version)
                arrays = arranged(stream.inputs, inputs)
                return await conversation.ask(stream, arrays), len(arrays[0])
            except Unreachable as error:
                unreachable.append(error)
                if self._is_closed:
                    raise
            except Refused as error:
                if error.code != _CHANGED:
                    raise
                conversation.forget(model, version)

    async def _connected(self, unreachable: list[Unreachable]) -> Link:
        """The connection, or a new one: tried again, with pauses, until whoever asks gives up."""
        if self._link is not None and self._link.is_open:
            return self._link
        async with self._gate:
            pause = _FIRST_PAUSE
            while self._link is None or not self._link.is_open:
                if self._is_closed:
                    raise Unreachable("the client was closed")
                if self._link is not None:
                    await self._link.close()
                    self._link = None
                try:
                    self._link = await open_link(self.url, self._token)
                except Unreachable as error:
                    unreachable.append(error)
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, _LONGEST_PAUSE)
                else:
                    self.counters.reconnections += self._has_connected
                    self._has_connected = True
            return self._link
