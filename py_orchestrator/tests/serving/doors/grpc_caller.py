"""A caller of the gRPC door: knows it by its descriptors only, as foreign clients do."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import numpy as np

from evolve.serving.doors import DoorSettings
from evolve.serving.doors.grpc.door import grpc_door
from evolve.serving.doors.grpc.messages import INFERENCE, NEURAL, Message, message_class
from evolve.serving.folder import Folder
from evolve.serving.service import Service
from evolve.serving.settings import ServiceSettings


class Caller:
    def __init__(self, channel: Message, service: Service) -> None:
        self.channel = channel
        self.service = service

    async def bytes(self, method: str, data: bytes, **options: Message) -> bytes:
        """A call of `Service/Method` with bytes of our own."""
        answer: bytes = await self.channel.unary_unary(f"/{method}")(data, timeout=20, **options)
        return answer

    async def ask(self, method: str, response: str, *, key: str | None = None, **fields: Message) -> Message:
        """A call of the Open Inference Protocol."""
        request = message_class(f"inference.{method}Request")(**fields)
        metadata = () if key is None else (("authorization", f"Bearer {key}"),)
        data = await self.bytes(f"{INFERENCE}/{method}", request.SerializeToString(), metadata=metadata)
        return message_class(f"inference.{response}").FromString(data)

    def stream(self, method: str = f"{NEURAL}/Stream", **options: Message) -> Message:
        return self.channel.stream_stream(f"/{method}")(timeout=20, **options)


def infer_request(array: np.ndarray[Any, Any], **fields: Message) -> Message:
    """A request with raw contents for `observations`."""
    request = message_class("inference.ModelInferRequest")(
        **{"model_name": "model", "raw_input_contents": [array.tobytes()], **fields}
    )
    request.inputs.add(name="observations", datatype="FP32", shape=array.shape)
    return request


def neural(inputs: list[float], rows: int = 0, **fields: Message) -> bytes:
    request = message_class("evolve.v1.NeuralRequest")(inputs=inputs, rows=rows, **fields)
    data: bytes = request.SerializeToString()
    return data


def reply(data: bytes) -> Message:
    return message_class("evolve.v1.NeuralReply").FromString(data)


@asynccontextmanager
async def served(
    models: dict[str, bytes],
    folder: Path | None = None,
    settings: DoorSettings | None = None,
    scheduler: ServiceSettings | None = None,
    authority: Path | None = None,
) -> AsyncIterator[Caller]:
    service = Service(scheduler or ServiceSettings(), None if folder is None else Folder(folder))
    for name, data in models.items():
        service.models.put(service.read(name, "1", data))
    async with grpc_door(service, settings or DoorSettings()) as addresses:
        service.open()
        if authority is None:
            channel = grpc.aio.insecure_channel(addresses["grpc"])
        else:
            credentials = grpc.ssl_channel_credentials(authority.read_bytes())
            channel = grpc.aio.secure_channel(addresses["grpc"], credentials)
        async with channel:
            yield Caller(channel, service)


Play = Callable[[Caller], Coroutine[Any, Any, None]]
