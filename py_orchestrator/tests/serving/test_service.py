"""The service behind the doors: what is called, by which name and version, and how it comes and goes."""

import asyncio
import threading
import weakref
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.serving.models import endless, linear, loaded, whole

from evolve.errors import EvolveUserError
from evolve.serving.errors import BadInput, ModelFailed, ModelRefused, NotFound, NotReady
from evolve.serving.folder import Folder
from evolve.serving.model import load
from evolve.serving.providers import CPU, Device, choose_devices, parse_devices
from evolve.serving.service import Service
from evolve.serving.settings import ServiceSettings

ROW = np.ones((1, 3), np.float32)


def with_service(
    play: Callable[[Service], Coroutine[Any, Any, None]], folder: Path | None = None, **models: bytes
) -> None:
    async def run() -> None:
        service = Service(ServiceSettings(), None if folder is None else Folder(folder))
        for name, data in models.items():
            service.models.put(service.read(name, "1", data))
        service.open()
        await play(service)
        assert await service.end(5.0)

    asyncio.run(run())


def test_a_call_is_answered_by_the_model_of_that_name() -> None:
    async def play(service: Service) -> None:
        for name, factor in (("double", 2.0), ("triple", 3.0)):
            (answer,) = await service.call(name, "", {"observations": ROW}).wait()
            assert answer.tolist() == [[factor] * 3]
        with pytest.raises(NotFound, match="there is no model 'none' here"):
            service.call("none", "", {})
        with pytest.raises(NotFound, match="has no version '7': it has 1"):
            service.call("double", "7", {"observations": ROW})

    with_service(play, double=linear(), triple=linear(factor=3.0))


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({}, "inputs: observations is missing: model takes observations"),
        ({"observations": ROW, "more": ROW}, "inputs: more is unknown: model takes observations"),
        ({"observations": ROW[:0]}, "inputs.observations.shape: has no rows"),
        ({"observations": ROW * np.nan}, "inputs.observations: holds a number that is not finite"),
    ],
)
def test_inputs_that_the_model_does_not_take_are_named(inputs: dict[str, Any], sentence: str) -> None:
    async def play(service: Service) -> None:
        with pytest.raises(BadInput) as refused:
            service.call("model", "", inputs)
        assert str(refused.value) == sentence

    with_service(play, model=linear())


def test_a_model_that_is_replaced_answers_what_it_has_taken() -> None:
    async def play(service: Service) -> None:
        old = [asyncio.create_task(service.call("model", "", {"observations": ROW}).wait()) for _ in range(9)]
        await asyncio.sleep(0)
        service.models.put(service.read("model", "1", linear(factor=5.0)))
        new = await service.call("model", "", {"observations": ROW}).wait()
        assert new[0].tolist() == [[5.0] * 3]
        assert all(one[0].tolist() == [[2.0] * 3] for one in await asyncio.gather(*old))

    with_service(play, model=linear())


def test_a_model_that_was_replaced_gives_its_memory_back_though_somebody_still_knows_it() -> None:
    async def play(service: Service) -> None:
        old = service.models.find("model")
        session = weakref.ref(old.model.lanes[0]._session)
        service.models.put(service.read("model", "1", linear(factor=3.0)))
        while session() is not None:
            await asyncio.sleep(0.01)
        with pytest.raises(NotReady):
            await old.infer([ROW], 1)

    with_service(play, model=linear())


def test_whoever_comes_when_the_service_ends_is_turned_away_and_the_others_are_answered() -> None:
    async def play(service: Service) -> None:
        taken = asyncio.create_task(service.call("model", "", {"observations": ROW}).wait())
        await asyncio.sleep(0)
        ready = [service.is_ready]
        ending = asyncio.create_task(service.end(5.0))
        await asyncio.sleep(0)
        ready.append(service.is_ready)
        assert ready == [True, False]
        with pytest.raises(NotReady):
            service.call("model", "", {"observations": ROW})
        assert await ending
        assert (await taken)[0].tolist() == [[2.0] * 3]

    with_service(play, model=linear())


def test_a_repository_has_versions_and_loads_them_anew(tmp_path: Path) -> None:
    for version, factor in (("1", 2.0), ("10", 4.0)):
        (tmp_path / "brain" / version).mkdir(parents=True)
        (tmp_path / "brain" / version / "model.onnx").write_bytes(linear(factor=factor))
    (tmp_path / "flat.onnx").write_bytes(whole())

    async def play(service: Service) -> None:
        assert service.repository.folder is not None
        index = [(one.name, one.version) for one in service.repository.folder.index()]
        assert index == [("brain", "1"), ("brain", "10"), ("flat", "1")]
        assert await service.repository.load("brain") == ["1", "10"]
        newest = await service.call("brain", "", {"observations": ROW}).wait()
        assert newest[0].tolist() == [[4.0] * 3]
        (tmp_path / "brain" / "10" / "model.onnx").write_bytes(linear(factor=7.0))
        await service.repository.load("brain")
        newest = await service.call("brain", "", {"observations": ROW}).wait()
        assert newest[0].tolist() == [[7.0] * 3]
        service.models.remove("brain", "10")
        older = await service.call("brain", "", {"observations": ROW}).wait()
        assert older[0].tolist() == [[2.0] * 3]

    with_service(play, tmp_path)


def test_models_that_lie_where_none_is_looked_for_are_named(tmp_path: Path) -> None:
    places = [
        "a.onnx",
        "b/1/model.onnx",
        "b/v2/model.onnx",
        "c/model.onnx",
        "d/1/d.onnx",
        "e f.onnx",
        ".g.onnx",
    ]
    for place in places:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_bytes(linear())
    assert [one.name for one in Folder(tmp_path).index()] == ["a", "b"]
    assert Folder(tmp_path).passed_over() == ["b/v2/model.onnx", "c/model.onnx", "d/1/d.onnx", "e f.onnx"]


def test_names_never_leave_the_repository(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.onnx").write_bytes(linear())
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "linked.onnx").symlink_to(tmp_path / "outside" / "secret.onnx")
    assert Folder(inside).index() == []
    for name in ("../outside/secret", ".", "..", ".hidden", "a/b", "", "a" * 129, "a\0b"):
        with pytest.raises((ModelRefused, NotFound)):
            Folder(inside).versions(name)


def test_a_file_that_is_no_model_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "broken.onnx").write_bytes(linear()[:40])

    async def play(service: Service) -> None:
        with pytest.raises(ModelRefused, match="broken"):
            await service.repository.load("broken")
        assert not service.repository.is_loading("broken")

    with_service(play, tmp_path)


def test_devices_are_read_as_people_write_them() -> None:
    assert parse_devices(["cuda:1", "CPU", "FancyExecutionProvider"]) == [
        Device("CUDAExecutionProvider", 1),
        Device("CPUExecutionProvider"),
        Device("FancyExecutionProvider"),
    ]
    assert [one.name for one in parse_devices(["cuda", "cpu"])] == ["cuda:0", "cpu"]
    for words in (["gpu"], ["cuda:x"], ["cpu", "cpu"], [""]):
        with pytest.raises(EvolveUserError):
            parse_devices(words)


def test_a_gpu_that_cannot_be_had_fails_loudly_unless_the_cpu_may_do() -> None:
    wanted = parse_devices(["rocm:0"])
    with pytest.raises(EvolveUserError, match="rocm:0 cannot be had: this onnxruntime has"):
        choose_devices(wanted, allow_cpu=False)
    assert [one.name for one in choose_devices(wanted, allow_cpu=True)] == ["cpu"]


def test_a_model_that_may_loop_for_ever_never_computes_where_the_doors_are() -> None:
    # With the zeros of its warm-up it is done at once.
    assert not loaded(endless()).lanes[0].is_inline


def test_a_model_that_never_ends_is_no_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evolve.serving.model._WARM_UP_SECONDS", 0.2)
    with pytest.raises(ModelRefused, match="m did not answer rows of zeros within"):
        load("m", "1", endless(above=-1.0), [Device(CPU)], 1, allow_cpu=False)


def test_an_endless_model_does_not_outlive_a_service_that_ends() -> None:
    """Its thread computes for ever, unless it is told to stop: the program would never end."""
    threads: list[threading.Thread] = []

    async def play() -> None:
        service = Service(ServiceSettings())
        model = service.read("endless", "1", endless())
        model.lanes[0].move_aside("endless")
        service.models.put(model)
        service.open()
        stuck = asyncio.create_task(service.call("endless", "", {"observations": ROW[:, :1]}).wait())
        await asyncio.sleep(0.1)
        threads.extend(one for one in threading.enumerate() if one.name.startswith("endless"))
        assert not await service.end(0.2)
        with pytest.raises(ModelFailed, match="endless was stopped"):
            await stuck

    asyncio.run(play())
    (thread,) = threads
    thread.join(20.0)
    assert not thread.is_alive()
