"""`evolve serve` as a process of its own, and callers who ask it again and again while things go wrong."""

import http.client
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import numpy as np
from tests.serving.doors.grpc_caller import infer_request
from tests.system.processes import ROOT

from evolve.client import Client
from evolve.serving.doors.grpc.messages import INFERENCE, Message, message_class
from evolve.serving.tensors import Array

FREE_PORTS = ("--port", "0", "--grpc-port", "0", "--websocket-port", "0")
PATIENCE = 30.0


@dataclass(frozen=True)
class Served:
    """What a test may ask of the command from outside."""

    process: "subprocess.Popen[str]"
    addresses: dict[str, str]
    # Of somebody who may do everything; without keys there is none.
    key: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.addresses["http"].removeprefix("http://"), timeout=PATIENCE)

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = self.connect()
        try:
            more = {} if body is None else {"Content-Type": "application/json"}
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, more | self.headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def channel(self) -> Any:  # noqa: ANN401 - grpc has no types
        return grpc.insecure_channel(self.addresses["grpc"])

    def client(self) -> Client:
        return Client(self.addresses["websocket"], self.key or None, timeout=PATIENCE)

    def waiting_rows(self) -> int:
        """Of all models together."""
        text = self.ask("GET", "/metrics")[2].decode()
        return sum(int(rows) for rows in re.findall(r"(?m)^evolve_waiting_rows\{.*\} (\d+)$", text))

    def files(self) -> int:
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))


@contextmanager
def served(*words: str, key: str = "") -> Iterator[Served]:
    """The command with its three doors open, and dead afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "evolve", "serve", *words, *FREE_PORTS, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        try:
            ready = json.loads(process.stdout.readline() or process.stderr.read())
            yield Served(process, ready["addresses"], key)
        finally:
            process.kill()
            process.wait(PATIENCE)


def operator_key(keys: Path) -> str:
    """A new key that opens everything."""
    words = [
        sys.executable,
        "-m",
        "evolve",
        "keys",
        "add",
        "operator",
        "--scope",
        "admin",
        "--scope",
        "infer",
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    said = subprocess.run(
        [*words, "--keys", str(keys)], capture_output=True, text=True, check=True, env=environment
    )
    return said.stdout.split()[0]


Ask = Callable[[Array], Array]


@contextmanager
def over_http(service: Served, model: str) -> Iterator[Ask]:
    connection = service.connect()
    headers = {"Content-Type": "application/json"} | service.headers

    def ask(rows: Array) -> Array:
        body = json.dumps({"model": model, "inputs": rows.tolist()})
        connection.request("POST", "/infer", body, headers)
        answer = connection.getresponse()
        data = answer.read()
        assert answer.status == 200, data
        return np.array(json.loads(data)["outputs"], np.float32)

    try:
        yield ask
    finally:
        connection.close()


@contextmanager
def over_grpc(service: Served, model: str) -> Iterator[Ask]:
    metadata = [("authorization", service.headers.get("Authorization", ""))] if service.key else []
    reply = message_class("inference.ModelInferResponse")
    with service.channel() as channel:
        call = channel.unary_unary(f"/{INFERENCE}/ModelInfer")

        def ask(rows: Array) -> Array:
            request: Message = infer_request(rows, model_name=model)
            answer = reply.FromString(call(request.SerializeToString(), PATIENCE, metadata))
            return np.frombuffer(answer.raw_output_contents[0], np.float32).reshape(len(rows), -1)

        yield ask


@contextmanager
def over_websocket(service: Served, model: str) -> Iterator[Ask]:
    with service.client() as client:
        yield lambda rows: client.infer(model, {"observations": rows})["actions"]


DOORS = {"http": over_http, "grpc": over_grpc, "websocket": over_websocket}


@dataclass
class Watcher:
    """Asks by every door again and again, and keeps what was answered wrongly or not at all."""

    is_right: Callable[[Array, Array], bool]
    answers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(DOORS, 0))
    troubles: list[str] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)

    def _ask(self, service: Served, door: str, model: str) -> None:
        chance = np.random.default_rng(3)
        try:
            with DOORS[door](service, model) as ask:
                while not self._ended.is_set():
                    rows = chance.normal(size=(int(chance.integers(1, 9)), 3)).astype(np.float32)
                    answer = ask(rows)
                    if not self.is_right(rows, answer):
                        self.troubles.append(f"{door}: {rows} was answered {answer}")
                    self.answers[door] += 1
        except Exception as error:  # told to the test
            self.troubles.append(f"{door}: {type(error).__name__}: {error}")

    def asked(self, more: int) -> Callable[[], bool]:
        """Whether every door has answered so many more, or there is trouble."""
        before = dict(self.answers)
        return lambda: bool(self.troubles) or all(self.answers[door] >= before[door] + more for door in DOORS)

    @contextmanager
    def watching(self, service: Served, model: str) -> Iterator["Watcher"]:
        threads = [threading.Thread(target=self._ask, args=(service, door, model)) for door in DOORS]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            for thread in threads:
                thread.join(PATIENCE)
        assert self.troubles == []
