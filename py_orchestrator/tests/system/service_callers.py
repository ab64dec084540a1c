"""Many callers in one process that is there to be killed: each asks without an end.

service_callers.py DOOR ADDRESS COUNT

Says "going" once each has had an answer.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable

import numpy as np

ROWS = np.ones((5, 3), np.float32)
# So that others get a word in on a small machine.
REST = 0.05
Going = Callable[[], None]


async def http(address: str, going: Going) -> None:
    host, _, port = address.removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    body = json.dumps({"inputs": ROWS.tolist()}).encode()
    head = f"POST /infer HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    writer.write(request)
    await reader.readuntil(b"\r\n\r\n")
    going()
    while True:
        # More than is read: some of it is under way whenever the end comes.
        writer.write(request * 2)
        await writer.drain()
        await reader.read(2_000)
        await asyncio.sleep(REST)


async def grpc(address: str, going: Going) -> None:
    import grpc as library
    from tests.serving.doors.grpc_caller import infer_request

    # A connection of its own, not one that all channels of a process share.
    options = [("grpc.use_local_subchannel_pool", 1)]
    request = infer_request(ROWS, model_name="double").SerializeToString()
    async with library.aio.insecure_channel(address, options) as channel:
        stream = channel.stream_stream("/inference.GRPCInferenceService/ModelStreamInfer")()
        await stream.write(request)
        await stream.read()
        going()
        while True:
            await stream.write(request)
            await stream.write(request)
            await stream.read()
            await asyncio.sleep(REST)


async def websocket(address: str, going: Going) -> None:
    from evolve.client import AsyncClient

    async with AsyncClient(address) as client:
        await client.infer("double", {"observations": ROWS})
        going()
        while True:
            await asyncio.gather(*(client.infer("double", {"observations": ROWS}) for _ in range(8)))
            await asyncio.sleep(REST)


DOORS: dict[str, Callable[[str, Going], Awaitable[None]]] = {
    "http": http,
    "grpc": grpc,
    "websocket": websocket,
}


async def main(door: str, address: str, count: str) -> None:
    left = int(count)

    def going() -> None:
        nonlocal left
        left -= 1
        if not left:
            sys.stdout.write("going\n")
            sys.stdout.flush()

    await asyncio.gather(*(DOORS[door](address, going) for _ in range(int(count))))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
