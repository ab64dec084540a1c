"""Each door of `evolve serve` beside `session.run` alone: the server on one core, the client on another.

    measure.py FOLDER

Prints a JSON object a line: the door, the rows of a request, requests a second, and quantiles of the time to the
answer in milliseconds. A door is a line of DOORS.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import load
import model
import numpy as np

SIZES = (1, 4, 8, 16, 64, 256)
CONNECTIONS = 16
ROUNDS = 3
SECONDS = 0.7

DOORS = {
    "HTTP JSON": ("http", load.http_json),
    "HTTP binary": ("http", load.http_binary),
}


def main(folder: Path) -> None:
    path = folder / "mlp.onnx"
    model.write(path)
    cores = sorted(os.sched_getaffinity(0))
    server_core, client_core = cores[0], cores[-1]
    raw = model.session(path)
    on(server_core)
    rates = {rows: bare(raw, rows) for rows in SIZES}
    for rows, rate in rates.items():
        say("session.run", rows, rate, 1000 / rate, 1000 / rate)
    with serving(path, server_core) as addresses:
        on(client_core)
        for name, (kind, request_of) in DOORS.items():
            for rows in SIZES:
                press(name, addresses[kind], request_of(addresses[kind], rows), rows, raw)


def on(core: int) -> None:
    os.sched_setaffinity(0, {core})


def bare(raw: object, rows: int) -> float:
    """Calls a second of the session alone; the best of the rounds, as below."""
    feeds = {"observations": model.observations(rows)}
    best = 0.0
    for _ in range(ROUNDS):
        calls, started = 0, time.perf_counter()
        while time.perf_counter() - started < SECONDS:
            for _ in range(100):
                raw.run(["actions"], feeds)
            calls += 100
        best = max(best, calls / (time.perf_counter() - started))
    return best


@contextmanager
def serving(path: Path, core: int) -> Iterator[dict[str, str]]:
    """The service in a process of its own, on its core."""
    words = [sys.executable, "-m", "evolve", "serve", f"mlp={path}", "--port", "0", "--json"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    os.sched_setaffinity(process.pid, {core})
    try:
        yield json.loads(process.stdout.readline())["addresses"]
    finally:
        process.terminate()
        process.wait(30)


def press(name: str, address: str, request: bytes, rows: int, raw: object) -> None:
    """The best round in throughput, with its latencies: others on the machine only make it worse."""
    rounds = [run(load.press(address, request, CONNECTIONS, SECONDS)) for _ in range(ROUNDS)]
    (expected,) = raw.run(["actions"], {"observations": model.observations(rows)})
    np.testing.assert_allclose(load.read_answer(rounds[0][1]), expected, rtol=1e-4, atol=1e-5)
    best = max((seen for seen, _ in rounds), key=lambda seen: seen.per_second)
    say(name, rows, best.per_second, 1000 * best.quantile(0.5), 1000 * best.quantile(0.99))


def run(work):
    """On the quicker loop where it is installed: the client must not be what is measured."""
    try:
        from uvloop import new_event_loop
    except ModuleNotFoundError:
        new_event_loop = asyncio.new_event_loop
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(work)


def say(door: str, rows: int, per_second: float, p50: float, p99: float) -> None:
    entry = {"door": door, "rows": rows, "per_second": per_second, "p50_ms": p50, "p99_ms": p99}
    print(json.dumps(entry), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
