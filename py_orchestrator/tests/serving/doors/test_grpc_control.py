"""The gRPC door beside inference: who is let in, what is told, how models come and go, and how it ends."""

import asyncio
from importlib.resources import files
from pathlib import Path

import grpc
import pytest
from google.protobuf import descriptor_pb2  # type: ignore[import-untyped]
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_tools import protoc  # type: ignore[import-untyped]
from tests.certificates import make_pair, needs_openssl
from tests.serving.doors.grpc_caller import Caller, neural, reply, served
from tests.serving.models import linear

from evolve.errors import EvolveUserError
from evolve.serving.doors import DoorSettings
from evolve.serving.doors.grpc.door import grpc_door
from evolve.serving.doors.grpc.messages import INFERENCE, NEURAL
from evolve.serving.security.guard import Guard, Rate
from evolve.serving.security.keys import KeyRing, Scope, new_key
from evolve.workers.certificate import load_certificate
from evolve.workers.entrance import Entrance


class Ring:
    def __init__(self, *scopes: Scope) -> None:
        self.secret, self.key = new_key("robot", scopes)

    def ring(self) -> KeyRing:
        return KeyRing({"robot": self.key})


async def code(caller: Caller, method: str, response: str, key: str | None = None) -> str:
    try:
        await caller.ask(method, response, key=key)
    except grpc.aio.AioRpcError as error:
        return str(error.code().name)
    return "OK"


async def test_metadata_configuration_and_statistics_are_told_as_the_protocol_has_them() -> None:
    async with served({"model": linear()}) as caller:
        await caller.bytes(f"{NEURAL}/Infer", neural([1.0] * 6, rows=2))
        server = await caller.ask("ServerMetadata", "ServerMetadataResponse")
        assert server.name == "evolve"
        metadata = await caller.ask("ModelMetadata", "ModelMetadataResponse", name="model")
        assert (metadata.platform, list(metadata.versions)) == ("onnxruntime_onnx", ["1"])
        assert [(one.name, one.datatype, list(one.shape)) for one in metadata.inputs] == [
            ("observations", "FP32", [-1, 3])
        ]
        config = (await caller.ask("ModelConfig", "ModelConfigResponse", name="model")).config
        assert (config.max_batch_size, list(config.input[0].dims)) == (4096, [3])
        statistics = await caller.ask("ModelStatistics", "ModelStatisticsResponse")
        (one,) = statistics.model_stats
        assert (one.inference_count, one.execution_count, one.inference_stats.success.count) == (2, 1, 1)
        assert one.inference_stats.compute_infer.ns > 0


async def test_readiness_is_the_services_own() -> None:
    async with served({"model": linear()}) as caller:
        assert (await caller.ask("ServerLive", "ServerLiveResponse")).live
        assert (await caller.ask("ServerReady", "ServerReadyResponse")).ready
        assert (await caller.ask("ModelReady", "ModelReadyResponse", name="model")).ready
        assert not (await caller.ask("ModelReady", "ModelReadyResponse", name="none")).ready
        health = health_pb2_grpc.HealthStub(caller.channel)
        for name in ("", INFERENCE, NEURAL):
            answer = await health.Check(health_pb2.HealthCheckRequest(service=name))
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
        with pytest.raises(grpc.aio.AioRpcError, match="there is no service 'x'"):
            await health.Check(health_pb2.HealthCheckRequest(service="x"))
        watch = health.Watch(health_pb2.HealthCheckRequest())
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
        assert await caller.service.end(1.0)
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
        assert not (await caller.ask("ServerReady", "ServerReadyResponse")).ready


async def test_models_come_from_the_repository_and_go(tmp_path: Path) -> None:
    (tmp_path / "brain.onnx").write_bytes(linear())
    async with served({}, folder=tmp_path) as caller:
        index = await caller.ask("RepositoryIndex", "RepositoryIndexResponse")
        assert [(one.name, one.state) for one in index.models] == [("brain", "UNAVAILABLE")]
        await caller.ask("RepositoryModelLoad", "RepositoryModelLoadResponse", model_name="brain")
        index = await caller.ask("RepositoryIndex", "RepositoryIndexResponse")
        assert [(one.name, one.version, one.state) for one in index.models] == [("brain", "1", "READY")]
        assert list(reply(await caller.bytes(f"{NEURAL}/Infer", neural([1.0] * 3))).outputs) == [2.0] * 3
        await caller.ask("RepositoryModelUnload", "RepositoryModelUnloadResponse", model_name="brain")
        assert not (await caller.ask("RepositoryIndex", "RepositoryIndexResponse", ready=True)).models
        for name in ("none", "../brain", ""):
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await caller.ask("RepositoryModelLoad", "RepositoryModelLoadResponse", model_name=name)
            assert refused.value.code().name in ("NOT_FOUND", "INVALID_ARGUMENT")


async def test_reflection_knows_every_service_and_its_files() -> None:
    async with served({"model": linear()}) as caller:
        call = reflection_pb2_grpc.ServerReflectionStub(caller.channel).ServerReflectionInfo()
        await call.write(reflection_pb2.ServerReflectionRequest(list_services=""))
        names = {one.name for one in (await call.read()).list_services_response.service}
        assert {INFERENCE, NEURAL, "grpc.health.v1.Health"} <= names
        for name in names:
            await call.write(reflection_pb2.ServerReflectionRequest(file_containing_symbol=name))
            data = (await call.read()).file_descriptor_response.file_descriptor_proto
            found = descriptor_pb2.FileDescriptorProto.FromString(data[0])
            assert name in {f"{found.package}.{one.name}" for one in found.service}
        await call.done_writing()


def test_the_descriptors_are_what_protoc_makes_of_the_files(tmp_path: Path) -> None:
    folder = Path(str(files("evolve.serving.proto")))
    sources = ("neural.proto", "open_inference.proto", "health.proto", "reflection.proto")
    made = tmp_path / "services.bin"
    assert protoc.main(["", f"-I{folder}", f"--descriptor_set_out={made}", *sources]) == 0
    assert made.read_bytes() == (folder / "services.bin").read_bytes()


async def test_a_key_opens_what_its_scopes_say_and_probes_need_none() -> None:
    ring = Ring("infer")
    async with served({"model": linear()}, settings=DoorSettings(guard=Guard(ring))) as caller:
        metadata, index = "ServerMetadata", "RepositoryIndex"
        assert await code(caller, metadata, f"{metadata}Response") == "UNAUTHENTICATED"
        assert await code(caller, metadata, f"{metadata}Response", "robot.wrong") == "UNAUTHENTICATED"
        assert await code(caller, metadata, f"{metadata}Response", ring.secret) == "OK"
        assert await code(caller, index, f"{index}Response", ring.secret) == "PERMISSION_DENIED"
        assert await code(caller, "ServerReady", "ServerReadyResponse") == "OK"
    ring = Ring("admin")
    async with served({"model": linear()}, settings=DoorSettings(guard=Guard(ring))) as caller:
        assert await code(caller, index, f"{index}Response", ring.secret) == "OK"
        assert await code(caller, metadata, f"{metadata}Response", ring.secret) == "PERMISSION_DENIED"


async def test_a_stream_asks_the_guard_for_every_question() -> None:
    guard = Guard(rate=Rate(0.001, 3.0))
    async with served({"model": linear()}, settings=DoorSettings(guard=guard)) as caller:
        call = caller.stream()
        for number in range(5):
            await call.write(neural([1.0] * 3, id=number))
        await call.done_writing()
        codes = [reply(data).code for data in [one async for one in call]]
        assert codes == [0, 0, 0, 8, 8]


async def test_web_pages_may_not_call() -> None:
    async with served({"model": linear()}) as caller:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await caller.bytes(f"{NEURAL}/Infer", neural([1.0] * 3), metadata=(("origin", "http://evil"),))
        assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_compressed_messages_are_not_unpacked() -> None:
    async with served({"model": linear(1_000_000)}) as caller:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await caller.bytes(
                f"{NEURAL}/Infer", neural([0.0] * 1_000_000), compression=grpc.Compression.Gzip
            )
        assert refused.value.code().name in ("INVALID_ARGUMENT", "UNIMPLEMENTED", "INTERNAL")


async def test_a_message_larger_than_the_limit_is_refused_before_it_is_read() -> None:
    async with served({"model": linear()}) as caller:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await caller.bytes(f"{NEURAL}/Infer", bytes(65 * 1024 * 1024))
        assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_streams_end_with_unavailable_when_the_service_does() -> None:
    async with served({"model": linear()}) as first:
        service = first.service
        async with grpc_door(service, DoorSettings()) as addresses:
            channel = grpc.aio.insecure_channel(addresses["grpc"])
            call = Caller(channel, service).stream()
            for number in range(20):
                await call.write(neural([1.0] * 3, id=number))
            await call.read()
            ending = asyncio.create_task(service.end(5.0))
            await asyncio.sleep(0.05)
            assert await ending
        assert [reply(await call.read()).id for _ in range(19)] == list(range(1, 20))
        with pytest.raises(grpc.aio.AioRpcError, match="about to end") as refused:
            await call.read()
        assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
        await channel.close()


@pytest.mark.parametrize("method", ["Infer", "Stream"])
async def test_a_fault_of_our_own_is_logged_and_tells_callers_nothing(
    method: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    async with served({"model": linear()}) as caller:
        monkeypatch.setattr(caller.service, "call", broken)
        call = caller.stream(f"{NEURAL}/{method}")
        await call.write(neural([1.0] * 3))
        await call.done_writing()
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await call.read()
        assert refused.value.code() is grpc.StatusCode.INTERNAL
        assert refused.value.details() == "the service failed: its log tells more"
    assert "secret" in caplog.text


async def test_a_port_that_is_taken_is_said_in_a_sentence() -> None:
    async with served({"model": linear()}) as caller, grpc_door(caller.service, DoorSettings()) as addresses:
        entrance = Entrance(port=int(addresses["grpc"].rpartition(":")[2]))
        with pytest.raises(EvolveUserError, match="is in use by another program"):
            async with grpc_door(caller.service, DoorSettings(entrance)):
                pass


@needs_openssl
async def test_over_tls_it_answers_who_trusts_it_and_nobody_in_the_clear(tmp_path: Path) -> None:
    certificate = load_certificate(*make_pair(tmp_path))
    settings = DoorSettings(Entrance(name="localhost", security=certificate.security), None, certificate)
    async with served({"model": linear()}, settings=settings, authority=certificate.path) as caller:
        assert reply(await caller.bytes(f"{NEURAL}/Infer", neural([1.0] * 3))).rows == 1
        async with grpc_door(caller.service, settings) as addresses:
            async with grpc.aio.insecure_channel(addresses["grpc"]) as channel:
                with pytest.raises(grpc.aio.AioRpcError) as refused:
                    await Caller(channel, caller.service).bytes(f"{NEURAL}/Infer", neural([1.0] * 3))
            assert refused.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_who_comes_when_the_service_ends_is_told_so() -> None:
    async with served({"model": linear()}) as caller:
        assert await caller.service.end(5.0)
        for method, data in ((f"{NEURAL}/Infer", neural([1.0] * 3)), (f"{INFERENCE}/ModelInfer", b"")):
            with pytest.raises(grpc.aio.AioRpcError, match="about to end") as refused:
                await caller.bytes(method, data)
            assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
