"""What RFC 6455 asks of a server, case by case, over sockets; numbered as in the Autobahn test suite."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import numpy as np
import pytest
from tests.serving.test_websocket_door import INPUTS, with_door
from tests.serving.websocket.raw import OPEN, Raw, masked

from evolve.serving.frames.layout import REQUEST
from evolve.serving.service import Service
from evolve.serving.websocket.reader import Close, Ping, Pong

REQUESTS = bytes(INPUTS.encode(REQUEST, 1, range(2), [np.ones((2, 3), np.float32)]))
ANSWER_BYTES = 2 * INPUTS.frame_bytes(1)


def say(play: Callable[[Raw], Coroutine[Any, Any, None]]) -> None:
    async def enter(_service: Service, url: str) -> None:
        raw = await Raw.enter(url)
        try:
            await play(raw)
        finally:
            raw.writer.close()

    with_door(enter)


@pytest.mark.parametrize("size", [0, 1, 125])
def test_2_a_ping_is_answered_with_its_payload(size: int) -> None:
    async def play(raw: Raw) -> None:
        raw.writer.write(masked(0x8A, b"nobody asked") + masked(0x89, bytes(size)))
        assert (await raw.streams.readexactly(2 + size)) == bytes((0x8A, size)) + bytes(size)

    say(play)


@pytest.mark.parametrize(
    "data",
    [
        masked(0x89, bytes(126)),
        masked(0xC2, REQUESTS),
        masked(0xA2, REQUESTS),
        masked(0x92, REQUESTS),
        masked(0x83),
        masked(0x87),
        masked(0x8B),
        masked(0x8F),
        masked(0x09),
        masked(0x08),
        masked(0x80, b"continues nothing"),
        masked(0x00, b"continues nothing"),
        masked(0x02, REQUESTS[:9]) + masked(0x82, REQUESTS[9:]),
        b"\x82\x05hello",
        masked(0x88, b"\x03"),
        *(
            masked(0x88, code.to_bytes(2, "big"))
            for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000)
        ),
    ],
)
@pytest.mark.parametrize("pieces", [False, True])
def test_3_to_7_what_breaks_the_protocol_is_hung_up_on_with_1002(data: bytes, pieces: bool) -> None:
    async def play(raw: Raw) -> None:
        for piece in [data[place : place + 1] for place in range(len(data))] if pieces else [data]:
            raw.writer.write(piece)
            await asyncio.sleep(0)
        assert (await raw.goodbye()).code == 1002

    say(play)


@pytest.mark.parametrize("step", [1, 5, 1000])
def test_5_a_message_comes_in_fragments_with_pings_between_them(step: int) -> None:
    async def play(raw: Raw) -> None:
        parts = [REQUESTS[place : place + step] for place in range(0, len(REQUESTS), step)]
        for place, part in enumerate(parts):
            first = 0x80 * (place == len(parts) - 1) | (0 if place else 2)
            raw.writer.write(masked(0x89, b"?") + masked(first, part))
        events = [await raw.next() for _ in range(len(parts) + 1)]
        assert events.count(Pong()) == len(parts)
        assert [len(event) for event in events if isinstance(event, bytes)] == [ANSWER_BYTES]

    say(play)


@pytest.mark.parametrize(
    "text", [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xce", b"{\xe2\x82"]
)
def test_6_text_that_is_no_utf_8_is_hung_up_on_with_1007(text: bytes) -> None:
    async def play(raw: Raw) -> None:
        raw.writer.write(masked(0x01, text[:1]) + masked(0x80, text[1:]))
        assert (await raw.goodbye()).code == 1007

    say(play)


def test_6_a_letter_may_be_cut_by_the_end_of_a_fragment() -> None:
    async def play(raw: Raw) -> None:
        text = OPEN.replace(b"model", "modäl".encode(), 1).replace(b'"stream": 1', b'"stream": 2')
        place = text.index("ä".encode()) + 1
        raw.writer.write(masked(0x01, text[:place]) + masked(0x80, text[place:]))
        # It arrived as it was meant: the key that is none is named.
        assert "modäl" in (await raw.goodbye()).reason

    say(play)


@pytest.mark.parametrize(
    "payload", [b"", b"\x03\xe8", b"\x03\xe8done", b"\x0b\xb8" + bytes(123), b"\x13\x87"]
)
def test_7_a_goodbye_is_repeated_and_the_connection_ends(payload: bytes) -> None:
    async def play(raw: Raw) -> None:
        raw.writer.write(masked(0x88, payload) + masked(0x82, REQUESTS) + masked(0x89, b"late"))
        goodbye = await raw.goodbye()
        assert goodbye.payload == payload

    say(play)


def test_7_after_its_own_goodbye_the_service_waits_for_the_other_and_hears_nothing_else() -> None:
    async def play(raw: Raw) -> None:
        raw.writer.write(masked(0x81, b"{"))
        assert isinstance(await raw.next(), Close)
        raw.writer.write(masked(0x82, REQUESTS) + masked(0x89, b"?") + masked(0x88, b"\x03\xe8"))
        assert await raw.next() is None

    say(play)


def test_9_a_message_of_half_a_megabyte_comes_and_goes_whole() -> None:
    async def play(raw: Raw) -> None:
        rows = np.random.default_rng(1).normal(size=(50_000, 3)).astype(np.float32)
        raw.writer.write(masked(0x82, bytes(INPUTS.encode(REQUEST, 1, [7], [rows]))))
        answer = await raw.next()
        assert isinstance(answer, bytes)
        np.testing.assert_array_equal(INPUTS.decode(memoryview(answer), 1, 50_000)[1][0], rows * 2)

    say(play)


def test_12_compression_is_never_agreed_upon() -> None:
    from tests.serving.websocket.raw import HANDSHAKE

    async def play(_service: Service, url: str) -> None:
        host, _, port = url.split("/")[2].partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        offer = b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
        writer.write(HANDSHAKE[:-2] + offer)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 ")
        assert b"xtensions" not in head
        writer.close()

    with_door(play)


def test_the_service_asks_whether_the_client_is_there_and_hangs_up_on_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from evolve.serving.frames import limits

    monkeypatch.setattr("evolve.serving.doors.websocket.door._LOOK_SECONDS", 0.05)
    monkeypatch.setattr(limits, "PING_SECONDS", 0.1)
    monkeypatch.setattr(limits, "SILENCE_SECONDS", 0.3)

    async def play(raw: Raw) -> None:
        for _ in range(5):  # longer than the silence that is allowed
            assert isinstance(await raw.next(), Ping)
            raw.writer.write(masked(0x8A))
        while (event := await raw.next()) is not None:
            assert isinstance(event, Ping)

    say(play)
