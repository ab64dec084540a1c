"""A client that is quick enough not to be what is measured: bytes made once, over plain sockets.

Each connection has one request under way. An answer is not read, but for its status and its length; the first
one is, and compared with the model's own.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import numpy as np

from model import observations

_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n", re.IGNORECASE)
_HEAD_LENGTH = re.compile(rb"\r\nInference-Header-Content-Length: (\d+)\r\n", re.IGNORECASE)


@dataclass
class Load:
    """What was seen in one measurement."""

    seconds: float = 0.0
    # All there were, those before the clock began included.
    answers: int = 0
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def quantile(self, share: float) -> float:
        return float(np.quantile(self.latencies, share))


def http_request(address: str, path: str, body: bytes, more: dict[str, str]) -> bytes:
    headers = {"Host": urlsplit(address).netloc, "Content-Length": str(len(body))} | more
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + body


def http_json(address: str, rows: int) -> bytes:
    """The simple way: a row, or a list of rows."""
    numbers = observations(rows).tolist()
    body = json.dumps({"inputs": numbers[0] if rows == 1 else numbers}).encode()
    return http_request(address, "/infer", body, {"Content-Type": "application/json"})


def http_binary(address: str, rows: int) -> bytes:
    """The Open Inference Protocol with binary data behind the JSON."""
    data = observations(rows).tobytes()
    tensor = {"name": "observations", "shape": [rows, 32], "datatype": "FP32"}
    tensor["parameters"] = {"binary_data_size": len(data)}
    asked = {"inputs": [tensor], "parameters": {"binary_data_output": True}}
    head = json.dumps(asked).encode()
    more = {"Inference-Header-Content-Length": str(len(head)), "Content-Type": "application/octet-stream"}
    return http_request(address, "/v2/models/mlp/infer", head + data, more)


def read_answer(data: bytes) -> np.ndarray:
    """The actions in an answer, of either kind."""
    head, _, body = data.partition(b"\r\n\r\n")
    length = _HEAD_LENGTH.search(head + b"\r\n")
    if length is not None:
        return np.frombuffer(body[int(length[1]) :], np.float32).reshape(-1, 8)
    return np.array(json.loads(body)["outputs"], np.float32).reshape(-1, 8)


class _Caller(asyncio.Protocol):
    """Sends the request again as soon as it is answered."""

    def __init__(self, request: bytes, load: Load) -> None:
        self.request = request
        self.load = load
        self.received = b""
        self.size = 0
        self.is_over = False
        self.first: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.lost = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        self.sent = time.perf_counter()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        if self.received:
            data = self.received + data
        if not self.size:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self.received = data
                return
            if not data.startswith(b"HTTP/1.1 200 "):
                self.transport.close()
                (self.lost if self.first.done() else self.first).set_exception(RuntimeError(data[:300]))
                return
            self.size = end + 4 + int(_LENGTH.search(data, 0, end + 2)[1])
        if len(data) < self.size:
            self.received = data
            return
        self.load.answers += 1
        self.load.latencies.append(time.perf_counter() - self.sent)
        if not self.first.done():
            self.first.set_result(data)
        self.received = b""
        self.size = 0
        if not self.is_over:
            self.send()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - asyncio's own
        if not self.lost.done():
            self.lost.set_result(None)


async def press(address: str, request: bytes, connections: int, seconds: float) -> tuple[Load, bytes]:
    """Send the request over and over; gives what was seen, and the first answer."""
    loop = asyncio.get_running_loop()
    load = Load()
    where = urlsplit(address)
    callers = []
    for _ in range(connections):
        _, caller = await loop.create_connection(lambda: _Caller(request, load), where.hostname, where.port)
        callers.append(caller)
    first, *_ = await asyncio.gather(*(caller.first for caller in callers))
    await asyncio.sleep(0.2)
    load.latencies.clear()
    started = time.perf_counter()
    await asyncio.sleep(seconds)
    load.seconds = time.perf_counter() - started
    seen = Load(load.seconds, load.answers, load.latencies)
    for caller in callers:
        caller.load = Load()
        caller.is_over = True
        caller.transport.close()
    await asyncio.gather(*(caller.lost for caller in callers))
    return seen, first
