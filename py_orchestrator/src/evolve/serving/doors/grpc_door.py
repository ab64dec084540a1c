"""The gRPC door: the Open Inference Protocol, NeuralService, health and reflection on one port."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2

from evolve.errors import EvolveUserError
from evolve.serving.doors import Addresses, DoorSettings
from evolve.serving.doors.grpc_control import Control
from evolve.serving.doors.grpc_health import Health
from evolve.serving.doors.grpc_inference import Inference
from evolve.serving.doors.grpc_messages import INFERENCE, NEURAL, POOL, Message, message_class, methods
from evolve.serving.doors.grpc_neural import Neural
from evolve.serving.doors.grpc_status import Context, Entry, fail, parse, refuse
from evolve.serving.doors.grpc_stream import Stream, Take
from evolve.serving.errors import ServingError
from evolve.serving.service import Service
from evolve.serving.tensors import MAXIMUM_BYTES
from evolve.workers.entrance import bracketed

# Room for names and shapes beside the largest tensors.
_MAXIMUM_MESSAGE: Final = MAXIMUM_BYTES + 64 * 1024
_GRACE_SECONDS: Final = 2.0

_OPTIONS: Final = (
    ("grpc.max_receive_message_length", _MAXIMUM_MESSAGE),
    ("grpc.max_send_message_length", _MAXIMUM_MESSAGE),
    ("grpc.max_concurrent_streams", 1_000),
    ("grpc.max_metadata_size", 16 * 1024),
    # Nothing compressed is unpacked: a few bytes could become gigabytes.
    ("grpc.per_message_decompression", 0),
    # Fewer and larger reads, and no pings that measure the line: a third more messages a second, measured.
    ("grpc.optimization_target", "throughput"),
    ("grpc.http2.bdp_probe", 0),
    ("grpc.http2.lookahead_bytes", 1 << 20),
    ("grpc.experimental.tcp_read_chunk_size", 1 << 16),
    ("grpc.experimental.tcp_min_read_chunk_size", 1 << 16),
    # A port that somebody has is an error, not shared.
    ("grpc.so_reuseport", 0),
    # A dead connection is found within a minute and a half; whoever pings all the time is hung up on.
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    ("grpc.http2.max_ping_strikes", 2),
)

# What probes ask; everything else asks the guard.
_OPEN: Final = frozenset(("ServerLive", "ServerReady", "ModelReady"))
_ADMINISTRATION: Final = frozenset(("RepositoryIndex", "RepositoryModelLoad", "RepositoryModelUnload"))

Work = Callable[[bytes], Awaitable[bytes]]


@asynccontextmanager
async def grpc_door(service: Service, settings: DoorSettings) -> AsyncIterator[Addresses]:
    """Take gRPC callers at an entrance."""
    streams: set[Stream] = set()
    server = grpc.aio.server(options=_OPTIONS)
    handlers = _Handlers(service, settings, streams)
    server.add_generic_rpc_handlers((handlers.inference(), handlers.neural()))
    health_pb2_grpc.add_HealthServicer_to_server(Health(service), server)
    _reflect(server)
    port = _listen(server, settings)
    await server.start()
    try:
        yield {"grpc": f"{bracketed(settings.entrance.name)}:{port}"}
    finally:
        for stream in list(streams):
            stream.end()
        await server.stop(_GRACE_SECONDS)


def _listen(server: Any, settings: DoorSettings) -> int:  # noqa: ANN401 - grpc has no types
    entrance = settings.entrance
    address = f"{bracketed(entrance.address)}:{entrance.port}"
    try:
        if settings.certificate is None:
            port = server.add_insecure_port(address)
        else:
            files = settings.certificate
            pair = (files.key.read_bytes(), files.path.read_bytes())
            port = server.add_secure_port(address, grpc.ssl_server_credentials([pair]))
    except RuntimeError as error:
        raise EvolveUserError(
            f"gRPC cannot listen at {address}: another program has it, or the address is not this machine's; "
            f"{entrance.way_to_a_free_port} for a free one"
        ) from error
    return int(port)


def _reflect(server: Any) -> None:  # noqa: ANN401 - grpc has no types
    for file in (health_pb2.DESCRIPTOR, reflection_pb2.DESCRIPTOR):
        POOL.AddSerializedFile(file.serialized_pb)
    names = [INFERENCE, NEURAL, health_pb2.DESCRIPTOR.services_by_name["Health"].full_name]
    reflection.enable_server_reflection((*names, reflection.SERVICE_NAME), server, POOL)


class _Handlers:
    """Ties each method to what does it; asks the guard first, and turns errors into statuses."""

    def __init__(self, service: Service, settings: DoorSettings, streams: set[Stream]) -> None:
        self._service = service
        self._guard = settings.guard
        self._streams = streams

    def inference(self) -> Any:  # noqa: ANN401 - grpc has no types
        control, inference = Control(self._service), Inference(self._service)
        works = {
            "ServerLive": control.server_live,
            "ServerReady": control.server_ready,
            "ModelReady": control.model_ready,
            "ServerMetadata": control.server_metadata,
            "ModelMetadata": control.model_metadata,
            "ModelConfig": control.model_config,
            "ModelStatistics": control.model_statistics,
            "ModelInfer": inference.infer,
            "RepositoryIndex": control.repository_index,
            "RepositoryModelLoad": control.repository_load,
            "RepositoryModelUnload": control.repository_unload,
        }
        handlers = {"ModelStreamInfer": self._stream(inference.stream)}
        for method in methods(INFERENCE):
            if method.name in works:
                work = _on_bytes(method.input_type.full_name, works[method.name])
                handlers[method.name] = self._unary(method.name, work)
        return grpc.method_handlers_generic_handler(INFERENCE, handlers)

    def neural(self) -> Any:  # noqa: ANN401 - grpc has no types
        neural = Neural(self._service)
        handlers = {"Infer": self._unary("Infer", neural.infer), "Stream": self._stream(neural.stream)}
        return grpc.method_handlers_generic_handler(NEURAL, handlers)

    def _unary(self, name: str, work: Work) -> Any:  # noqa: ANN401 - grpc has no types
        guard = None if name in _OPEN else self._guard
        scope = "admin" if name in _ADMINISTRATION else "infer"

        async def handle(data: bytes, context: Context) -> bytes:
            try:
                Entry(context, guard, scope).admit()
                return await work(data)
            except ServingError as error:
                await refuse(context, error)
            except Exception as error:
                await fail(context, error)
            return b""

        return grpc.unary_unary_rpc_method_handler(handle)

    def _stream(self, take: Callable[[Entry], Take]) -> Any:  # noqa: ANN401 - grpc has no types
        async def handle(_questions: object, context: Context) -> None:
            try:
                stream = Stream(context, take(Entry(context, self._guard, "infer")))
                self._streams.add(stream)
                try:
                    await stream.run()
                finally:
                    self._streams.discard(stream)
            except ServingError as error:
                await refuse(context, error)
            except grpc.aio.AbortError:
                raise
            except Exception as error:
                await fail(context, error)

        return grpc.stream_stream_rpc_method_handler(handle)


def _on_bytes(name: str, work: Callable[[Message], Awaitable[Message]]) -> Work:
    request_class = message_class(name)

    async def on_bytes(data: bytes) -> bytes:
        response = await work(parse(request_class, data))
        written: bytes = response.SerializeToString()
        return written

    return on_bytes
