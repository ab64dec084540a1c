"""Each door of `evolve serve` beside `session.run` alone: the server on one core, the client on another.

    measure.py FOLDER

Prints a JSON object a line: the door, the rows of a request, requests a second, quantiles of the time to
the answer in milliseconds, and the server's processor time for a request, which others on the machine change
least. A door is a line of DOORS or WEBSOCKET.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

import load
import load_grpc
import model
import websocket_load

SIZES = (1, 4, 8, 16, 64, 256)
CONNECTIONS = 16
ROUNDS = 3
SECONDS = 0.7

Answered = tuple[Any, ...]

# Where a door is, what presses it, and what a request of it is.
DOORS = {
    "HTTP JSON": ("http", load, load.http_json),
    "HTTP binary": ("http", load, load.http_binary),
    "gRPC stream": ("grpc", load_grpc, load_grpc.grpc_request),
    "gRPC unary": ("grpc", load_grpc.unary, load_grpc.grpc_request),
}
# Connections, requests under way in each, and whether those of a moment share a message.
WEBSOCKET = {
    "WebSocket": (CONNECTIONS, 1, True),
    "WebSocket, 64 in flight": (1, 64, True),
    "WebSocket, 64 in flight, a message each": (1, 64, False),
}


def main(folder: Path) -> None:
    path = folder / "mlp.onnx"
    model.write(path)
    cores = sorted(os.sched_getaffinity(0))
    server_core, client_core = cores[0], cores[-1]
    raw = model.session(path)
    on(server_core)
    for rows in SIZES:
        rate, cpu = bare(raw, rows)
        say("session.run", rows, rate, 1000 / rate, 1000 / rate, cpu)
    with serving(path, server_core) as (server, addresses):
        on(client_core)
        for name, (kind, client, request_of) in DOORS.items():
            for rows in SIZES:
                request = request_of(addresses[kind], rows)
                press(name, client, server, addresses[kind], request, rows, raw)
        for name, way in WEBSOCKET.items():
            for rows in SIZES:
                press_websocket(name, server, addresses["websocket"], rows, way, raw)


def on(core: int) -> None:
    os.sched_setaffinity(0, {core})


def bare(raw: object, rows: int) -> tuple[float, float]:
    """Calls a second of the session alone, and their processor time; the best of the rounds, as below."""
    feeds = {"observations": model.observations(rows)}
    best, cpu = 0.0, float("inf")
    for _ in range(ROUNDS):
        calls, started, spent = 0, time.perf_counter(), time.process_time()
        while time.perf_counter() - started < SECONDS:
            for _ in range(100):
                raw.run(["actions"], feeds)
            calls += 100
        best = max(best, calls / (time.perf_counter() - started))
        cpu = min(cpu, 1e6 * (time.process_time() - spent) / calls)
    return best, cpu


@contextmanager
def serving(path: Path, core: int) -> Iterator[tuple[int, dict[str, str]]]:
    """The service in a process of its own, on its core."""
    words = [sys.executable, "-m", "evolve", "serve", f"mlp={path}", "--json"]
    words += ["--port", "0", "--grpc-port", "0", "--websocket-port", "0"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    os.sched_setaffinity(process.pid, {core})
    try:
        yield process.pid, json.loads(process.stdout.readline())["addresses"]
    finally:
        process.terminate()
        process.wait(30)


def press(  # noqa: PLR0917
    name: str, client: ModuleType, server: int, address: str, request: bytes, rows: int, raw: object
) -> None:
    """The best round in throughput, with its latencies: others on the machine only make it worse."""
    best, cpu = load.Load(1.0), float("inf")
    (expected,) = raw.run(["actions"], {"observations": model.observations(rows)})
    for _ in range(ROUNDS):
        spent = processor_seconds(server)
        seen, first = run(client.press(address, request, CONNECTIONS, SECONDS))
        spent = processor_seconds(server) - spent
        np.testing.assert_allclose(client.read_answer(first), expected, rtol=1e-4, atol=1e-5)
        best = max(best, seen, key=lambda one: one.per_second)
        cpu = min(cpu, 1e6 * spent / seen.answers)
    say(name, rows, best.per_second, 1000 * best.quantile(0.5), 1000 * best.quantile(0.99), cpu)


def press_websocket(  # noqa: PLR0917
    name: str, server: int, address: str, rows: int, way: tuple[int, int, bool], raw: object
) -> None:
    """As `press` does."""
    best, cpu = (0.0, [], b""), float("inf")
    (expected,) = raw.run(["actions"], {"observations": model.observations(rows)})
    for _ in range(ROUNDS):
        spent = processor_seconds(server)
        seen = run(websocket_load.press(address, rows, *way, SECONDS))
        spent = processor_seconds(server) - spent
        answer = np.frombuffer(seen[2], "<f4").reshape(expected.shape)
        np.testing.assert_allclose(answer, expected, rtol=1e-4, atol=1e-5)
        best = max(best, seen, key=lambda one: one[0])
        cpu = min(cpu, 1e6 * spent / max(1, len(seen[1])))
    p50, p99 = np.quantile(best[1], (0.5, 0.99)) * 1000
    say(name, rows, best[0], float(p50), float(p99), cpu)


def processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(work: Coroutine[Any, Any, Answered]) -> Answered:
    """On the quicker loop where it is installed: the client must not be what is measured."""
    try:
        from uvloop import new_event_loop
    except ModuleNotFoundError:
        new_event_loop = asyncio.new_event_loop
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(work)


def say(door: str, rows: int, per_second: float, p50: float, p99: float, cpu: float) -> None:  # noqa: PLR0917
    entry = {"door": door, "rows": rows, "per_second": per_second, "p50_ms": p50, "p99_ms": p99}
    print(json.dumps(entry | {"cpu_us": cpu}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
