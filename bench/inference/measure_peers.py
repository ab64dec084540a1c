"""Other model servers: the network, the client and the two cores that ours has.

    measure_peers.py FOLDER PYTHON

PYTHON is the interpreter that has the peers. Prints what measure.py prints, with a peer's name for a door.
How each is set up stands in peers/: one worker, and what was found quickest.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

import load
import load_grpc
import model
import peer_process
from measure import CONNECTIONS, ROUNDS, SECONDS, on, run, say

ROWS = (1, 64)
START_SECONDS = 60.0


@dataclass(frozen=True)
class Peer:
    """How one is started, asked and understood."""

    # What follows the interpreter, and is followed by the port.
    words: tuple[str, ...]
    client: ModuleType
    request_of: Callable[[str, int], bytes]
    read_answer: Callable[[bytes], np.ndarray]


def main(folder: Path, python: str) -> None:
    path = folder / "mlp.onnx"
    model.write(path)
    raw = model.session(path)
    cores = sorted(os.sched_getaffinity(0))
    for name, peer in NAMED.items():
        on(cores[0])
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with peer_process.serving([python, *peer.words, str(port)], path):
            on(cores[-1])
            address = f"127.0.0.1:{port}" if peer.client is load_grpc else f"http://127.0.0.1:{port}"
            wait_until_ready(name, peer, address)
            for rows in ROWS:
                (expected,) = raw.run(["actions"], {"observations": model.observations(rows)})
                press(name, peer, address, expected, path)


def wait_until_ready(name: str, peer: Peer, address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not asyncio.run(answers(peer, address)):
        if time.monotonic() > deadline:
            raise SystemExit(f"{name} does not answer within {START_SECONDS:g} s")
        time.sleep(0.2)


async def answers(peer: Peer, address: str) -> bool:
    # Until the peer is ready, it may answer with something else, or not at all.
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    try:
        async with asyncio.timeout(5.0):
            # A second of it warms the peer up, too.
            await peer.client.press(address, peer.request_of(address, 1), 1, 1.0)
    except (OSError, StopIteration, TimeoutError, RuntimeError):
        return False
    return True


def press(name: str, peer: Peer, address: str, expected: np.ndarray, path: Path) -> None:
    """As measure.py does it with our doors."""
    rows = len(expected)
    request = peer.request_of(address, rows)
    best, cpu = load.Load(1.0), float("inf")
    for _ in range(ROUNDS):
        spent = peer_process.processor_seconds(path)
        seen, first = run(peer.client.press(address, request, CONNECTIONS, SECONDS))
        spent = peer_process.processor_seconds(path) - spent
        np.testing.assert_allclose(peer.read_answer(first), expected, rtol=1e-4, atol=1e-5)
        best = max(best, seen, key=lambda one: one.per_second)
        cpu = min(cpu, 1e6 * spent / seen.answers)
    say(name, rows, best.per_second, 1000 * best.quantile(0.5), 1000 * best.quantile(0.99), cpu)


def http_bytes(path: str) -> Callable[[str, int], bytes]:
    """The tensor alone."""
    more = {"Content-Type": "application/octet-stream"}
    return lambda address, rows: load.http_request(address, path, model.observations(rows).tobytes(), more)


def http_base64(address: str, rows: int) -> bytes:
    data = base64.b64encode(model.observations(rows).tobytes()).decode()
    body = json.dumps({"data": data}).encode()
    return load.http_request(address, "/infer", body, {"Content-Type": "application/json"})


def read_body(data: bytes) -> np.ndarray:
    return np.frombuffer(data.partition(b"\r\n\r\n")[2], np.float32).reshape(-1, 8)


def grpc_bytes(_address: str, rows: int) -> bytes:
    """A ModelInferRequest with one element of the type BYTES, which has its length before it."""
    from evolve.serving.doors.grpc.messages import message_class

    data = model.observations(rows).tobytes()
    request = message_class("inference.ModelInferRequest")(
        model_name="mlp", raw_input_contents=[len(data).to_bytes(4, "little") + data]
    )
    request.inputs.add(name="observations", datatype="BYTES", shape=[1])
    return request.SerializeToString()


def read_grpc(data: bytes) -> np.ndarray:
    """A ModelInferResponse as it is: MLServer's stream has nothing around it, as Triton's has."""
    from evolve.serving.doors.grpc.messages import message_class

    answer = message_class("inference.ModelInferResponse").FromString(data)
    return np.frombuffer(answer.raw_output_contents[0][4:], np.float32).reshape(-1, 8)


_MOSEC = ("with_mosec.py", "--address", "127.0.0.1", "--log-level", "error", "--port")
_BENTOML = ("-m", "bentoml", "serve", "with_bentoml:Network", "--host", "127.0.0.1", "--port")
NAMED = {
    "Mosec": Peer(_MOSEC, load, http_bytes("/inference"), read_body),
    "LitServe": Peer(("with_litserve.py",), load, http_bytes("/predict"), read_body),
    "BentoML": Peer(_BENTOML, load, http_base64, read_body),
    "MLServer": Peer(("with_mlserver.py",), load_grpc, grpc_bytes, read_grpc),
}

if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
