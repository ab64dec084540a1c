"""Who comes in by the WebSocket door, how often he may ask, and how long he may stay."""

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.certificates import make_pair, needs_openssl
from tests.serving.models import linear, loaded
from tests.serving.security.test_guard import Ring
from tests.serving.test_websocket_door import INPUTS, close_code, enter, frames, opened
from tests.serving.websocket.raw import HANDSHAKE, Raw, masked
from websockets.exceptions import ConnectionClosed

from evolve.serving.doors import Addresses, DoorSettings
from evolve.serving.doors.websocket.door import websocket_door
from evolve.serving.frames import limits
from evolve.serving.frames.error_frame import decode_error
from evolve.serving.security.guard import Guard, Rate
from evolve.serving.service import Service
from evolve.serving.settings import ServiceSettings
from evolve.serving.websocket.reader import Pong
from evolve.workers.certificate import load_certificate
from evolve.workers.entrance import Entrance


def with_settings(settings: DoorSettings, play: Callable[[Addresses], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        service = Service(ServiceSettings())
        service.models.put(loaded(linear()))
        async with websocket_door(service, settings) as addresses:
            await play(addresses)

    asyncio.run(run())


def kinds(message: bytes) -> list[int]:
    """Of each frame: 2 for an answer, else the code of the error."""
    found = []
    rest = memoryview(message)
    while rest:
        code = int.from_bytes(rest[4:8], "little")
        size = INPUTS.frame_bytes(code) if rest[0] == 2 else decode_error(rest)[1]
        found.append(2 if rest[0] == 2 else code)
        rest = rest[size:]
    return found


@pytest.mark.parametrize("together", [True, False])
def test_requests_beyond_the_rate_are_answered_429_and_the_others_are_answered(together: bool) -> None:
    guard = Guard(rate=Rate(per_second=0.001, at_once=5.0))

    async def play(addresses: Addresses) -> None:
        async with enter(addresses["websocket"]) as connection:
            await opened(connection)
            for message in [frames(8)] if together else [frames(1)] * 8:
                await connection.send(message)
            answer = b""
            while len(kinds(answer)) < 8:
                answer += bytes(await connection.recv(decode=False))
            assert sorted(kinds(answer)) == [2] * 5 + [429] * 3
            place = answer.index(b"more than 0.001 requests a second: come again in ")
            assert answer[place:].partition(b" in ")[2].startswith((b"999.", b"1000."))

    with_settings(DoorSettings(guard=guard), play)


def test_the_rate_is_that_of_the_key_however_many_connections_it_has() -> None:
    ring = Ring("infer", per_second=0.001)

    async def play(addresses: Addresses) -> None:
        answers = b""
        for _ in range(3):
            headers = {"Authorization": ring.header}
            async with enter(addresses["websocket"], additional_headers=headers) as connection:
                await opened(connection)
                await connection.send(frames(1))
                answers += bytes(await connection.recv(decode=False))
        assert kinds(answers) == [2, 2, 429]

    with_settings(DoorSettings(guard=Guard(ring)), play)


def test_whoever_shows_a_key_that_is_revoked_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evolve.serving.doors.websocket.door._LOOK_SECONDS", 0.05)
    ring = Ring("infer")

    async def play(addresses: Addresses) -> None:
        headers = {"Authorization": ring.header}
        async with enter(addresses["websocket"], additional_headers=headers) as connection:
            await opened(connection)
            await connection.send(frames(1))
            assert kinds(bytes(await connection.recv(decode=False))) == [2]
            ring.keys.clear()
            with pytest.raises(ConnectionClosed, match="the key is not valid"):
                await connection.recv()
            assert connection.close_code == limits.CLOSE_RULE_BROKEN

    with_settings(DoorSettings(guard=Guard(ring)), play)


@needs_openssl
def test_over_tls_it_says_the_same(tmp_path: Path) -> None:
    certificate = load_certificate(*make_pair(tmp_path))
    trust = ssl.create_default_context(cafile=str(certificate.path))

    async def play(addresses: Addresses) -> None:
        assert addresses["websocket"].startswith("wss://localhost:")
        rows = np.ones((1, 3), np.float32)
        async with enter(addresses["websocket"], ssl=trust) as connection:
            await opened(connection)
            await connection.send(frames(1, 100_000))
            answer = memoryview(await connection.recv(decode=False))
            np.testing.assert_array_equal(INPUTS.decode(answer, 1, 100_000)[1][0][:1], rows * 2)
            await connection.send("{")
            assert await close_code(connection) == 1007

    with_settings(DoorSettings(Entrance(name="localhost", security=certificate.security)), play)


@pytest.mark.parametrize("size", [1, 7, 400])
def test_a_handshake_comes_in_whatever_pieces_and_frames_may_follow_at_once(size: int) -> None:
    async def play(addresses: Addresses) -> None:
        host, _, port = addresses["websocket"].split("/")[2].partition(":")
        raw = Raw(*await asyncio.open_connection(host, int(port)))
        data = HANDSHAKE + masked(0x89, b"early")
        for place in range(0, len(data), size):
            raw.writer.write(data[place : place + size])
            await asyncio.sleep(0)
        head = await raw.streams.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 ")
        assert b"Sec-WebSocket-Protocol: evolve.infer.v1\r\n" in head
        assert "welcome" in str(await raw.next())
        raw.writer.close()

    with_settings(DoorSettings(), play)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /infer HTTP/1.1\r\n" + b"a: b\r\n" * 200, b"431"),
        (b"GET /infer HTTP/1.1\r\nCookie: " + b"c" * 70_000, b"431"),
        (b"GET /" + b"x" * 70_000, b"414"),
        (
            b"POST /infer HTTP/1.1\r\nHost: localhost\r\nSec-WebSocket-Protocol: evolve.infer.v1\r\n\r\n",
            b"405",
        ),
        (HANDSHAKE.replace(b"Upgrade: websocket\r\n", b""), b"426"),
        (HANDSHAKE.replace(b"Version: 13", b"Version: 8"), b"400"),
        (HANDSHAKE.replace(b"AAAAAAAAAAAAAAAAAAAAAA==", b"short"), b"400"),
    ],
)
def test_a_head_that_is_none_is_answered_and_the_connection_ends(head: bytes, status: bytes) -> None:
    async def play(addresses: Addresses) -> None:
        host, _, port = addresses["websocket"].split("/")[2].partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(head)
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 " + status)
        writer.close()

    with_settings(DoorSettings(), play)


def test_whoever_does_not_finish_the_handshake_or_a_message_is_hung_up_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("evolve.serving.doors.websocket.door._LOOK_SECONDS", 0.05)
    monkeypatch.setattr("evolve.serving.doors.websocket.connection.HANDSHAKE_SECONDS", 0.2)
    monkeypatch.setattr(limits, "MESSAGE_SECONDS", 0.2)

    async def play(addresses: Addresses) -> None:
        host, _, port = addresses["websocket"].split("/")[2].partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(HANDSHAKE[:50])
        assert await reader.read() == b""
        writer.close()
        raw = await Raw.enter(addresses["websocket"])
        raw.writer.write(masked(0x82, bytes(9))[:-1])
        goodbye = await raw.goodbye()
        assert (goodbye.code, goodbye.reason) == (1008, "a message did not arrive in time")
        raw.writer.close()

    with_settings(DoorSettings(), play)


def test_clients_hold_so_much_together_of_messages_that_have_not_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MAXIMUM_HELD_BYTES", 1_000_000)
    data = frames(1, 50_000)
    begin, end = masked(0x02, data[:550_000]), masked(0x80, data[550_000:])

    async def play(addresses: Addresses) -> None:
        first, second = [await Raw.enter(addresses["websocket"]) for _ in range(2)]
        first.writer.write(begin + masked(0x89))
        assert await first.next() == Pong()
        second.writer.write(begin)
        goodbye = await second.goodbye()
        assert (goodbye.code, goodbye.reason) == (1013, "the messages of other clients fill the memory")
        first.writer.write(end)
        answer = await first.next()
        assert isinstance(answer, bytes)
        assert len(answer) == INPUTS.frame_bytes(50_000)
        # What was held for the others is free again.
        third = await Raw.enter(addresses["websocket"])
        third.writer.write(begin + end)
        answer = await third.next()
        assert isinstance(answer, bytes)
        for raw in (first, second, third):
            raw.writer.close()

    with_settings(DoorSettings(), play)
