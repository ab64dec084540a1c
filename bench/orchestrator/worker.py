"""A worker as quick as Python can be one: scores XOR with the engine's own world, does nothing else.

    worker.py CAPACITY

Address and token come from the environment, as Godot's workers have them.
"""

import asyncio
import json
import os
import sys

from evolve import WorkBatch, world_config
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed


def hello(capacity: int) -> str:
    """What the orchestrator wants to know first."""
    return json.dumps(
        {
            "type": "hello",
            "scene": "res://bench.tscn",
            "scene_digest": "0" * 64,
            "engine": "bench",
            "library": "bench",
            "capacity": capacity,
            "config": json.loads(world_config("xor")),
            "stop": {"generations": 1, "fitness": None},
        }
    )


async def main(capacity: int) -> None:
    """Work until the connection ends."""
    async with connect(
        os.environ["EVOLVE_SERVER"],
        subprotocols=["evolve.v1"],
        additional_headers={"Authorization": f"Bearer {os.environ['EVOLVE_TOKEN']}"},
        compression=None,
        max_size=2**26,
        ping_interval=None,
    ) as connection:
        await connection.send(hello(capacity))
        await connection.recv()
        for _ in range(2):
            await connection.send(json.dumps({"type": "pull", "units": capacity}))
        try:
            async for frame in connection:
                if isinstance(frame, str):
                    return
                batch = WorkBatch.from_bytes(frame)
                await connection.send(batch.evaluate("xor").to_bytes())
                await connection.send(
                    json.dumps({"type": "pull", "units": len(batch.units)})
                )
        except ConnectionClosed:
            return


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
