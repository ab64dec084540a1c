"""Load on the WebSocket door: so many requests under way in a connection, each answer followed by a request.

As thin as a client can be, so that the server is what is measured: messages are made and masked once, of answers
only the lengths are read. `together` puts what may be sent at a moment into one message, as our clients do.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from functools import cache
from urllib.parse import urlsplit

from websockets.frames import BINARY, TEXT, Frame

import model

HEADER = 16
HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: evolve.infer.v1\r\n\r\n"
)
OPEN = {"type": "open", "stream": 0, "model": "mlp", "version": ""}


async def press(
    address: str,
    rows: int,
    connections: int,
    under_way: int,
    together: bool,
    seconds: float,
) -> tuple[float, list[float], bytes]:
    """Answers a second, the seconds that each took, and the outputs of the first one."""
    where = urlsplit(address)
    loop = asyncio.get_running_loop()
    callers = []
    for _ in range(connections):
        _, caller = await loop.create_connection(_Caller, where.hostname, where.port)
        await caller.enter(where, rows)
        callers.append(caller)
    started = time.perf_counter()
    await asyncio.gather(*(caller.press(under_way, together, started + seconds) for caller in callers))
    took = time.perf_counter() - started
    latencies = [one for caller in callers for one in caller.latencies]
    return len(latencies) / took, latencies, callers[0].first


@cache
def masked(request: bytes, count: int) -> bytes:
    return Frame(BINARY, request * count).serialize(mask=True)


class _Caller(asyncio.Protocol):
    """All requests have the number 0: nobody here asks which is whose."""

    def __init__(self) -> None:
        self.latencies: list[float] = []
        self.first = b""
        self._data = bytearray()
        self._said: asyncio.Queue[bytes] = asyncio.Queue()
        self._sent: deque[float] = deque()
        self._is_pressing = False

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    async def enter(self, where: object, rows: int) -> None:
        body = model.observations(rows).tobytes()
        self._request = (1 | rows << 32).to_bytes(8, "little") + bytes(8) + body
        self._transport.write(HANDSHAKE.format(path=where.path, host=where.netloc).encode())
        await self._said.get()
        self._transport.write(Frame(TEXT, json.dumps(OPEN).encode()).serialize(mask=True))
        (output,) = json.loads(await self._said.get())["outputs"]
        self._answer_bytes = HEADER + 4 * output["shape"][1] * rows

    async def press(self, under_way: int, together: bool, until: float) -> None:
        self._together, self._until = together, until
        self._done = asyncio.get_running_loop().create_future()
        self._is_pressing = True
        self._send(under_way, time.perf_counter())
        await self._done
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._data += data
        if self._data.startswith(b"HTTP/"):
            end = self._data.find(b"\r\n\r\n")
            if end < 0:
                return
            del self._data[: end + 4]
        answers = 0
        while (answer := self._next()) is not None:
            if self._is_pressing:
                count, rest = divmod(len(answer), self._answer_bytes)
                assert rest == 0, answer[:200]
                self.first = self.first or answer[HEADER : self._answer_bytes]
                answers += count
            else:
                self._said.put_nowait(answer)
        if answers:
            self._go_on(answers)

    def _next(self) -> bytes | None:
        """The payload of the next frame, when it is whole; a service does not mask."""
        data, begin = self._data, 2
        if len(data) < begin:
            return None
        length = data[1]
        if length > 125:
            begin = 4 if length == 126 else 10
            length = int.from_bytes(data[2:begin], "big")
        if len(data) < begin + length:
            return None
        answer = bytes(data[begin : begin + length])
        del data[: begin + length]
        return answer

    def _go_on(self, answers: int) -> None:
        now = time.perf_counter()
        sent = self._sent
        self.latencies += [now - sent.popleft() for _ in range(answers)]
        if now < self._until:
            self._send(answers, now)
        elif not self._done.done():
            self._done.set_result(None)

    def _send(self, count: int, now: float) -> None:
        self._sent.extend([now] * count)
        if self._together:
            self._transport.write(masked(self._request, count))
        else:
            self._transport.writelines([masked(self._request, 1)] * count)
