"""What is understood once is understood the same way ever after."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some
from onnx import TensorProto, helper
from tests.serving.models import graph, loaded

from evolve.serving.batcher import Batcher
from evolve.serving.doors.http.messages import Head, Request
from evolve.serving.doors.http.tensors import LENGTH, TensorCalls
from evolve.serving.errors import ServingError
from evolve.serving.service import Service
from evolve.serving.settings import ServiceSettings


def weighed() -> bytes:
    """`actions` is `observations` times `weight`, row by row."""
    return graph(
        [helper.make_node("Mul", ["observations", "weight"], ["actions"])],
        [
            helper.make_tensor_value_info("observations", TensorProto.FLOAT, ["rows", 3]),
            helper.make_tensor_value_info("weight", TensorProto.FLOAT, ["rows", 1]),
        ],
        [helper.make_tensor_value_info("actions", TensorProto.FLOAT, ["rows", 3])],
        [],
    )


MODEL = loaded(weighed())
WIDTHS = {"observations": 3, "weight": 1}


def described(names: Sequence[str], rows: Sequence[int], is_binary: bool) -> dict[str, Any]:
    inputs = [
        {
            "name": name,
            "datatype": "FP32",
            "shape": [count, WIDTHS[name]],
            "parameters": {"binary_data_size": 4 * count * WIDTHS[name]},
        }
        for name, count in zip(names, rows, strict=True)
    ]
    return {"inputs": inputs, "parameters": {"binary_data_output": is_binary}}


def request(text: bytes, data: bytes) -> Request:
    headers = {LENGTH: str(len(text)).encode()}
    return Request(Head(b"POST", b"/v2/models/model/infer", headers), text + data)


async def answer(one: Request) -> object:
    """What the caller is told, or why it is refused."""
    service = Service(ServiceSettings())
    service.models.put(MODEL)
    try:
        call, reply = TensorCalls(service).read("model", "1", one)
        outputs = await call.wait()
    except ServingError as error:
        return str(error)
    return call.rows, [feed.tolist() for feed in call.feeds], reply.encode(outputs)


ORDERS = [["observations", "weight"], ["weight", "observations"], ["weight"], ["weight", "weight"]]
FLOATS = some.floats(-1e9, 1e9, width=32) | some.sampled_from([np.nan, np.inf, 3e38])


@settings(max_examples=150, deadline=None)
@given(some.sampled_from(ORDERS), some.integers(1, 3), some.integers(-1, 1), some.booleans(), some.data())
def test_a_description_that_is_known_means_what_it_meant_at_first(
    names: list[str], rows: int, more: int, is_binary: bool, data: some.DataObject
) -> None:
    text = json.dumps(
        described(
            names, [rows, max(0, rows + data.draw(some.sampled_from([0, 0, more])))][: len(names)], is_binary
        )
    ).encode()
    size = 4 * rows * sum(WIDTHS[name] for name in names)
    numbers = data.draw(some.lists(FLOATS, min_size=size // 4, max_size=size // 4))
    packed = np.array(numbers, np.float32).tobytes()[: size + data.draw(some.sampled_from([0, 0, 0, -4]))]

    async def play() -> None:
        MODEL.understood.clear()
        await answer(request(text, bytes(size)))
        known = await answer(request(text, packed))
        again = await answer(request(text, packed))
        MODEL.understood.clear()
        assert known == again == await answer(request(text, packed))

    asyncio.run(play())


def test_inputs_reach_the_model_in_its_own_order_also_when_the_description_is_known() -> None:
    async def play() -> None:
        MODEL.understood.clear()
        text = json.dumps(described(["weight", "observations"], [1, 1], False)).encode()
        for factor in (2.0, 3.0):
            data = np.array([factor, 1.0, 2.0, 3.0], np.float32).tobytes()
            service = Service(ServiceSettings())
            service.models.put(MODEL)
            call, _ = TensorCalls(service).read("model", "1", request(text, data))
            (actions,) = await call.wait()
            assert actions.tolist() == [[factor, 2 * factor, 3 * factor]]
        assert list(MODEL.understood) == [text]

    asyncio.run(play())


def test_a_version_that_is_replaced_takes_what_was_understood_of_it_along() -> None:
    async def play() -> None:
        service = Service(ServiceSettings())
        calls = TensorCalls(service)
        text = json.dumps(described(["observations", "weight"], [1, 1], True)).encode()
        for _ in range(2):
            model = loaded(weighed())
            service.models.put(model)
            assert not model.understood
            call, _ = calls.read("model", "", request(text, bytes(16)))
            assert call.batcher.model is model
            assert isinstance(call.batcher, Batcher)
            assert list(model.understood) == [text]
        await service.models.drain()

    asyncio.run(play())
