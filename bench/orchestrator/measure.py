"""Times the orchestrator with trivial workers; prints one JSON object a line.

    measure.py FOLDER

The run and its folder are real, checkpoints included; only the scene is trivial, so that what is left is ours.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import numpy as np
import safetensors.numpy
from evolve import Evolution, Results, WorkBatch, complete_config, world_config
from evolve.arrays import open_frame
from evolve.protocol.messages import HelloMessage
from evolve.storage.run_folder import RunFolder
from evolve.training.run import Goal, Progress, RunUnderWay
from evolve.workers.farm import Farm
from evolve.workers.process import WorkerCommand
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from json_peers import batch_of, lists, peers_of_lists, peers_of_records

WORKER = Path(__file__).with_name("worker.py")
ROUND_TRIPS = 4_000
WARM_UP = 3


@dataclass
class Clock:
    """Notes when each generation was done, and how much memory there was."""

    times: list[float] = field(default_factory=list)
    kilobytes: list[int] = field(default_factory=list)

    def generation(self, progress: Progress) -> None:
        """A generation is done and on disk."""
        self.times.append(time.perf_counter())
        if progress.report["generation"] % 50 == 0:
            self.kilobytes.append(resident_kilobytes())

    def note(self, sentence: str) -> None:
        """Nobody reads it."""


def resident_kilobytes() -> int:
    """What this process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def train(
    folder: Path,
    size: int,
    generations: int,
    workers: int,
    capacity: int,
    *,
    grow: bool = True,
) -> Clock:
    """One run over the wire, as `evolve train` makes it; genomes that don't grow keep their first structure."""
    clock = Clock()
    run_folder = RunFolder.create("bench", 1, folder)
    config = json.loads(world_config("xor"))
    config["populations"][0]["size"] = size
    if not grow:
        config["mutation"] = {"add_node_rate": 0.0, "add_connection_rate": 0.0}
    runs: list[RunUnderWay] = []

    def begin(_hello: HelloMessage) -> RunUnderWay:
        evolution = Evolution(complete_config(json.dumps(config)), 1)
        runs.append(RunUnderWay(evolution, run_folder, Goal(generations), clock))
        return runs[0]

    def command(server: str, token: str) -> WorkerCommand:
        words = [sys.executable, str(WORKER), str(capacity)]
        return WorkerCommand(words, {"EVOLVE_SERVER": server, "EVOLVE_TOKEN": token})

    Farm(command, workers, run_folder.logs).work(begin, Results.from_bytes)
    runs[0].close()
    run_folder.close()
    return clock


def evaluations_per_second(folder: Path, workers: int) -> float:
    """Genomes scored a second in a population of 10,000, between generations that are on disk."""
    size, generations = 10_000, 15
    times = train(folder, size, generations, workers, 1_024).times
    lengths = [
        later - earlier
        for earlier, later in zip(times[WARM_UP:], times[WARM_UP + 1 :], strict=False)
    ]
    return size / median(lengths)


async def bare_round_trip() -> float:
    """Microseconds for a frame to a client and back, with nothing of ours in between."""
    config = json.loads(world_config("xor"))
    batch = Evolution(complete_config(json.dumps(config)), 1).ask(1)
    assert batch is not None
    frame, answer = batch.to_bytes(), batch.evaluate("xor").to_bytes()
    times: list[float] = []

    async def serve_frames(connection: ServerConnection) -> None:
        for _ in range(ROUND_TRIPS):
            started = time.perf_counter()
            await connection.send(frame)
            await connection.recv()
            times.append(time.perf_counter() - started)

    async with serve(serve_frames, "127.0.0.1", 0, compression=None) as server:
        port = server.sockets[0].getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}", compression=None) as client:
            async for _ in client:
                await client.send(answer)
    return median(times) * 1e6


async def round_trip() -> float:
    """Microseconds from results to the next genomes and back to results, one unit at a time."""
    from evolve.workers.crew import Crew
    from evolve.workers.member import Visit
    from evolve.workers.server import worker_server
    from evolve.workers.tokens import Tokens

    config = json.loads(world_config("xor"))
    config["populations"][0]["size"] = ROUND_TRIPS + 1
    work = Diskless(Evolution(complete_config(json.dumps(config)), 1))
    outcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    crew = Crew(lambda _hello: work, Results.from_bytes, outcome)
    tokens: Tokens[Visit] = Tokens()
    times: list[float] = []
    async with worker_server(tokens, crew.converse) as port:
        token = tokens.issue(Visit("bench"))
        async with connect(
            f"ws://127.0.0.1:{port}/worker",
            subprotocols=["evolve.v1"],
            additional_headers={"Authorization": f"Bearer {token}"},
            compression=None,
        ) as client:
            sys.path.insert(0, str(WORKER.parent))
            from worker import hello

            await client.send(hello(1))
            await client.recv()
            pull = json.dumps({"type": "pull", "units": 1})
            await client.send(pull)
            answer = (
                WorkBatch.from_bytes(await client.recv()).evaluate("xor").to_bytes()
            )
            for _ in range(ROUND_TRIPS - 1):
                started = time.perf_counter()
                await client.send(answer)
                await client.send(pull)
                frame = await client.recv()
                times.append(time.perf_counter() - started)
                answer = WorkBatch.from_bytes(frame).evaluate("xor").to_bytes()
    return median(times) * 1e6


class Diskless:
    """A run that keeps nothing: what is left is the way of a frame."""

    over = None

    def __init__(self, evolution: Evolution) -> None:
        self._evolution = evolution
        self.ask = evolution.ask
        self.ask_again = evolution.ask_again
        self.tell = evolution.tell
        self.release = evolution.release

    def waiting(self) -> int:
        """Units that nobody has."""
        return self._evolution.units_waiting

    def condemn(self, unit: int, reason: str) -> None:
        """Nobody dies here."""
        raise RuntimeError(f"unit {unit}: {reason}")

    def settle(self) -> None:
        """Nothing is kept."""


def slope(kilobytes: list[int]) -> float:
    """Kilobytes for each 1,000 generations, by least squares over the later half."""
    half = kilobytes[len(kilobytes) // 2 :]
    middle, mean = (len(half) - 1) / 2, sum(half) / len(half)
    above = sum((place - middle) * (value - mean) for place, value in enumerate(half))
    below = sum((place - middle) ** 2 for place in range(len(half)))
    return above / below * 1_000 / 50


def genomes_beside_json() -> None:
    """1,000 genomes as a frame, and the same content as JSON: arrays as lists, and a record for each gene."""
    batch = batch_of(1_000)
    frame = batch.to_bytes()
    written = milliseconds(batch.to_bytes)
    read = milliseconds(lambda: WorkBatch.from_bytes(frame))
    for how, peers in (
        ("arrays as lists", peers_of_lists(frame)),
        ("a record a gene", peers_of_records(frame)),
    ):
        name = f"1,000 genomes {{}}, JSON {how}"
        times = {peer: milliseconds(one.write) for peer, one in peers.items()}
        say(name.format("written"), "ms", written, peers=times)
        times = {peer: milliseconds(one.read) for peer, one in peers.items()}
        say(name.format("read"), "ms", read, peers=times)
        size = {"JSON": peers["msgspec"].size / 1_000}
        say(f"bytes of a genome, JSON {how}", "bytes", len(frame) / 1_000, peers=size)


def frame_to_numpy() -> None:
    """A frame of 4 MB to numpy arrays, and the same arrays from JSON."""
    frame = batch_of(7_000).to_bytes()
    types = {name: array.dtype for name, array in open_frame(frame).items()}
    text = msgspec.json.encode(lists(frame))

    def from_json(decode: Callable[[bytes], dict[str, list[Any]]]) -> dict[str, Any]:
        return {
            name: np.array(values, types[name]) for name, values in decode(text).items()
        }

    say(
        "4 MB to numpy",
        "ms",
        milliseconds(lambda: dict(open_frame(frame))),
        peers={
            "json": milliseconds(lambda: from_json(json.loads)),
            "msgspec": milliseconds(lambda: from_json(msgspec.json.decode)),
            "safetensors": milliseconds(lambda: safetensors.numpy.load(frame)),
        },
    )


def milliseconds(call: Callable[[], object]) -> float:
    """The median of 60 calls."""
    times = []
    for _ in range(60):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return median(times) * 1e3


def main(folder: Path) -> None:
    """Measure everything, in turn."""
    genomes_beside_json()
    frame_to_numpy()
    say(
        "round trip of one unit",
        "µs",
        asyncio.run(round_trip()),
        bare=asyncio.run(bare_round_trip()),
    )
    for workers in (1, 2):
        speed = evaluations_per_second(folder / f"evaluations-{workers}", workers)
        say(f"evaluations over the wire, {workers} workers", "evaluations/s", speed)
    for name, grow in (("grow", True), ("don't grow", False)):
        kilobytes = train(
            folder / f"memory-{grow}", 150, 1_000, 1, 150, grow=grow
        ).kilobytes
        say(
            f"memory over 1,000 generations, genomes that {name}",
            "kB",
            slope(kilobytes),
            bare=float(kilobytes[-1]),
        )


def say(name: str, unit: str, ours: float, **more: object) -> None:
    """One line for whoever started this."""
    print(json.dumps({"name": name, "unit": unit, "ours": ours, **more}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
