"""Callers of the soak, each a process that can be killed at any moment.

    soak_callers.py KIND SEED ADDRESSES KEY

Says each second, as JSON, how many requests were answered rightly, and how many were refused as they may be:
a full queue, and what was wrong on purpose. Whatever else happens is said as a failure.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from socket import create_connection, socket

import numpy as np

from soak_grpc import grpc
from soak_models import MODELS, Linear

ROWS = (1, 1, 3, 17, 64, 100)
TIMEOUT = 30.0
# What a caller may be told for no fault of its own.
BUSY = (429, 503)


@dataclass
class Caller:
    """What all kinds share: chance, addresses, and a tally that is said each second."""

    addresses: dict[str, str]
    key: str
    random: random.Random
    answers: int = 0
    refused: int = 0
    said: float = field(default_factory=time.monotonic)

    def question(self) -> tuple[Linear, np.ndarray]:
        model = self.random.choice(MODELS)
        rows = self.random.choice(ROWS)
        return model, np.float32(self.random.random()) + np.arange(
            rows * model.width, dtype=np.float32
        ).reshape(rows, model.width)

    def check(self, model: Linear, rows: np.ndarray, answer: np.ndarray) -> None:
        if answer.shape == rows.shape and np.allclose(answer, rows * model.factor, rtol=1e-5):
            self.answers += 1
        else:
            self.fail(f"{model.name} answered {len(rows)} rows wrongly")

    def fail(self, sentence: str) -> None:
        print(json.dumps({"failure": sentence[:400]}), flush=True)

    def rest(self) -> None:
        """Between requests: a soak is about time, not about speed."""
        time.sleep(self.random.uniform(0.0, 0.02))
        if time.monotonic() - self.said > 1.0:
            self.say()

    def say(self) -> None:
        print(json.dumps({"answers": self.answers, "refused": self.refused}), flush=True)
        self.said = time.monotonic()
        self.answers = self.refused = 0

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def http(self) -> HTTPConnection:
        return HTTPConnection(self.addresses["http"].removeprefix("http://"), timeout=TIMEOUT)

    def raw(self, door: str) -> socket:
        host, _, port = self.addresses[door].split("//")[-1].split("/")[0].rpartition(":")
        return create_connection((host, int(port)), TIMEOUT)


def http(caller: Caller) -> None:
    """JSON and binary, many requests on a connection and then a new one."""
    with closing(caller.http()) as connection:
        for _ in range(caller.random.randrange(1, 100)):
            model, rows = caller.question()
            ask = http_json if rows.size < 1_000 and caller.random.random() < 0.5 else http_binary
            status, answer = ask(caller, connection, model, rows)
            if status == 200:
                caller.check(model, rows, answer)
            elif status in BUSY:
                caller.refused += 1
            else:
                caller.fail(f"HTTP answered {status}: {answer!r}")
            caller.rest()


Asked = tuple[int, object]


def http_json(caller: Caller, connection: HTTPConnection, model: Linear, rows: np.ndarray) -> Asked:
    body = json.dumps({"model": model.name, "inputs": rows.tolist()})
    connection.request("POST", "/infer", body, {"Content-Type": "application/json"} | caller.bearer)
    answer = connection.getresponse()
    data = answer.read()
    return answer.status, np.array(json.loads(data)["outputs"], np.float32) if answer.status == 200 else data


def http_binary(caller: Caller, connection: HTTPConnection, model: Linear, rows: np.ndarray) -> Asked:
    data = rows.tobytes()
    tensor = {"name": "observations", "shape": rows.shape, "datatype": "FP32"}
    tensor["parameters"] = {"binary_data_size": len(data)}
    head = json.dumps({"inputs": [tensor], "parameters": {"binary_data_output": True}}).encode()
    more = {"Inference-Header-Content-Length": str(len(head)), "Content-Type": "application/octet-stream"}
    path = f"/v2/models/{model.name}/infer"
    connection.request("POST", path, head + data, more | caller.bearer)
    answer = connection.getresponse()
    data = answer.read()
    if answer.status != 200:
        return answer.status, data
    start = int(answer.headers["Inference-Header-Content-Length"])
    return 200, np.frombuffer(data[start:], np.float32).reshape(-1, model.width)


def websocket(caller: Caller) -> None:
    """Our own client, with some requests under way."""
    from evolve.client import Client, Refused

    with Client(caller.addresses["websocket"], caller.key, timeout=TIMEOUT) as client:
        for _ in range(caller.random.randrange(1, 100)):
            asked = [caller.question() for _ in range(caller.random.choice((1, 1, 8, 32)))]
            later = [client.submit(model.name, {"observations": rows}) for model, rows in asked]
            for (model, rows), answer in zip(asked, later, strict=True):
                try:
                    caller.check(model, rows, answer.result()["actions"])
                except Refused as refused:
                    if refused.code in BUSY:
                        caller.refused += 1
                    else:
                        caller.fail(f"WebSocket: {refused}")
            caller.rest()


def crooked(caller: Caller) -> None:
    """What no door may answer with 200, with 500, or by ending."""
    wrong: list[tuple[str, bytes]] = [
        ("/infer", b"{"),
        ("/infer", b'{"model": "double", "inputs": [1, 2]}'),
        ("/infer", b'{"model": "double", "inputs": [[NaN]]}'),
        ("/infer", json.dumps({"model": "none", "inputs": [1]}).encode()),
        (
            "/v2/models/double/infer",
            b'{"inputs": [{"name": "observations", "shape": [4611686018427387904, 8]}]}',
        ),
        ("/v2/models/triple/infer", b'{"inputs": []}'),
        ("/v2/repository/index", b"{}"),
    ]
    path, body = caller.random.choice(wrong)
    with closing(caller.http()) as connection:
        connection.request("POST", path, body, {"Content-Type": "application/json"} | caller.bearer)
        status = connection.getresponse().status
    if 400 <= status < 500 or status in BUSY:
        caller.refused += 1
    else:
        caller.fail(f"{path} with {body!r} was answered {status}")
    door = caller.random.choice(("http", "websocket", "grpc"))
    with caller.raw(door) as connection, suppress(OSError):
        connection.sendall(caller.random.randbytes(caller.random.randrange(1, 2_000)))
        connection.settimeout(0.2)
        connection.recv(1_000)
    caller.rest()


def slow(caller: Caller) -> None:
    """Sends byte by byte, or asks for much and reads nothing, and is gone after a while."""
    rows = "[" + ", ".join(["[" + ", ".join(["1.5"] * 8) + "]"] * 500) + "]"
    body = f'{{"model": "double", "inputs": {rows}}}'.encode()
    head = f"POST /infer HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {caller.key}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with caller.raw("http") as connection, suppress(OSError):
        if caller.random.random() < 0.5:
            for byte in head.encode()[: caller.random.randrange(20, 60)]:
                connection.sendall(bytes((byte,)))
                time.sleep(0.05)
        else:
            connection.settimeout(1.0)
            for _ in range(100):
                connection.sendall(head.encode() + body)
    caller.refused += 1
    caller.rest()


KINDS: dict[str, Callable[[Caller], None]] = {
    one.__name__: one for one in (http, websocket, grpc, crooked, slow)
}


def main(kind: str, seed: str, addresses: str, key: str) -> None:
    caller = Caller(json.loads(addresses), key, random.Random(int(seed)))  # noqa: S311 - no secret
    caller.say()
    while True:
        try:
            KINDS[kind](caller)
        except Exception as error:
            caller.fail(f"{kind}: {type(error).__name__}: {error}")
            time.sleep(0.2)


if __name__ == "__main__":
    main(*sys.argv[1:])
