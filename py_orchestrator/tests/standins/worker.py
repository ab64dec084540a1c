"""A worker that is no Godot: speaks evolve.v1, scores XOR with the engine's own world or the doubles' way,
and misbehaves on request.

    worker.py [--version]

It ignores Godot's arguments, so that it can stand in for the engine itself. The environment says how:
STANDIN_ENGINE is `native` or `double`; STANDIN_FAULT what to do wrong; STANDIN_TIMES how often in all,
counted by files in STANDIN_MARKS, so that a restarted worker knows. STANDIN_POISON names units
(GENERATION:PLACE, with commas between) that kill whoever is handed them. STANDIN_SEEN is a folder that gets a
file for each frame, FRAME.UNITS.
"""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

CAPACITY = 16
DIGEST = "5" * 64


def misbehaves() -> bool:
    """Take one of the faults that are left."""
    for number in range(int(os.environ.get("STANDIN_TIMES", "1"))):
        try:
            (Path(os.environ["STANDIN_MARKS"]) / f"fault-{number}").touch(exist_ok=False)
        except FileExistsError:
            continue
        return True
    return False


def hello() -> dict[str, Any]:
    config: dict[str, Any] = {}
    if os.environ.get("STANDIN_ENGINE") == "native":
        from evolve import world_config

        config = json.loads(world_config("xor"))
    other = os.environ.get("STANDIN_FAULT") == "other-digest" and misbehaves()
    return {
        "type": "hello",
        "role": os.environ.get("EVOLVE_ROLE", "worker"),
        "scene": "res://xor.tscn",
        "scene_digest": "6" * 64 if other else DIGEST,
        "engine": "4.6.3.stable.standin",
        "library": "0.1.0",
        "capacity": CAPACITY,
        "config": config,
        "stop": json.loads(os.environ.get("STANDIN_STOP", '{"generations": 5, "fitness": null}')),
    }


def play(frame: bytes) -> tuple[bytes, int]:
    """Score a frame of units; returns the results frame and how many units it was."""
    if os.environ.get("STANDIN_ENGINE") == "native":
        from evolve import WorkBatch

        batch = WorkBatch.from_bytes(frame)
        return batch.evaluate("xor").to_bytes(), len(batch.units)
    from tests.doubles import FakeResults, fake_score

    units = json.loads(frame)
    return FakeResults({unit: fake_score(unit) for unit in units}).to_bytes(), len(units)


def poisoned(frame: bytes) -> bool:
    """Whether the frame has a unit that kills; each death leaves a mark."""
    from evolve import WorkBatch

    poison = {
        int(generation) << 32 | int(place)
        for generation, place in (unit.split(":") for unit in os.environ["STANDIN_POISON"].split(","))
    }
    if poison.isdisjoint(WorkBatch.from_bytes(frame).units):
        return False
    (Path(os.environ["STANDIN_MARKS"]) / f"poisoned-{os.getpid()}").touch()
    return True


def is_check(frame: bytes) -> bool:
    """Whether the frame is one unit that somebody else has played: those come alone, and want a trace."""
    import safetensors.numpy

    tensors = safetensors.numpy.load(frame)
    return tensors["unit.id"].size == 1 and "unit.traced" in tensors


async def misbehave(  # noqa: PLR0912 - one case a fault
    connection: ClientConnection, fault: str, results: bytes
) -> None:
    match fault:
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "leave":
            await connection.close()
        case "hang":
            time.sleep(3600)
        case "forget":
            await asyncio.sleep(3600)
        case "slow":
            await asyncio.sleep(2.0)
        case "memory":
            import resource

            resource.setrlimit(resource.RLIMIT_AS, (2**28, 2**28))
            bytearray(2**30)
        case "twice":
            await connection.send(results)
        case "garbage-frame":
            await connection.send(b"\x00garbage\xff" * 40)
        case "garbage-text":
            await connection.send("{garbage")
        case "unasked":
            await connection.send(json.dumps({str(1 << 50): 1.0}).encode())
        case "greedy":
            for _ in range(3):
                await connection.send('{"type":"pull","units":4096}')
        case "mid-frame":
            # Half a WebSocket message: a first fragment of a binary message, and then the end.
            connection.transport.write(b"\x02\xfe\x10\x00\x01\x02\x03\x04half")
            await asyncio.sleep(0.05)
            os.kill(os.getpid(), signal.SIGKILL)
        case "error":
            await connection.send('{"type":"error","reason":"the agent has no function evolve_think"}')


async def work(connection: ClientConnection) -> None:
    await connection.send(json.dumps(hello()))
    message = json.loads(await connection.recv())
    if message["type"] != "welcome":
        print(message["reason"], flush=True)
        return
    await connection.send(json.dumps({"type": "pull", "units": CAPACITY}))
    await connection.send(json.dumps({"type": "pull", "units": CAPACITY}))
    fault = os.environ.get("STANDIN_FAULT", "")
    async for received in connection:
        if isinstance(received, str):
            return
        if os.environ.get("STANDIN_POISON") and poisoned(received):
            os.kill(os.getpid(), signal.SIGKILL)
        results, units = play(received)
        if seen := os.environ.get("STANDIN_SEEN"):
            (Path(seen) / f"frame-{time.monotonic_ns()}.{units}").touch()
        if fault == "die-in-check" and is_check(received) and misbehaves():
            os.kill(os.getpid(), signal.SIGKILL)
        elif fault not in ("", "die-in-check") and misbehaves():
            await misbehave(connection, fault, results)
        await asyncio.sleep(float(os.environ.get("STANDIN_DELAY", "0")))
        await connection.send(results)
        await connection.send(json.dumps({"type": "pull", "units": units}))


async def main() -> None:
    if os.environ.get("STANDIN_FAULT") == "no-display":
        print("ERROR: X11 Display is not available", flush=True)
        sys.exit(1)
    from evolve.workers.trust import trust_for

    server = os.environ["EVOLVE_SERVER"]
    headers = {"Authorization": f"Bearer {os.environ['EVOLVE_TOKEN']}"}
    async with connect(
        server,
        ssl=trust_for(server),
        subprotocols=["evolve.v1"],  # type: ignore[list-item]
        additional_headers=headers,
        compression=None,
        max_size=2**26,
        ping_interval=None,
    ) as connection:
        try:
            await work(connection)
        except ConnectionClosed as closed:
            print(f"closed: {closed}", flush=True)


if __name__ == "__main__":
    if "--version" in sys.argv:
        print(os.environ.get("STANDIN_VERSION", "4.6.3.stable.standin"))
    elif os.environ.get("STANDIN_FAULT") == "crash":
        print("ERROR: the driver is missing", flush=True)
        sys.exit(3)
    elif os.environ.get("STANDIN_FAULT") == "never-connect":
        time.sleep(3600)
    else:
        asyncio.run(main())
