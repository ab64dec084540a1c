"""The gRPC door over HTTP/2 as a strange, slow, greedy or dying caller meets it."""

import asyncio
import ssl
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import grpc
import pytest
from h2.settings import SettingCodes
from tests.certificates import make_pair, needs_openssl
from tests.serving.doors.grpc_caller import neural, reply, served
from tests.serving.doors.grpc_raw import Answer, Opened, RawCaller, opened
from tests.serving.http2.machine import GREETING
from tests.serving.models import linear

from evolve.serving.batcher import BatchSettings
from evolve.serving.doors import DoorSettings
from evolve.serving.doors.grpc import connection as grpc_connection
from evolve.serving.doors.grpc.messages import NEURAL
from evolve.serving.http2 import frames
from evolve.serving.http2.frames import Problem
from evolve.serving.security.guard import Guard
from evolve.serving.security.keys import KeyRing
from evolve.serving.settings import ServiceSettings
from evolve.workers.certificate import load_certificate
from evolve.workers.entrance import Entrance

QUESTION = neural([1.0, 2.0, 3.0])
SOON = {"grpc_timeout": "50m"}


def message(data: bytes, flag: int = 0) -> bytes:
    return struct.pack(">BI", flag, len(data)) + data


def messages(answer: Answer) -> list[bytes]:
    data, found = answer.data, []
    while data:
        size = 5 + int.from_bytes(data[1:5])
        found.append(data[5:size])
        data = data[size:]
    return found


async def ask(
    door: Opened,
    data: bytes,
    *,
    end: bool = True,
    method: str = "Infer",
    fields: Mapping[str, str] = MappingProxyType({}),
) -> Answer:
    async with door.caller() as caller:
        number = caller.open(f"{NEURAL}/{method}", **fields)
        await caller.send(number, data, end=end)
        return await caller.answer(number)


async def until(is_true: Callable[[], object], what: str) -> None:
    for _ in range(1_000):
        if is_true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(what)


@pytest.mark.parametrize(
    ("fields", "data", "status", "sentence"),
    [
        ({":path": "/x.Y/Z"}, message(QUESTION), "12", "there is no method '/x.Y/Z'"),
        ({"grpc_encoding": "gzip"}, message(QUESTION), "12", "grpc-encoding: gzip is not unpacked"),
        ({}, message(QUESTION, flag=1), "12", "compressed messages are not unpacked"),
        ({}, message(QUESTION) * 2, "12", "takes one message, and more came"),
        ({}, b"", "12", "takes one message, and none came"),
        ({}, message(QUESTION)[:-1], "3", "message: ends before its end"),
        ({}, message(QUESTION) + b"\0", "3", "message: ends before its end"),
        ({}, struct.pack(">BI", 0, 1 << 31), "8", "the message has 2147483648 bytes"),
        ({"grpc_timeout": "1 year"}, message(QUESTION), "3", "grpc-timeout: is no number"),
        ({"origin": "https://localhost"}, message(QUESTION), "7", "web pages may not call"),
        ({"x": "y" * 17_000}, message(QUESTION), "8", "the metadata has more than"),
    ],
)
async def test_calls_without_sense_are_told_so_in_a_status(
    fields: dict[str, str], data: bytes, status: str, sentence: str
) -> None:
    async with opened(linear()) as door:
        answer = await ask(door, data, fields=fields)
        assert answer.fields[":status"] == "200"
        assert (answer.status, sentence in answer.fields["grpc-message"]) == (status, True)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({":method": "GET"}, "405"),
        ({"content_type": "application/json"}, "415"),
        ({"content_type": "application/grpc+json"}, "415"),
    ],
)
async def test_what_is_no_grpc_gets_a_status_of_http(fields: dict[str, str], status: str) -> None:
    async with opened(linear()) as door:
        answer = await ask(door, b"", fields=fields)
        assert (answer.fields[":status"], answer.status) == (status, "none")


@pytest.mark.parametrize("kind", ["application/grpc", "application/grpc+proto", "application/grpc;x=y"])
async def test_a_message_is_the_same_however_its_bytes_are_cut_into_frames(kind: str) -> None:
    async with opened(linear()) as door, door.caller() as caller:
        number = caller.open(content_type=kind)
        for place in range(len(message(QUESTION))):
            await caller.send(number, message(QUESTION)[place : place + 1])
        await caller.send(number, b"", end=True)
        answer = await caller.answer(number)
        assert (answer.status, answer.fields["content-type"]) == ("0", "application/grpc")
        assert list(reply(messages(answer)[0]).outputs) == [2.0, 4.0, 6.0]


async def test_many_messages_in_one_frame_are_answered_one_by_one_in_order() -> None:
    async with opened(linear()) as door:
        sent = b"".join(message(neural([number] * 3, id=number)) for number in range(500))
        answer = await ask(door, sent, method="Stream")
        assert [reply(one).id for one in messages(answer)] == list(range(500))
        assert answer.status == "0"


async def test_messages_that_are_wrong_at_once_do_not_hold_up_the_others() -> None:
    async with opened(linear()) as door:
        answer = await ask(door, message(b"") * 5_000, method="Stream")
        assert len(messages(answer)) == 5_000
        assert {reply(one).code for one in messages(answer)} == {3}


async def test_a_stream_may_be_half_closed_from_the_start() -> None:
    async with opened(linear()) as door:
        answer = await ask(door, b"", method="Stream")
        assert (answer.status, answer.data) == ("0", b"")


async def test_messages_larger_than_all_windows_go_both_ways() -> None:
    width = 600_000
    async with opened(linear(width)) as door:
        answer = await ask(door, message(neural([0.5] * width)))
        assert reply(messages(answer)[0]).outputs == [1.0] * width


async def test_a_caller_who_speaks_http_1_is_told_where_he_is() -> None:
    async with opened(linear()) as door:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        said = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        assert said.startswith(b"HTTP/1.1 400 ")
        assert b"this port speaks gRPC" in said


async def test_the_callers_deadline_is_kept() -> None:
    scheduler = ServiceSettings(batches=BatchSettings(delay=0.5))
    async with opened(linear(), scheduler) as door:
        answer = await ask(door, message(QUESTION), fields=SOON)
        assert (answer.status, "the deadline" in answer.fields["grpc-message"]) == ("4", True)
        answer = await ask(door, message(QUESTION), end=False, method="Stream", fields=SOON)
        assert answer.status == "4"
        await asyncio.sleep(0.6)
        assert door.service.models.find("model").statistics.requests == 0


async def test_sentences_of_any_letters_arrive() -> None:
    async with served({"model": linear()}) as caller:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await caller.bytes(f"{NEURAL}/Infer", neural([1.0] * 3, model="50 % Größe ☃"))
        assert "there is no model '50 % Größe ☃' here" in (refused.value.details() or "")


async def test_who_has_no_key_is_refused_before_he_has_sent_anything() -> None:
    settings = DoorSettings(guard=Guard(_Nobody()))
    async with opened(linear(), settings=settings) as door:
        answer = await ask(door, b"", end=False)
        assert (answer.status, answer.data) == ("16", b"")


class _Nobody:
    def ring(self) -> KeyRing:
        return KeyRing({})


async def test_what_stands_there_twice_is_not_read_one_way_or_the_other() -> None:
    async with opened(linear()) as door, door.caller() as caller:
        number = caller.h2.get_next_available_stream_id()
        fields = [
            (":method", "POST"),
            (":scheme", "http"),
            (":path", f"/{NEURAL}/Infer"),
            (":authority", "x"),
        ]
        fields += [("content-type", "application/grpc"), ("authorization", "a"), ("authorization", "b")]
        caller.h2.send_headers(number, fields)
        caller.answers[number] = Answer()
        answer = await caller.answer(number)
        assert (answer.status, answer.fields["grpc-message"]) == ("3", "authorization: stands there twice")


async def test_a_caller_who_takes_back_calls_by_the_thousand_is_hung_up_on() -> None:
    async with opened(linear()) as door, door.caller() as caller:
        for _ in range(1_100):
            number = caller.open()
            caller.h2.reset_stream(number)
        goodbye = await caller.ended()
        assert goodbye.error_code == Problem.ENHANCE_YOUR_CALM
        assert b"begun and taken back" in (goodbye.additional_data or b"")
        assert (await ask(door, message(QUESTION))).status == "0"


async def test_connections_beyond_the_limit_are_closed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grpc_connection, "MAXIMUM_CONNECTIONS", 2)
    async with opened(linear()) as door, door.caller() as first, door.caller() as second:
        for caller in (first, second):
            await caller.flush()
            assert await caller.read()
        async with door.caller() as third:
            assert await is_cut_off(third)
        assert len(door.door.connections) == 2


async def is_cut_off(caller: RawCaller) -> bool:
    """Whether the connection ends, in whatever way."""
    try:
        while await caller.read():
            pass
    except ConnectionError:
        pass
    return True


@pytest.mark.parametrize("words", [b"", b"PRI * HTTP/2.0\r\n\r\n"])
async def test_who_does_not_greet_in_time_is_hung_up_on(words: bytes) -> None:
    async with opened(linear()) as door, door.caller() as caller:
        caller.writer.write(words)
        await until(lambda: door.door.connections, "nobody came")
        door.door.wait(13)
        assert await is_cut_off(caller)


async def test_who_is_silent_is_asked_whether_he_lives_and_then_hung_up_on() -> None:
    async with opened(linear()) as door, door.caller() as alive, door.caller() as dead:
        for caller in (alive, dead):
            caller.open(f"{NEURAL}/Stream")
            await caller.flush()
            await caller.read()
        await until(lambda: _streams(door) == 2, "the calls did not come")
        await asyncio.sleep(0.1)
        door.door.wait(62)
        assert _heard(door) == 0
        while not _heard(door):
            await alive.read()
            await asyncio.sleep(0.05)
        door.door.wait(21)
        await until(lambda: len(door.door.connections) == 1, "the dead one is still there")
        assert await is_cut_off(dead)


def _connections(door: Opened) -> list[Any]:
    return list(door.door.connections)


def _streams(door: Opened) -> int:
    return sum(len(one._http2.streams) for one in _connections(door))


def _heard(door: Opened) -> int:
    return sum(one._heard == door.door.now for one in _connections(door))


async def test_a_connection_without_calls_makes_room_for_others() -> None:
    async with opened(linear()) as door, door.caller() as caller:
        await caller.flush()
        await caller.read()
        await until(lambda: door.door.connections, "nobody came")
        for _ in range(6):
            door.door.wait(55)
            caller.h2.ping(b"12345678")
            await caller.flush()
            if not await caller.read():
                break
        assert caller.goodbye is not None
        assert caller.goodbye.error_code == Problem.NO_ERROR


@pytest.mark.parametrize("part", [b"", message(QUESTION)[:-1]])
async def test_a_message_that_does_not_arrive_is_not_waited_for(part: bytes) -> None:
    async with opened(linear()) as door, door.caller() as caller:
        number = caller.open()
        await caller.send(number, part)
        await until(lambda: _streams(door) == 1, "the call did not come")
        await asyncio.sleep(0.05)
        door.door.wait(23)
        answer = await caller.answer(number)
        assert (answer.status, answer.fields["grpc-message"]) == ("4", "the message did not arrive in time")
        assert door.door.held == 0


async def test_who_takes_nothing_of_an_answer_is_given_up_and_holds_nothing() -> None:
    width = 1_000_000
    async with opened(linear(width)) as door, door.caller(takes=False) as caller:
        number = caller.open()
        await caller.send(number, message(neural([1.0] * width)), end=True)
        while len(caller.answers[number].data) < 65_535:
            await caller.read()
        assert door.door.held > 3_000_000
        door.door.wait(62)
        assert (await caller.answer(number)).reset == Problem.CANCEL
        assert door.door.held == 0


async def test_who_reads_nothing_at_all_is_cut_off_and_holds_nothing() -> None:
    width = 250_000
    async with opened(linear(width)) as door, door.caller() as caller:
        await caller.flush()
        await caller.read()
        caller.h2.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 2**31 - 1})
        caller.h2.increment_flow_control_window(2**30)

        async def send() -> None:
            for _ in range(15):
                await caller.send(caller.open(), message(neural([1.0] * width)), end=True)

        sending = asyncio.create_task(send())
        await until(lambda: any(one._is_writing_paused for one in _connections(door)), "all was written")
        door.door.wait(22)
        await until(lambda: not door.door.connections, "it is still there")
        await asyncio.wait([sending])
        assert isinstance(sending.exception(), ConnectionError | None)
        assert door.door.held == 0


async def test_a_stream_that_is_not_read_back_takes_its_bounds_and_no_more() -> None:
    width = 100_000
    async with opened(linear(width)) as door, door.caller(takes=False) as caller:
        number = caller.open(f"{NEURAL}/Stream")
        question = message(neural([1.0] * width))
        for _ in range(200):
            try:
                async with asyncio.timeout(0.3):
                    await caller.send(number, question)
            except TimeoutError:
                break
        assert 16_000_000 < door.door.held < 20_000_000
        caller.h2.reset_stream(number)
        await caller.flush()
        await until(lambda: door.door.held == 0, "what was taken back is still held")


async def test_memory_that_is_full_refuses_what_comes_and_nothing_that_is_there() -> None:
    async with opened(linear()) as door, door.caller() as caller:
        number = caller.open(f"{NEURAL}/Stream")
        await caller.send(number, message(QUESTION))
        while not caller.answers[number].data:
            await caller.read()
        free, door.door.free_bytes = door.door.free_bytes, 10
        answer = await ask(door, message(QUESTION))
        assert (answer.status, answer.fields["retry-after"]) == ("8", "1")
        door.door.free_bytes = free
        await caller.send(number, message(QUESTION), end=True)
        assert (await caller.answer(number)).status == "0"
        assert door.door.held == 0


async def test_callers_who_are_gone_in_the_middle_leave_nothing_behind() -> None:
    scheduler = ServiceSettings(batches=BatchSettings(delay=0.2))
    async with opened(linear(), scheduler) as door:
        for _ in range(20):
            async with door.caller() as caller:
                for method, end in (("Infer", True), ("Infer", False), ("Stream", False)):
                    number = caller.open(f"{NEURAL}/{method}")
                    await caller.send(number, message(QUESTION) + (b"" if end else b"\0\0"), end=end)
        await until(lambda: not door.door.connections, "connections of dead callers are still open")
        assert door.door.held == 0


async def test_at_the_end_callers_hear_it_and_get_all_that_was_taken() -> None:
    scheduler = ServiceSettings(batches=BatchSettings(delay=0.3))
    async with opened(linear(), scheduler) as door, door.caller() as caller:
        asked = caller.open()
        await caller.send(asked, message(QUESTION), end=True)
        half = caller.open()
        await caller.send(half, message(QUESTION)[:-1])
        stream = caller.open(f"{NEURAL}/Stream")
        await caller.send(stream, message(QUESTION))
        await until(lambda: _streams(door) == 3, "the calls did not come")
        ending = asyncio.create_task(door.service.end(5.0))
        assert await ending
        await door.door.close()
        # Hyper-h2 takes nothing more after a goodbye.
        said = await caller.reader.read()
    read = list(frames.FrameReader().feed(frames.PREFACE + said))
    goodbye = (frames.GOAWAY, 0, 0, stream.to_bytes(4) + bytes(4))
    assert goodbye in read
    kinds = [[one[0] for one in read if one[2] == number] for number in (asked, half, stream)]
    answered = [frames.HEADERS, frames.DATA, frames.HEADERS]
    assert kinds == [answered, [frames.HEADERS, frames.RESET], [*answered, frames.RESET]]
    last = [one[3] for one in read if one[0] == frames.HEADERS and one[1] & frames.END_STREAM]
    assert sorted(one.count(b"grpc-status\x0214") for one in last) == [0, 1, 1]


@needs_openssl
async def test_over_tls_nothing_but_http_2_is_spoken(tmp_path: Path) -> None:
    certificate = load_certificate(*make_pair(tmp_path))
    settings = DoorSettings(Entrance(name="localhost", security=certificate.security), None, certificate)
    async with opened(linear(), settings=settings) as door:
        trust = ssl.create_default_context(cafile=certificate.path)
        for protocols, chosen in ((["h2", "http/1.1"], "h2"), (["http/1.1"], None), ([], None)):
            trust = ssl.create_default_context(cafile=certificate.path)
            if protocols:
                trust.set_alpn_protocols(protocols)
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", door.port, ssl=trust, server_hostname="localhost"
            )
            assert writer.get_extra_info("ssl_object").selected_alpn_protocol() == chosen
            writer.write(GREETING)
            try:
                first = await asyncio.wait_for(reader.read(9), 20)
            except ConnectionError:
                first = b""
            assert bool(first) is (chosen == "h2")
            writer.transport.abort()


async def test_a_caller_who_compresses_is_told_what_is_understood() -> None:
    async with opened(linear()) as door:
        answer = await ask(door, message(QUESTION, flag=1))
        assert answer.fields["grpc-accept-encoding"] == "identity"
