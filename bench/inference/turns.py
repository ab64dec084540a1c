"""What a request costs the HTTP door in processor time, on a machine that others use too.

    turns.py [TURNS]

Service and callers share this process. Sixteen requests are sent, then the event loop turns until they are
answered, and only that is timed, by the clock of the thread. The quickest of many turns is what nobody has
disturbed. Prints a JSON object a line.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from evolve.serving.doors import DoorSettings
from evolve.serving.doors.http.door import http_door
from evolve.serving.server import new_event_loop
from evolve.serving.service import Service
from evolve.serving.settings import ServiceSettings

import load
import model

CONNECTIONS = 16
REQUESTS = {"HTTP JSON": load.http_json, "HTTP binary": load.http_binary}
LARGEST_ANSWER = 1 << 17


async def main(turns: int) -> None:
    service = Service(ServiceSettings())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mlp.onnx"
        model.write(path)
        service.models.put(service.read("mlp", "1", path.read_bytes()))
    async with http_door(service, DoorSettings()) as addresses:
        service.open()
        address = addresses["http"]
        for name, request_of in REQUESTS.items():
            for rows in (1, 64):
                taken = await time_turns(service, address, request_of(address, rows), turns)
                best, median = np.quantile(taken, (0.0, 0.5)) / 1000 / CONNECTIONS
                print(json.dumps({"door": name, "rows": rows, "best_us": best, "median_us": median}))


async def time_turns(service: Service, address: str, request: bytes, turns: int) -> list[int]:
    """Nanoseconds for each."""
    where = urlsplit(address)
    callers = [socket.create_connection((where.hostname, where.port)) for _ in range(CONNECTIONS)]
    await asyncio.sleep(0.1)
    statistics = service.models.find("mlp").statistics
    taken = []
    for _ in range(turns):
        for caller in callers:
            caller.sendall(request)
        wanted = statistics.requests + CONNECTIONS
        started = time.thread_time_ns()
        while statistics.requests < wanted:
            await asyncio.sleep(0)
        await asyncio.sleep(0)  # the answers leave at the end of the turn
        taken.append(time.thread_time_ns() - started)
        for caller in callers:
            caller.recv(LARGEST_ANSWER)
    for caller in callers:
        caller.close()
    return taken


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000))
