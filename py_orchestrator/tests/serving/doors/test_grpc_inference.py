"""The gRPC door as its callers see it: tensors, statuses, streams, health and reflection."""

import asyncio
import gc
import itertools
import struct
from weakref import ref

import grpc
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from tests.serving.doors.grpc_caller import Caller, infer_request, neural, reply, served
from tests.serving.models import endless, linear, whole

from evolve.serving.batcher import BatchSettings
from evolve.serving.doors.grpc import neural as grpc_neural
from evolve.serving.doors.grpc.messages import INFERENCE, NEURAL, Message, message_class
from evolve.serving.settings import ServiceSettings

ROWS = np.arange(6, dtype=np.float32).reshape(2, 3)
INFER = f"{INFERENCE}/ModelInfer"
_REQUEST = message_class("inference.ModelInferRequest")
_RESPONSE = message_class("inference.ModelInferResponse")
_STREAM_RESPONSE = message_class("inference.ModelStreamInferResponse")


async def test_raw_tensors_come_back_raw_and_typed_ones_typed() -> None:
    async with served({"model": linear()}) as caller:
        raw = _RESPONSE.FromString(await caller.bytes(INFER, infer_request(ROWS, id="7").SerializeToString()))
        assert (raw.model_name, raw.model_version, raw.id) == ("model", "1", "7")
        assert (raw.outputs[0].datatype, list(raw.outputs[0].shape)) == ("FP32", [2, 3])
        assert np.frombuffer(raw.raw_output_contents[0], "<f4").tolist() == (ROWS * 2).ravel().tolist()
        request = infer_request(ROWS, raw_input_contents=[])
        request.inputs[0].contents.fp32_contents.extend(ROWS.ravel().tolist())
        typed = _RESPONSE.FromString(await caller.bytes(INFER, request.SerializeToString()))
        assert not typed.raw_output_contents
        assert list(typed.outputs[0].contents.fp32_contents) == (ROWS * 2).ravel().tolist()


def _wrong(**changes: Message) -> bytes:
    request = infer_request(ROWS, **changes.pop("fields", {}))
    for name, value in changes.items():
        if name == "shape":
            del request.inputs[0].shape[:]
            request.inputs[0].shape.extend(value)
        else:
            setattr(request.inputs[0], name, value)
    data: bytes = request.SerializeToString()
    return data


@pytest.mark.parametrize(
    ("data", "code", "sentence"),
    [
        (b"\xff", "INVALID_ARGUMENT", "message: is no inference.ModelInferRequest"),
        (_wrong(fields={"model_name": "none"}), "NOT_FOUND", "there is no model 'none' here"),
        (_wrong(fields={"model_version": "9"}), "NOT_FOUND", "has no version '9': it has 1"),
        (_wrong(name="strange"), "INVALID_ARGUMENT", "inputs: strange is unknown: model takes observations"),
        (_wrong(datatype="FP64"), "INVALID_ARGUMENT", "inputs.observations.datatype: is FP64"),
        (_wrong(shape=[2, 4]), "INVALID_ARGUMENT", r"inputs.observations.shape: is \[2, 4\], but"),
        (_wrong(shape=[-2, 3]), "INVALID_ARGUMENT", "inputs.observations.shape"),
        (_wrong(shape=[1 << 62, 3]), "INVALID_ARGUMENT", "more than 67108864 bytes"),
        (_wrong(shape=[1, 3]), "INVALID_ARGUMENT", "has 24 bytes, but the shape"),
        (_wrong(fields={"raw_input_contents": [b"", b""]}), "INVALID_ARGUMENT", "raw_input_contents: has 2"),
        (_wrong(fields={"raw_input_contents": []}), "INVALID_ARGUMENT", "has 0 numbers"),
        (
            _wrong(fields={"outputs": [{"name": "x"}]}),
            "INVALID_ARGUMENT",
            "outputs: x is unknown: model gives",
        ),
        (
            infer_request(ROWS * np.float32("nan")).SerializeToString(),
            "INVALID_ARGUMENT",
            "inputs.observations: holds a number that is not finite",
        ),
    ],
)
async def test_what_is_wrong_is_named_with_its_field(data: bytes, code: str, sentence: str) -> None:
    async with served({"model": linear()}) as caller:
        with pytest.raises(grpc.aio.AioRpcError, match=sentence) as refused:
            await caller.bytes(INFER, data)
        assert refused.value.code().name == code


async def test_neural_service_answers_rows_and_needs_no_name_where_one_model_is() -> None:
    async with served({"model": linear()}) as caller:
        answer = reply(await caller.bytes(f"{NEURAL}/Infer", neural([1, 2, 3, 4, 5, 6], rows=2, id=5)))
        assert (list(answer.outputs), answer.rows, answer.id) == ([2, 4, 6, 8, 10, 12], 2, 5)
        answer = reply(await caller.bytes(f"{NEURAL}/Infer", neural([1, 2, 3])))
        assert (list(answer.outputs), answer.rows) == ([2, 4, 6], 1)


@pytest.mark.parametrize(
    ("data", "code", "sentence"),
    [
        (neural([1.0, 2.0]), "INVALID_ARGUMENT", "inputs: has 2 numbers, but model takes 3"),
        (neural([1.0] * 3, rows=1 << 31), "INVALID_ARGUMENT", "inputs: has 3 numbers"),
        (neural([], model="other"), "NOT_FOUND", "there is no model 'other' here"),
        (neural([float("inf")] * 3), "INVALID_ARGUMENT", "not finite"),
        (b"\x1a\xff", "INVALID_ARGUMENT", "message: is no"),
    ],
)
async def test_neural_service_names_what_is_wrong(data: bytes, code: str, sentence: str) -> None:
    async with served({"model": linear()}) as caller:
        with pytest.raises(grpc.aio.AioRpcError, match=sentence) as refused:
            await caller.bytes(f"{NEURAL}/Infer", data)
        assert refused.value.code().name == code


@given(some.lists(some.floats(width=32), max_size=9), some.integers(0, 9), some.integers(0, 2**32 - 1))
@settings(max_examples=200)
def test_floats_are_the_same_however_the_wire_spells_them(numbers: list[float], cut: int, rows: int) -> None:
    head = neural([], rows=rows, model="m")
    pieces = [struct.pack(f"<{len(part)}f", *part) for part in (numbers[:cut], numbers[cut:])]
    spelled = [
        neural(numbers, rows=rows, model="m"),
        head + b"".join(b"\x1a" + bytes([len(piece)]) + piece for piece in pieces),
        head + b"".join(b"\x1d" + struct.pack("<f", number) for number in numbers),
        head
        + b"\x1a"
        + bytes([len(pieces[0])])
        + pieces[0]
        + b"".join(b"\x1d" + struct.pack("<f", number) for number in numbers[cut:]),
    ]
    read = [grpc_neural.parse_request(data) for data in spelled]
    assert {one.inputs for one in read} == {struct.pack(f"<{len(numbers)}f", *numbers)}
    assert {(one.rows, one.model) for one in read} == {(rows, "m")}


async def test_a_stream_is_answered_in_order_and_survives_a_question_without_sense() -> None:
    async with served({"model": linear()}) as caller:
        call = caller.stream()
        for number in range(200):
            await call.write(neural([number] * (2 if number % 50 == 7 else 3), id=number))
        await call.done_writing()
        answers = [reply(data) async for data in call]
        assert [answer.id for answer in answers] == list(range(200))
        wrong = [answer.id for answer in answers if answer.error]
        assert wrong == [7, 57, 107, 157]
        assert all(answer.code == 3 for answer in answers if answer.error)
        assert all(answer.error or list(answer.outputs) == [answer.id * 2.0] * 3 for answer in answers)


async def test_triton_streams_say_failures_in_their_answers() -> None:
    async with served({"model": linear()}) as caller:
        call = caller.stream(f"{INFERENCE}/ModelStreamInfer")
        for data in (infer_request(ROWS, id="a").SerializeToString(), b"\xff", _wrong(datatype="FP64")):
            await call.write(data)
        await call.done_writing()
        answers = [_STREAM_RESPONSE.FromString(data) async for data in call]
        assert [bool(one.error_message) for one in answers] == [False, True, True]
        assert answers[0].infer_response.id == "a"
        assert "datatype" in answers[2].error_message


async def _alone(caller: Caller, data: bytes) -> object:
    """What a single call gives: a response, or a sentence."""
    try:
        return _RESPONSE.FromString(await caller.bytes(INFER, data))
    except grpc.aio.AioRpcError as error:
        return error.details()


@pytest.mark.parametrize("seed", range(5))
async def test_a_stream_answers_as_single_calls_do_whatever_came_before(seed: int) -> None:
    random = np.random.default_rng(seed)
    names = ("model", "other", "none")
    requests = []
    for _ in range(60):
        rows = random.choice([1, 2, 60], p=[0.6, 0.3, 0.1])
        array = random.normal(size=(rows, 3)).astype(np.float32)
        if random.random() < 0.1:
            array[0, 0] = np.nan
        name, number = random.choice(names, p=[0.8, 0.1, 0.1]), str(random.integers(2))
        requests.append(infer_request(array, model_name=name, id=number).SerializeToString())
    async with served({"model": linear(), "other": linear(factor=3.0)}) as caller:
        call = caller.stream(f"{INFERENCE}/ModelStreamInfer")
        for data in requests:
            await call.write(data)
        await call.done_writing()
        answers = [_STREAM_RESPONSE.FromString(data) async for data in call]
        alone = [await _alone(caller, data) for data in requests]
    assert [answer.error_message or answer.infer_response for answer in answers] == alone
    for data, answer in zip(requests, answers, strict=True):
        if not answer.error_message:
            request = _REQUEST.FromString(data)
            numbers = np.frombuffer(request.raw_input_contents[0], "<f4")
            expected = numbers * np.float32(2.0 if request.model_name == "model" else 3.0)
            assert answer.infer_response.raw_output_contents[0] == expected.tobytes()
            assert answer.infer_response.id == request.id


async def test_a_stream_goes_on_with_a_model_that_was_replaced() -> None:
    async with served({"model": linear()}) as caller:
        call = caller.stream(f"{INFERENCE}/ModelStreamInfer")
        said = []
        for factor in (2.0, 2.0, 5.0, 5.0):
            if factor == 5.0:
                caller.service.models.put(caller.service.read("model", "1", linear(factor=factor)))
            await call.write(infer_request(ROWS).SerializeToString())
            answer = _STREAM_RESPONSE.FromString(await call.read()).infer_response
            said.append(np.frombuffer(answer.raw_output_contents[0], "<f4")[1])
        assert said == [2.0, 2.0, 5.0, 5.0]
        await call.done_writing()
        assert await call.read() is grpc.aio.EOF


async def test_questions_of_one_stream_share_batches() -> None:
    async with served(
        {"model": linear()}, scheduler=ServiceSettings(batches=BatchSettings(delay=0.05))
    ) as caller:
        call = caller.stream()
        for number in range(40):
            await call.write(neural([number] * 3, id=number))
        await call.done_writing()
        assert len([data async for data in call]) == 40
        assert caller.service.models.find("model").statistics.batches < 20


async def test_a_caller_who_does_not_read_stops_being_read() -> None:
    width = 100_000
    async with served({"model": linear(width)}) as caller:
        call = caller.stream()
        question = neural([1.0] * width)
        sent = 0
        try:
            for _ in range(400):
                async with asyncio.timeout(1.0):
                    await call.write(question)
                sent += 1
        except TimeoutError:
            pass
        assert sent < 300
        call.cancel()


async def test_cancelling_frees_the_place_in_the_queue() -> None:
    async with served(
        {"model": linear()}, scheduler=ServiceSettings(batches=BatchSettings(queue_rows=4, delay=0.5))
    ) as caller:
        method = caller.channel.unary_unary(f"/{NEURAL}/Infer")
        stream = caller.stream()
        for _ in range(2):
            await stream.write(neural([1.0] * 3))
        calls = [method(neural([1.0] * 3), timeout=20) for _ in range(2)]
        await asyncio.sleep(0.1)
        with pytest.raises(grpc.aio.AioRpcError, match="rows wait for model already") as refused:
            await method(neural([1.0] * 3), timeout=20)
        assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert dict(refused.value.trailing_metadata())["retry-after"] == "1"
        for call in (stream, *calls):
            call.cancel()
        await asyncio.sleep(0.6)
        assert caller.service.models.find("model").statistics.requests == 0
        assert reply(await method(neural([1.0] * 3), timeout=20)).rows == 1


async def test_a_model_that_takes_too_long_is_a_deadline_exceeded() -> None:
    async with served(
        {"model": endless()}, scheduler=ServiceSettings(batches=BatchSettings(deadline=0.2))
    ) as caller:
        caller.service.models.find("model").model.lanes[0].move_aside("model")
        with pytest.raises(grpc.aio.AioRpcError, match="was not done within") as refused:
            await caller.bytes(f"{NEURAL}/Infer", neural([1.0]))
        assert refused.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


async def test_other_tensors_than_rows_of_floats_are_sent_to_the_other_protocol() -> None:
    async with served({"model": linear(), "whole": whole()}) as caller:
        with pytest.raises(grpc.aio.AioRpcError, match="2 models are served: name one of them"):
            await caller.bytes(f"{NEURAL}/Infer", neural([1.0]))
        answer = reply(await caller.bytes(f"{NEURAL}/Infer", neural([1.0] * 3, model="whole")))
        assert list(answer.outputs) == [3.0]


@pytest.mark.timeout(60)
async def test_no_message_whatever_gets_more_than_a_documented_status() -> None:
    good = infer_request(ROWS).SerializeToString()
    random = np.random.default_rng(1)
    known = {"OK", "INVALID_ARGUMENT", "NOT_FOUND"}
    async with served({"model": linear()}) as caller:
        for place, method in itertools.product(range(100), (INFER, f"{NEURAL}/Infer")):
            data = bytearray(good if method == INFER else neural([1.0] * 3))
            for _ in range(1 + place % 4):
                data[random.integers(len(data))] = random.integers(256)
            try:
                await caller.bytes(method, bytes(data))
                code = "OK"
            except grpc.aio.AioRpcError as error:
                code = error.code().name
            assert code in known, bytes(data)


async def test_a_model_that_was_unloaded_is_not_kept_by_what_was_asked_of_it() -> None:
    async with served({"model": linear(), "other": linear()}) as caller:
        for _ in range(2):
            await caller.bytes(INFER, infer_request(ROWS).SerializeToString())
        gone = ref(caller.service.models.find("model"))
        caller.service.models.remove("model")
        await asyncio.sleep(0.1)
        gc.collect()
        assert gone() is None
        with pytest.raises(grpc.aio.AioRpcError, match="there is no model 'model' here"):
            await caller.bytes(INFER, infer_request(ROWS).SerializeToString())
