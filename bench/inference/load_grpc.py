"""The same for gRPC: as much of HTTP/2 as a client needs that sends one message over and over.

A Python client of a gRPC library takes more time than the server; this one writes bytes that were made once
and counts answers. It sends them on one stream, or each as a call of its own, with the fields that the server
knows by then, as libraries do.
"""

from __future__ import annotations

import asyncio
import struct
import time
from collections import deque
from functools import partial
from types import SimpleNamespace

import numpy as np
from load import Load
from model import observations

_DATA, _HEADERS, _RESET, _SETTINGS, _PING, _GOAWAY, _WINDOW = 0, 1, 3, 4, 6, 7, 8
_END = 1
_LARGEST_FRAME = 16_384
_WIDEST = 2**31 - 1
_SERVICE = "/inference.GRPCInferenceService/"
# POST and http, and the four fields that the first call has added to the table.
_KNOWN_FIELDS = bytes.fromhex("8386c1c0bfbe")


def grpc_request(_address: str, rows: int) -> bytes:
    """A ModelInferRequest with raw contents."""
    from evolve.serving.doors.grpc.messages import message_class

    request = message_class("inference.ModelInferRequest")(
        model_name="mlp", raw_input_contents=[observations(rows).tobytes()]
    )
    request.inputs.add(name="observations", datatype="FP32", shape=[rows, 32])
    return request.SerializeToString()


def read_answer(data: bytes) -> np.ndarray:
    """The actions in an answer of a stream."""
    from evolve.serving.doors.grpc.messages import message_class

    answer = message_class("inference.ModelStreamInferResponse").FromString(data)
    if answer.error_message:
        raise RuntimeError(answer.error_message)
    return _actions(answer.infer_response)


def _read_response(data: bytes) -> np.ndarray:
    from evolve.serving.doors.grpc.messages import message_class

    return _actions(message_class("inference.ModelInferResponse").FromString(data))


def _actions(response: object) -> np.ndarray:
    return np.frombuffer(response.raw_output_contents[0], np.float32).reshape(-1, 8)


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3) + bytes((kind, flags)) + stream.to_bytes(4) + payload


def _fields(address: str, method: str) -> bytes:
    """POST and http, and four that are to be remembered."""
    fields = {
        ":path": _SERVICE + method,
        ":authority": address,
        "te": "trailers",
        "content-type": "application/grpc",
    }
    words = [(name.encode(), value.encode()) for name, value in fields.items()]
    return b"\x83\x86" + b"".join(
        b"\x40" + bytes((len(name),)) + name + bytes((len(value),)) + value for name, value in words
    )


class _Stream(asyncio.Protocol):
    """One connection with one stream and some messages under way."""

    def __init__(self, address: str, body: bytes, in_flight: int, load: Load) -> None:
        self.address = address
        self.load = load
        self.body = b"\0" + len(body).to_bytes(4) + body
        self.in_flight = in_flight
        self.received = b""
        self.message = b""
        self.first = b""
        self.sent: deque[float] = deque()
        self.waiting: deque[bytes] = deque()
        self.connection_window = self.stream_window = self.initial_window = 65_535
        self.lost = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        settings = struct.pack(">HI", 4, _WIDEST)
        self.transport.write(
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
            + _frame(_SETTINGS, 0, 0, settings)
            + _frame(_WINDOW, 0, 0, (_WIDEST - 65_535).to_bytes(4))
        )
        self.begin()

    def begin(self) -> None:
        self.transport.write(_frame(_HEADERS, 4, 1, _fields(self.address, "ModelStreamInfer")))
        for _ in range(self.in_flight):
            self.send()

    def send(self) -> None:
        self.sent.append(time.perf_counter())
        for start in range(0, len(self.body), _LARGEST_FRAME):
            self.waiting.append(self.body[start : start + _LARGEST_FRAME])
        self.flush()

    def flush(self) -> None:
        """As far as the server has opened its windows."""
        waiting = self.waiting
        while waiting and len(waiting[0]) <= min(self.connection_window, self.stream_window):
            part = waiting.popleft()
            self.connection_window -= len(part)
            self.stream_window -= len(part)
            self.transport.write(self.data_frame(part))

    def data_frame(self, part: bytes) -> bytes:
        return _frame(_DATA, 0, 1, part)

    def data_received(self, data: bytes) -> None:
        data = self.received + data
        place = 0
        while len(data) - place >= 9:
            size = int.from_bytes(data[place : place + 3])
            if len(data) - place - 9 < size:
                break
            kind, flags, stream = struct.unpack_from(">BBI", data, place + 3)
            self.take(kind, flags, stream, data[place + 9 : place + 9 + size])
            place += 9 + size
        self.received = data[place:]

    def take(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        if kind == _DATA:
            self.message += payload
            self.count()
        elif kind == _WINDOW:
            more = int.from_bytes(payload)
            self.stream_window += more if stream else 0
            self.connection_window += 0 if stream else more
            self.flush()
        elif kind == _SETTINGS and not flags:
            for name, value in struct.iter_unpack(">HI", payload):
                if name == 4:
                    self.stream_window += value - self.initial_window
                    self.initial_window = value
            self.transport.write(_frame(_SETTINGS, 1, 0, b""))
            self.flush()
        elif kind == _PING and not flags:
            self.transport.write(_frame(_PING, 1, 0, payload))
        elif kind in (_RESET, _GOAWAY):
            raise RuntimeError(payload)

    def count(self) -> None:
        while len(self.message) >= 5 and len(self.message) >= 5 + (size := int.from_bytes(self.message[1:5])):
            self.first = self.first or self.message[5 : 5 + size]
            self.message = self.message[5 + size :]
            self.load.latencies.append(time.perf_counter() - self.sent.popleft())
            self.send()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - asyncio's own
        if not self.lost.done():
            self.lost.set_result(None)


class _Calls(_Stream):
    """One connection with a call at a time."""

    def begin(self) -> None:
        self.number = -1
        self.fields = _fields(self.address, "ModelInfer")
        self.send()

    def send(self) -> None:
        self.number += 2
        self.stream_window = self.initial_window
        self.transport.write(_frame(_HEADERS, 4, self.number, self.fields))
        self.fields = _KNOWN_FIELDS
        super().send()

    def data_frame(self, part: bytes) -> bytes:
        return _frame(_DATA, 0 if self.waiting else _END, self.number, part)

    def take(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        if kind == _DATA:
            self.message += payload
        elif kind == _HEADERS and flags & _END:
            self.first = self.first or self.message[5:]
            self.message = b""
            self.load.latencies.append(time.perf_counter() - self.sent.popleft())
            self.send()
        elif kind != _HEADERS:
            super().take(kind, flags, stream, payload)


async def press(  # noqa: PLR0917
    address: str,
    request: bytes,
    connections: int,
    seconds: float,
    in_flight: int = 1,
    kind: type[_Stream] = _Stream,
) -> tuple[Load, bytes]:
    """Send the message over and over; gives what was seen, and the first answer."""
    loop = asyncio.get_running_loop()
    load = Load()
    host, _, port = address.rpartition(":")
    streams = []
    for _ in range(connections):
        _, stream = await loop.create_connection(
            lambda: kind(address, request, in_flight, load), host, int(port)
        )
        streams.append(stream)
    await asyncio.sleep(0.2)
    before = len(load.latencies)
    started = time.perf_counter()
    await asyncio.sleep(seconds)
    seen = Load(seconds=time.perf_counter() - started, latencies=load.latencies[before:])
    # All there were, those before the clock began included.
    seen.answers = len(load.latencies)
    for stream in streams:
        stream.transport.abort()
    await asyncio.gather(*(stream.lost for stream in streams))
    return seen, next(stream.first for stream in streams if stream.first)


# The same for calls of one message each.
unary = SimpleNamespace(press=partial(press, kind=_Calls), read_answer=_read_response)
