"""Load on the WebSocket door: so many requests under way in a connection, each answer followed by a request.

As thin as a client can be, so that the server is what is measured: frames are made once and their answers looked
at once. `together` puts what may be sent at a moment into one message, as our clients do.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque

from websockets.asyncio.client import ClientConnection, connect

import model

HEADER = 16
SUBPROTOCOL = "evolve.infer.v1"


async def press(
    address: str,
    rows: int,
    connections: int,
    under_way: int,
    together: bool,
    seconds: float,
) -> tuple[float, list[float], bytes]:
    """Answers a second, the seconds that each took, and the outputs of the first one."""
    callers = [await _Caller.enter(address, rows) for _ in range(connections)]
    started = time.perf_counter()
    await asyncio.gather(*(caller.press(under_way, together, started + seconds) for caller in callers))
    took = time.perf_counter() - started
    latencies = [one for caller in callers for one in caller.latencies]
    return len(latencies) / took, latencies, callers[0].first


class _Caller:
    def __init__(self, connection: ClientConnection, rows: int, outputs: int) -> None:
        self.connection = connection
        self.latencies: list[float] = []
        self.first = b""
        self._answer_bytes = HEADER + 4 * outputs * rows
        body = model.observations(rows).tobytes()
        self._frame = (1 | rows << 32).to_bytes(8, "little") + bytes(8) + body

    @classmethod
    async def enter(cls, address: str, rows: int) -> _Caller:
        connection = await connect(
            address,
            subprotocols=[SUBPROTOCOL],
            compression=None,
            max_size=None,
            proxy=None,
        )
        await connection.recv()
        await connection.send(json.dumps({"type": "open", "stream": 0, "model": "mlp", "version": ""}))
        (output,) = json.loads(await connection.recv())["outputs"]
        return cls(connection, rows, output["shape"][1])

    async def press(self, under_way: int, together: bool, until: float) -> None:
        """All requests have the number 0: nobody here asks which is whose."""
        sent: deque[float] = deque()
        await self._send(under_way, together, sent)
        while (now := time.perf_counter()) < until:
            message = await self.connection.recv()
            count, rest = divmod(len(message), self._answer_bytes)
            assert rest == 0, message[:200]
            self.first = self.first or message[HEADER : self._answer_bytes]
            now = time.perf_counter()
            self.latencies.extend(now - sent.popleft() for _ in range(count))
            await self._send(count, together, sent)
        await self.connection.close()

    async def _send(self, count: int, together: bool, sent: deque[float]) -> None:
        sent.extend([time.perf_counter()] * count)
        if together:
            await self.connection.send(self._frame * count)
        else:
            for _ in range(count):
                await self.connection.send(self._frame)
