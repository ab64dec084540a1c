"""What is said in one connection: answers do not depend on how requests are put into messages."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from tests.serving.models import denial, linear, loaded, whole

from evolve.serving.batcher import BatchSettings
from evolve.serving.doors.websocket.session import Reply, Session
from evolve.serving.frames import control, limits
from evolve.serving.frames.error_frame import decode_error
from evolve.serving.frames.errors import ProtocolError
from evolve.serving.frames.layout import ANSWER, ERROR, HEADER, REQUEST, Layout, head
from evolve.serving.service import Service
from evolve.serving.settings import ServiceSettings
from evolve.serving.tensors import Array, Spec

INPUTS = Layout([Spec("observations", "FP32", (-1, 3))])
OPEN = control.encode_control(control.Open(1, "model"))


class Talk:
    """A session, and what it has sent."""

    def __init__(self, batches: BatchSettings = BatchSettings()) -> None:  # noqa: B008 - it is frozen
        self.service = Service(ServiceSettings(batches=batches))
        self.service.models.put(loaded(linear()))
        self.sent: list[Reply] = []
        self.session = Session(self.service, self._send)

    def _send(self, reply: Reply) -> None:
        self.sent.append(reply)
        self.session.release(reply) if reply.requests else None

    def controls(self) -> list[control.Control]:
        return [one.content for one in self.sent if isinstance(one.content, control.Control)]

    def answers(self) -> dict[int, Array | tuple[int, str]]:
        """What each request was answered, by its number; fails when one was answered twice."""
        found: dict[int, Array | tuple[int, str]] = {}
        for reply in self.sent:
            rest = b"" if isinstance(reply.content, control.Control) else bytes(reply.content)
            while rest:
                kind, rows = rest[0], int.from_bytes(rest[4:8], "little")
                number = int.from_bytes(rest[8:16], "little")
                assert number not in found
                size = INPUTS.frame_bytes(rows)
                if kind == ERROR:
                    sentence, size = decode_error(memoryview(rest))
                    found[number] = (rows, sentence)
                else:
                    assert kind == ANSWER
                    found[number] = INPUTS.decode(memoryview(rest[:size]), 1, rows)[1][0]
                rest = rest[size:]
        return found


def with_talk(
    play: Callable[[Talk], Coroutine[Any, Any, None]],
    batches: BatchSettings = BatchSettings(),  # noqa: B008 - it is frozen
) -> None:
    async def run() -> None:
        await play(Talk(batches))

    asyncio.run(run())


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def frame(number: int, rows: Array, stream: int = 1) -> bytes:
    return bytes(INPUTS.encode(REQUEST, stream, [number], [rows]))


@settings(max_examples=60)
@given(
    some.lists(some.tuples(some.integers(1, 4), some.booleans(), some.booleans()), min_size=1, max_size=20),
    some.integers(1, 30),
)
def test_answers_do_not_depend_on_how_requests_are_put_into_messages(
    requests: list[tuple[int, bool, bool]], maximum_rows: int
) -> None:
    async def play(talk: Talk) -> None:
        talk.session.receive(OPEN)
        random = np.random.default_rng(1)
        message, expected = b"", {}
        for number, (rows, is_wrong, ends) in enumerate(requests):
            array = random.normal(size=(rows, 3)).astype(np.float32)
            expected[number] = array * 2
            if is_wrong:
                array[-1, 1] = np.nan
            message += frame(number, array)
            if ends:
                talk.session.receive(message)
                message = b""
        if message:
            talk.session.receive(message)
        await turns()
        answers = talk.answers()
        assert sorted(answers) == sorted(expected)
        for number, (_, is_wrong, _) in enumerate(requests):
            if is_wrong:
                assert answers[number] == (400, "inputs.observations: holds a number that is not finite")
            else:
                np.testing.assert_array_equal(answers[number], expected[number])
        assert talk.session.requests == 0
        statistics = talk.service.models.find("model").statistics
        assert statistics.requests == sum(not is_wrong for _, is_wrong, _ in requests)

    with_talk(play, BatchSettings(maximum_rows=maximum_rows))


def test_the_welcome_comes_first_and_a_stream_says_the_model_s_tensors() -> None:
    async def play(talk: Talk) -> None:
        talk.session.receive(OPEN)
        welcome, opened = talk.controls()
        assert welcome == control.Welcome(limits.CREDIT_REQUESTS, limits.CREDIT_BYTES)
        tensors = (Spec("observations", "FP32", (-1, 3)),), (Spec("actions", "FP32", (-1, 3)),)
        assert opened == control.Opened(1, "model", "1", *tensors)

    with_talk(play)


def test_models_that_are_not_there_or_have_no_rows_are_refused_and_the_number_is_free_again() -> None:
    async def play(talk: Talk) -> None:
        talk.service.models.put(loaded(whole(), "whole"))
        for name in ("none", "whole"):
            talk.session.receive(control.encode_control(control.Open(1, name)))
        talk.session.receive(OPEN)
        _, first, second, third = talk.controls()
        assert first == control.Refused(1, 404, "there is no model 'none' here")
        assert isinstance(second, control.Refused)
        assert second.code == 400
        assert "call it by HTTP or gRPC" in second.reason
        assert isinstance(third, control.Opened)

    with_talk(play)


@pytest.mark.parametrize(
    ("message", "sentence", "code"),
    [
        (b"", "a binary message is empty", 1007),
        (b"\x01\x00", "a header has 16 bytes, but 2 are left", 1007),
        (frame(0, np.ones((1, 3), np.float32))[:-1], "a frame of 1 rows has 28 bytes, but 27 are left", 1007),
        (b"\x02" + bytes(15), "a client's frames are of the kind 1, not 2", 1007),
        (b"\x01\x01" + bytes(14), "a client's frames are of the kind 1, not 257", 1007),
        (frame(0, np.ones((1, 3), np.float32), stream=2), "the stream 2 was not opened", 1008),
        (b"\x01\x00\x01\x00" + bytes(12), "a request has no rows", 1008),
        (OPEN, "stream: 1 is open already", 1008),
        (control.encode_control(control.Welcome(1, 1)), "clients say open, and nothing else", 1008),
    ],
)
def test_what_has_no_place_closes_the_connection(message: str | bytes, sentence: str, code: int) -> None:
    async def play(talk: Talk) -> None:
        talk.session.receive(OPEN)
        with pytest.raises(ProtocolError, match=sentence) as refused:
            talk.session.receive(message)
        assert refused.value.code == code

    with_talk(play)


def test_whoever_goes_beyond_its_credit_is_told_so() -> None:
    async def play(talk: Talk) -> None:
        talk.session.receive(OPEN)
        one = frame(0, np.ones((1, 3), np.float32))
        talk.session.receive(one * limits.CREDIT_REQUESTS)
        with pytest.raises(ProtocolError, match="the credit is 1024 requests and 16777216 bytes"):
            talk.session.receive(one)

    with_talk(play)


def test_one_request_alone_may_be_larger_than_the_credit() -> None:
    async def play(talk: Talk) -> None:
        talk.session.receive(OPEN)
        large = frame(0, np.ones((limits.CREDIT_BYTES // 12 + 1, 3), np.float32))
        talk.session.receive(large)
        await turns()
        assert 0 in talk.answers()
        with pytest.raises(ProtocolError, match="the credit is"):
            talk.session.receive(frame(1, np.ones((1, 3), np.float32)) + large)

    with_talk(play)


def test_a_full_queue_is_answered_503_to_each_request() -> None:
    async def play(talk: Talk) -> None:
        talk.session.receive(OPEN)
        one = np.ones((1, 3), np.float32)
        talk.session.receive(frame(0, one) + frame(1, one))
        talk.session.receive(frame(2, one) + frame(3, one))
        await turns()
        answers = talk.answers()
        assert [answers[number][0] for number in (2, 3)] == [503, 503]
        np.testing.assert_array_equal(answers[0], one * 2)
        assert talk.service.models.find("model").statistics.refused == 2

    with_talk(play, BatchSettings(queue_rows=2))


def test_a_stream_goes_on_with_a_newer_version_unless_its_tensors_differ() -> None:
    async def play(talk: Talk) -> None:
        talk.session.receive(OPEN)
        one = np.ones((1, 3), np.float32)
        talk.service.models.put(loaded(linear(factor=5.0), version="2"))
        talk.session.receive(frame(0, one))
        await turns()
        np.testing.assert_array_equal(talk.answers()[0], one * 5)
        talk.service.models.put(loaded(linear(width=4), version="3"))
        talk.session.receive(frame(1, one))
        await turns()
        code, sentence = talk.answers()[1]
        assert code == 409
        assert "version 3 of model has other tensors than version 2" in str(sentence)

    with_talk(play)


def test_nobody_computes_for_whoever_has_left() -> None:
    async def play(talk: Talk) -> None:
        talk.session.receive(OPEN)
        talk.session.receive(frame(0, np.ones((1, 3), np.float32)))
        talk.session.end()
        await turns()
        assert talk.answers() == {}
        assert talk.service.models.find("model").statistics.rows == 0

    with_talk(play)


@settings(max_examples=150)
@given(
    some.lists(
        some.one_of(
            some.binary(max_size=80),
            some.text(max_size=40),
            some.integers(0, 28).map(lambda cut: frame(cut, np.ones((1, 3), np.float32))[: 28 - cut]),
            some.binary(max_size=40).map(lambda tail: b"\x01\x00\x01\x00" + tail),
        ),
        max_size=8,
    )
)
def test_whatever_a_client_sends_it_is_answered_or_told_what_is_wrong(messages: list[str | bytes]) -> None:
    async def play(talk: Talk) -> None:
        talk.session.receive(OPEN)
        closed_with = 0
        for message in messages:
            try:
                talk.session.receive(message)
            except ProtocolError as error:
                closed_with = error.code
                break
        await turns()
        assert closed_with in (0, 1007, 1008)
        assert closed_with or talk.session.requests == 0

    with_talk(play)


@pytest.mark.parametrize("requests", [1, 3])
def test_a_byte_that_is_no_bool_is_one_requests_fault(requests: int) -> None:
    async def play(talk: Talk) -> None:
        talk.service.models.put(loaded(denial(), "denial"))
        talk.session.receive(control.encode_control(control.Open(2, "denial")))
        layout = Layout([Spec("observations", "BOOL", (-1, 2))])
        frames = [
            layout.encode_one(REQUEST, 2, number, [np.array([[0, number % 2]], np.uint8).view(np.bool_)])
            for number in range(requests)
        ]
        talk.session.receive(b"".join([*frames, HEADER.pack(head(REQUEST, 2, 1), 9) + bytes((1, 7))]))
        await asyncio.sleep(0.01)
        kinds = {}
        for reply in talk.sent:
            if not isinstance(reply.content, control.Control):
                first, number = HEADER.unpack(bytes(reply.content)[: HEADER.size])
                kinds[number] = first & 0xFFFF
        assert kinds == dict.fromkeys(range(requests), ANSWER) | {9: ERROR}
        assert b"no BOOL" in b"".join(
            bytes(one.content) for one in talk.sent if not isinstance(one.content, control.Control)
        )

    with_talk(play)
