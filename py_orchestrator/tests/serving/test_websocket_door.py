"""The WebSocket door with real sockets: who comes in, and how it ends."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from tests.serving.models import linear, loaded
from tests.serving.visits import Visiting
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from evolve.serving.batcher import BatchSettings
from evolve.serving.doors import DoorSettings, Refusal
from evolve.serving.doors.websocket.door import websocket_door
from evolve.serving.frames import control, limits
from evolve.serving.frames.layout import REQUEST, Layout
from evolve.serving.service import Service
from evolve.serving.settings import ServiceSettings
from evolve.serving.tensors import Spec

INPUTS = Layout([Spec("observations", "FP32", (-1, 3))])
OPEN = control.encode_control(control.Open(1, "model"))
TOKEN = {"Authorization": "Bearer right"}


@dataclass(frozen=True)
class Turned:
    status: int
    sentence: str
    retry_after: float | None = None


class TokenGuard:
    def admit(self, authorization: str | None, scope: str, peer: str) -> Refusal | None:
        assert (scope, peer) == ("infer", "127.0.0.1")
        return None if authorization == "Bearer right" else Turned(401, "the key is missing or wrong")

    def visit(self, authorization: str | None, scope: str, peer: str) -> Visiting:
        return Visiting(self.admit(authorization, scope, peer))


def with_door(
    play: Callable[[Service, str], Coroutine[Any, Any, None]],
    batches: BatchSettings = BatchSettings(),  # noqa: B008 - it is frozen
) -> None:
    async def run() -> None:
        service = Service(ServiceSettings(batches=batches))
        service.models.put(loaded(linear()))
        service.open()
        async with websocket_door(service, DoorSettings(guard=TokenGuard())) as addresses:
            await play(service, addresses["websocket"])
            assert await service.end(5.0)

    asyncio.run(run())


def enter(url: str, **changes: Any) -> connect:  # noqa: ANN401 - whatever websockets takes
    options: dict[str, Any] = {
        "additional_headers": TOKEN,
        "subprotocols": [Subprotocol(limits.SUBPROTOCOL)],
        "compression": None,
        "proxy": None,
        "max_size": None,
    }
    return connect(url, **{**options, **changes})


async def opened(connection: ClientConnection) -> None:
    await connection.recv()
    await connection.send(OPEN)
    await connection.recv()


async def close_code(connection: ClientConnection) -> int:
    await connection.wait_closed()
    return connection.close_code or 0


def frames(count: int, rows: int = 1) -> bytes:
    return bytes(INPUTS.encode(REQUEST, 1, range(count), [np.ones((count * rows, 3), np.float32)]))


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"additional_headers": {}}, 401, "the key is missing or wrong"),
        ({"additional_headers": {"Authorization": "Bearer wrong"}}, 401, "the key is missing or wrong"),
        ({"origin": "http://localhost"}, 403, "a web page may not call this service"),
        ({"additional_headers": {**TOKEN, "Host": "evil.example"}}, 400, "a header stands twice"),
        ({"subprotocols": None}, 400, "the subprotocol evolve.infer.v1 is wanted"),
    ],
)
def test_a_handshake_that_breaks_a_rule_is_turned_away_with_the_reason(
    changes: dict[str, Any], status: int, sentence: str
) -> None:
    async def play(_service: Service, url: str) -> None:
        with pytest.raises(InvalidStatus) as refused:
            await enter(url, **changes)
        assert refused.value.response.status_code == status
        assert (refused.value.response.body or b"").decode() == f"{sentence}\n"

    with_door(play)


def test_another_path_and_a_name_that_was_rebound_to_us_are_turned_away() -> None:
    async def play(_service: Service, url: str) -> None:
        with pytest.raises(InvalidStatus, match="404"):
            await enter(url.replace("/infer", "/worker"))
        port = int(url.split(":")[2].split("/", maxsplit=1)[0])
        with pytest.raises(InvalidStatus, match="403"):
            await enter(f"ws://evil.example:{port}/infer", host="127.0.0.1", port=port)

    with_door(play)


def test_answers_that_are_ready_together_come_in_one_message() -> None:
    async def play(_service: Service, url: str) -> None:
        async with enter(url) as connection:
            await opened(connection)
            await connection.send(frames(64))
            answer = await connection.recv()
            assert len(answer) == 64 * INPUTS.frame_bytes(1)

    with_door(play)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"", 1007),
        ("{", 1007),
        ('{"type":"shout"}', 1008),
        (" " * 70_000, 1008),
    ],
)
def test_a_message_that_has_no_place_closes_the_connection_with_its_code(
    message: str | bytes, code: int
) -> None:
    async def play(_service: Service, url: str) -> None:
        async with enter(url) as connection:
            await opened(connection)
            await connection.send(message)
            assert await close_code(connection) == code

    with_door(play)


def test_a_message_that_is_too_large_is_refused_by_its_length() -> None:
    async def play(_service: Service, url: str) -> None:
        async with enter(url) as connection:
            await opened(connection)
            length = limits.MAXIMUM_MESSAGE_BYTES + 1
            connection.transport.write(b"\x82\xff" + length.to_bytes(8, "big") + bytes(4))
            assert await close_code(connection) == 1009

    with_door(play)


def test_when_the_service_ends_all_that_it_took_is_answered_before_it_hangs_up_with_1001() -> None:
    sizes: list[int] = []
    codes: list[int] = []

    async def read(connection: ClientConnection) -> None:
        try:
            while True:
                sizes.append(len(await connection.recv()))
        except ConnectionClosed as closed:
            codes.append(closed.rcvd.code if closed.rcvd else 0)

    async def run() -> None:
        service = Service(ServiceSettings(batches=BatchSettings(delay=0.3)))
        service.models.put(loaded(linear()))
        async with websocket_door(service, DoorSettings()) as addresses:
            connection = await enter(addresses["websocket"])
            await opened(connection)
            await connection.send(frames(50))
            while service.models.find("model")._rows < 50:
                await asyncio.sleep(0.01)
            reading = asyncio.create_task(read(connection))
            assert await service.end(5.0)
        await reading

    asyncio.run(run())
    assert sum(sizes) == 50 * INPUTS.frame_bytes(1)
    assert codes == [1001]


def test_what_comes_while_the_service_ends_is_answered_503() -> None:
    async def run() -> None:
        service = Service(ServiceSettings())
        service.models.put(loaded(linear()))
        async with (
            websocket_door(service, DoorSettings()) as addresses,
            enter(addresses["websocket"]) as connection,
        ):
            await opened(connection)
            assert await service.end(5.0)
            await connection.send(frames(1))
            answer = await connection.recv()
            assert isinstance(answer, bytes)
            assert answer[0] == 3
            assert int.from_bytes(answer[4:8], "little") in (404, 503)

    asyncio.run(run())


def test_a_client_that_does_not_read_holds_no_more_than_its_credit_and_is_hung_up_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(limits, "SILENCE_SECONDS", 0.3)
    caplog.set_level(logging.CRITICAL)

    async def play(service: Service, url: str) -> None:
        async with enter(url, max_queue=1) as connection:
            await opened(connection)
            # About 12 MB each way, more than the buffers between us hold.
            with pytest.raises(ConnectionClosed):  # noqa: PT012 - whenever it comes
                for _ in range(200):
                    await connection.send(frames(1, 100_000))
                    await asyncio.sleep(0.02)
        statistics = service.models.find("model").statistics
        assert statistics.requests < 200

    with_door(play)


def test_clients_that_die_by_the_hundred_leave_nothing_behind() -> None:
    async def play(service: Service, url: str) -> None:
        for _ in range(5):
            connections = await asyncio.gather(*(enter(url) for _ in range(20)))
            for connection in connections:
                await opened(connection)
                await connection.send(frames(64))
                connection.transport.abort()
            await asyncio.gather(*(one.wait_closed() for one in connections))
        batcher = service.models.find("model")
        while batcher._rows:
            await asyncio.sleep(0.01)
        async with enter(url) as connection:
            await opened(connection)
            await connection.send(frames(1))
            assert len(await connection.recv()) == INPUTS.frame_bytes(1)

    with_door(play)


def test_the_idle_and_those_who_never_begin_are_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evolve.serving.doors.websocket.door._LOOK_SECONDS", 0.05)
    monkeypatch.setattr(limits, "OPEN_SECONDS", 0.1)
    monkeypatch.setattr(limits, "IDLE_SECONDS", 0.5)

    async def play(_service: Service, url: str) -> None:
        async with enter(url) as silent, enter(url) as idle:
            await opened(idle)
            await idle.send(frames(1))
            await idle.recv()
            for connection, code in ((silent, 1008), (idle, 1001)):
                assert await close_code(connection) == code

    with_door(play)
