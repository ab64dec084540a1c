"""The client for asyncio: connects by itself, and again when the connection is lost."""

import asyncio
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, InvalidURI, WebSocketException
from websockets.typing import Subprotocol

from evolve.client.counters import Counters
from evolve.client.errors import ClientError, Refused, TimedOut, Unreachable
from evolve.client.link import Link, Stream, arranged
from evolve.serving.frames import control, limits
from evolve.serving.frames.errors import ProtocolError
from evolve.serving.tensors import Array
from evolve.workers.trust import trust_for

_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 2.0
_CHANGED: Final = 409
# Answers to a handshake after which it is worth to come again.
_TEMPORARY: Final = (429, 502, 503, 504)


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
            link = await self._connected(unreachable)
            try:
                stream: Stream = await link.stream(model, version)
                arrays = arranged(stream.inputs, inputs)
                return await link.infer(stream, arrays), len(arrays[0])
            except Unreachable as error:
                unreachable.append(error)
                if self._is_closed:
                    raise
            except Refused as error:
                if error.code != _CHANGED:
                    raise
                link.forget(model, version)

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
                    self._link = await self._connect()
                except Unreachable as error:
                    unreachable.append(error)
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, _LONGEST_PAUSE)
                else:
                    self.counters.reconnections += self._has_connected
                    self._has_connected = True
            return self._link

    async def _connect(self) -> Link:
        headers = {} if self._token is None else {"Authorization": f"Bearer {self._token}"}
        try:
            connection = await connect(
                self.url,
                ssl=trust_for(self.url),
                additional_headers=headers,
                subprotocols=[Subprotocol(limits.SUBPROTOCOL)],
                compression=None,
                max_size=limits.MAXIMUM_MESSAGE_BYTES,
                user_agent_header=None,
                proxy=None,
            )
            welcome = control.decode_control(str(await connection.recv()))
        except InvalidURI as error:
            raise Refused(400, f"{self.url} is no address: write ws://HOST:PORT{limits.PATH}") from error
        except InvalidStatus as error:
            raise self._refused(error) from error
        except (OSError, WebSocketException, ProtocolError) as error:
            raise Unreachable(f"there is no inference service at {self.url}: {error}") from error
        if not isinstance(welcome, control.Welcome):
            raise Unreachable(f"{self.url} did not say welcome: is it an inference service?")
        return Link(connection, welcome)

    def _refused(self, error: InvalidStatus) -> ClientError:
        code = error.response.status_code
        said = (error.response.body or b"").decode(errors="replace").strip()[:200]
        sentence = f"{self.url} refused the connection ({code}): {said or 'no reason given'}"
        return Unreachable(sentence) if code in _TEMPORARY else Refused(code, sentence)
