"""A model on several devices: each batch goes where the least waits. The devices are lanes of the CPU."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from tests.serving.models import linear

from evolve.errors import EvolveUserError
from evolve.serving.batcher import Batcher, BatchSettings
from evolve.serving.doors.http import describe
from evolve.serving.errors import ModelFailed
from evolve.serving.model import Lane, Model, load
from evolve.serving.providers import CPU, Device, choose_devices, open_session, parse_devices
from evolve.serving.tensors import Array

CUDA = "CUDAExecutionProvider"


class Held:
    """Lanes in threads of their own, each of which waits for a word; notes what every lane is given."""

    def __init__(self, count: int) -> None:
        self.model = load("model", "1", linear(), [Device(CPU)] * count, 1, allow_cpu=True)
        self.gates = [threading.Event() for _ in range(count)]
        self.given: list[list[int]] = [[] for _ in range(count)]
        for place, lane in enumerate(self.model.lanes):
            lane.move_aside("model")
            lane.run = self._waiting(place, lane.run)  # type: ignore[method-assign]

    def _waiting(self, place: int, run: Any) -> Any:  # noqa: ANN401
        def wait(names: Sequence[str], feeds: dict[str, Array], options: Any = None) -> list[Array]:  # noqa: ANN401
            self.given[place].append(len(feeds["observations"]))
            assert self.gates[place].wait(20)
            answer: list[Array] = run(names, feeds, options)
            return answer

        return wait

    def open(self, place: int) -> None:
        self.gates[place].set()


def rows(count: int, first: int) -> Array:
    return np.arange(first, first + 3 * count, dtype=np.float32).reshape(count, 3)


@settings(max_examples=30)
@given(some.integers(1, 5), some.lists(some.integers(1, 20), min_size=1, max_size=25))
def test_rows_are_spread_as_evenly_as_batches_allow_and_everybody_gets_their_own(
    count: int, sizes: list[int]
) -> None:
    async def play() -> None:
        held = Held(count)
        # A batch for each caller.
        batcher = Batcher(held.model, BatchSettings(maximum_rows=1))
        asked = [
            asyncio.create_task(batcher.infer([rows(size, place)], size)) for place, size in enumerate(sizes)
        ]
        while sum(lane.rows for lane in held.model.lanes) < sum(sizes):
            await asyncio.sleep(0)
        loads = [lane.rows for lane in held.model.lanes]
        assert max(loads) - min(loads) <= max(sizes)
        for place in range(count):
            held.open(place)
        for place, (answer,) in enumerate(await asyncio.gather(*asked)):
            np.testing.assert_array_equal(answer, rows(sizes[place], place) * 2)
        assert [lane.rows for lane in held.model.lanes] == [0] * count
        assert sorted(size for given in held.given for size in given) == sorted(sizes)
        held.model.close()

    asyncio.run(play())


def test_a_device_that_is_stuck_holds_up_its_own_batch_alone() -> None:
    async def play() -> None:
        held = Held(2)
        held.open(1)
        batcher = Batcher(held.model, BatchSettings())
        stuck = asyncio.create_task(batcher.infer([rows(1, 0)], 1))
        while not held.model.lanes[0].rows:
            await asyncio.sleep(0)
        for number in range(10):
            await batcher.infer([rows(1, number)], 1)
        assert held.given == [[1], [1] * 10]
        assert not stuck.done()
        held.open(0)
        await stuck
        held.model.close()

    asyncio.run(play())


def test_a_device_that_fails_takes_no_other_callers_along(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        held = Held(2)
        held.open(1)

        def fail(*_: object) -> list[Array]:
            raise ModelFailed("the model failed: out of memory")

        monkeypatch.setattr(held.model.lanes[0], "run", fail)
        batcher = Batcher(held.model, BatchSettings(maximum_rows=1))
        answers = await asyncio.gather(
            *(batcher.infer([rows(1, number)], 1) for number in range(4)), return_exceptions=True
        )
        failed = [one for one in answers if isinstance(one, ModelFailed)]
        assert len(failed) == batcher.statistics.failures == 2
        assert [lane.rows for lane in held.model.lanes] == [0, 0]
        held.model.close()

    asyncio.run(play())


def test_every_device_is_described() -> None:
    model = load("model", "1", linear(), [Device(CPU), Device(CPU, 1)], 1, allow_cpu=True)
    assert describe.devices(model)["lanes"] == [{"device": "cpu", "providers": [CPU]}] * 2

    async def configured() -> dict[str, Any]:
        return describe.config(Batcher(model, BatchSettings()))

    group = asyncio.run(configured())["instance_group"]
    assert group == [{"name": "cpu", "count": 1, "kind": "KIND_CPU"}] * 2


def test_what_runs_on_a_gpu_never_blocks_the_doors() -> None:
    session = onnxruntime.InferenceSession(linear(), providers=[CPU])
    model = Model("model", "1", [Lane(Device(CUDA, number), session) for number in (0, 1)], {})
    model.warm_up()
    assert [lane.is_inline for lane in model.lanes] == [False, False]
    assert [lane.device.name for lane in model.lanes] == ["cuda:0", "cuda:1"]
    model.close()


def test_a_gpu_that_only_the_runtime_believes_in_fails_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU build names CUDA on machines without one, and runs on the CPU without a word."""
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CUDA, CPU])
    (device,) = choose_devices(parse_devices(["cuda:0"]), allow_cpu=False)
    with pytest.warns(UserWarning, match="not in available provider"), pytest.raises(EvolveUserError) as no:
        open_session(linear(), device, onnxruntime.SessionOptions(), allow_cpu=False)
    assert "cuda:0" in str(no.value)
    assert "--allow-cpu" in str(no.value)


def test_where_the_cpu_may_do_the_session_says_that_it_does(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.setLevel(0)
    monkeypatch.setattr("evolve.serving.providers.LOG.propagate", True)
    with pytest.warns(UserWarning, match="not in available provider"):
        session = open_session(linear(), Device(CUDA), onnxruntime.SessionOptions(), allow_cpu=True)
    assert session.get_providers() == [CPU]
    assert "cuda:0 was asked for, and onnxruntime fell back to the CPU" in caplog.text
