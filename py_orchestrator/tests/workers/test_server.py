"""The door, with real clients on loopback: who enters, and what the others are told."""

import asyncio
import http.client
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.certificates import make_pair, needs_openssl
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosedError, InvalidMessage, InvalidStatus
from websockets.typing import Subprotocol

from evolve.errors import EvolveUserError
from evolve.protocol import limits
from evolve.workers.certificate import load_certificate
from evolve.workers.entrance import Entrance
from evolve.workers.server import worker_server
from evolve.workers.tokens import Tokens
from evolve.workers.trust import trust_for

EVOLVE = [Subprotocol("evolve.v1")]


@dataclass
class Door:
    tokens: Tokens[str] = field(default_factory=Tokens)
    entered: list[str] = field(default_factory=list)
    port: int = 0
    scheme: str = "ws"

    async def handle(self, connection: ServerConnection, holder: str) -> None:
        self.entered.append(holder)
        async for message in connection:
            await connection.send(message)

    def connect(
        self,
        token: str | None = None,
        host: str = "127.0.0.1",
        path: str = "/worker",
        **more: Any,  # noqa: ANN401
    ) -> connect:
        token = self.tokens.issue("worker-1") if token is None else token
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        address = f"{self.scheme}://{host}:{self.port}{path}"
        more = {"subprotocols": EVOLVE, "compression": None, "host": "127.0.0.1", **more}
        return connect(address, additional_headers=headers, **more)


@asynccontextmanager
async def open_door(**options: Any) -> AsyncIterator[Door]:  # noqa: ANN401
    door = Door()
    async with worker_server(door.tokens, door.handle, **options) as port:
        door.port = port
        yield door


async def refused(attempt: connect) -> tuple[int, str]:
    with pytest.raises(InvalidStatus) as refusal:
        async with attempt:
            pass
    response = refusal.value.response
    return response.status_code, (response.body or b"").decode().strip()


async def test_a_token_opens_the_door_and_tells_who_comes() -> None:
    async with open_door() as door, door.connect() as client:
        await client.send("hello")
        assert await client.recv() == "hello"
        assert client.subprotocol == "evolve.v1"
        assert door.entered == ["worker-1"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]", "127.1.2.3"])
async def test_any_loopback_host_may_be_named(host: str) -> None:
    async with open_door() as door, door.connect(host=host) as client:
        await client.send("hello")
        assert await client.recv() == "hello"


async def test_a_wrong_token_is_401() -> None:
    async with open_door() as door:
        assert await refused(door.connect(token="guess")) == (401, "the token is missing or wrong")
        assert door.entered == []


async def test_a_revoked_token_is_401() -> None:
    async with open_door() as door:
        token = door.tokens.issue("worker-1")
        door.tokens.revoke(token)
        assert (await refused(door.connect(token=token)))[0] == 401


async def test_the_token_is_asked_for_before_anything_else() -> None:
    async with open_door() as door:
        attempt = door.connect(token="guess", path="/", headers={"Origin": "null"}, subprotocols=None)
        assert (await refused(attempt))[0] == 401


@pytest.mark.parametrize("origin", ["http://127.0.0.1", "null", "https://example.com"])
async def test_a_web_page_is_403(origin: str) -> None:
    async with open_door() as door:
        assert await refused(door.connect(headers={"Origin": origin})) == (403, "a web page is no worker")


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1.example.com", "10.0.0.1"])
async def test_a_foreign_host_is_403(host: str) -> None:
    async with open_door() as door:
        assert await refused(door.connect(host=host)) == (
            403,
            "the Host is none that this machine is called by",
        )


@pytest.mark.parametrize("subprotocols", [None, [Subprotocol("evolve.v2")]])
async def test_another_subprotocol_is_400(subprotocols: list[Subprotocol] | None) -> None:
    async with open_door() as door:
        assert await refused(door.connect(subprotocols=subprotocols)) == (
            400,
            "the subprotocol evolve.v1 is wanted",
        )


async def test_another_path_is_404() -> None:
    async with open_door() as door:
        assert await refused(door.connect(path="/")) == (404, "workers connect to /worker")


async def test_compression_is_never_agreed_on() -> None:
    async with open_door() as door, door.connect(compression="deflate") as client:
        assert client.protocol.extensions == []


async def test_a_message_over_the_limit_closes_with_1009(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAXIMUM_RESULTS_BYTES", 1_000)
    async with open_door() as door, door.connect() as client:
        await client.send(b"x" * 1_000)
        await client.recv()
        await client.send(b"x" * 1_001)
        with pytest.raises(ConnectionClosedError) as closed:
            await client.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


async def test_who_answers_no_ping_is_shown_out() -> None:
    door_options = {"ping_seconds": 0.05, "silence_seconds": 0.1}
    async with open_door(**door_options) as door, door.connect(ping_interval=None) as client:
        client.transport.pause_reading()
        await asyncio.sleep(0.4)
        client.transport.resume_reading()
        with pytest.raises(ConnectionClosedError):
            await client.recv()


async def test_a_port_in_use_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EvolveUserError) as refusal:
            async with open_door(entrance=Entrance(port=port)):
                pass
    assert str(refusal.value) == (
        f"port {port} is in use by another program: leave out --port to take a free one, or name another"
    )


async def test_an_address_of_another_machine_is_one_sentence() -> None:
    with pytest.raises(EvolveUserError) as refusal:
        async with open_door(entrance=Entrance("192.0.2.1")):
            pass
    assert str(refusal.value) == (
        "192.0.2.1 is no address of this machine: --listen 0.0.0.0 listens at all it has"
    )


async def test_the_door_is_on_loopback_only() -> None:
    async with open_door() as door:
        with socket.socket() as other:
            # The port is free on every other address of the machine.
            other.bind(("127.0.0.2", door.port))


def locked(folder: Path, **options: Any) -> tuple[Path, Entrance]:  # noqa: ANN401
    """A certificate for localhost, and an entrance on every address that shows it."""
    certificate, key = make_pair(folder)
    shown = load_certificate(certificate, key)
    return certificate, Entrance("0.0.0.0", 0, shown.security, shown.names, **options)  # noqa: S104


@needs_openssl
async def test_whoever_trusts_the_certificate_comes_in_by_tls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, entrance = locked(tmp_path)
    monkeypatch.setenv("EVOLVE_CERTIFICATE", str(certificate))
    async with open_door(entrance=entrance) as door:
        door.scheme = "wss"
        async with door.connect(host="localhost", ssl=trust_for("wss://localhost")) as client:
            await client.send("hello")
            assert await client.recv() == "hello"
            assert client.transport.get_extra_info("ssl_object").version() in ("TLSv1.2", "TLSv1.3")


@needs_openssl
async def test_whoever_does_not_trust_it_never_says_the_token(tmp_path: Path) -> None:
    _, entrance = locked(tmp_path)
    async with open_door(entrance=entrance) as door:
        door.scheme = "wss"
        with pytest.raises(ssl.SSLCertVerificationError, match="self-signed certificate"):
            await door.connect(host="localhost", ssl=trust_for("wss://localhost"))
        assert door.entered == []


@needs_openssl
async def test_a_certificate_for_another_name_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, entrance = locked(tmp_path)
    monkeypatch.setenv("EVOLVE_CERTIFICATE", str(certificate))
    async with open_door(entrance=entrance) as door:
        door.scheme = "wss"
        with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
            await door.connect(host="trainer.lan", ssl=trust_for("wss://trainer.lan"))


@needs_openssl
async def test_nothing_in_the_clear_is_answered_where_tls_is_wanted(tmp_path: Path) -> None:
    _, entrance = locked(tmp_path)
    async with open_door(entrance=entrance) as door:
        with pytest.raises((InvalidMessage, ConnectionError)):
            await door.connect()
        assert door.entered == []


@needs_openssl
async def test_a_foreign_name_or_a_web_page_is_403_behind_tls_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, entrance = locked(tmp_path)
    monkeypatch.setenv("EVOLVE_CERTIFICATE", str(certificate))
    trust: dict[str, Any] = {"ssl": trust_for("wss://localhost"), "server_hostname": "localhost"}
    async with open_door(entrance=entrance) as door:
        door.scheme = "wss"
        assert (await refused(door.connect(host="evil.example", **trust)))[0] == 403
        assert (await refused(door.connect(host="localhost", headers={"Origin": "null"}, **trust)))[0] == 403
        assert (await refused(door.connect("guess", host="localhost", **trust)))[0] == 401


async def test_whoever_calls_too_often_is_hung_up_on_and_later_let_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MAXIMUM_CONNECTIONS", 3)
    monkeypatch.setattr(limits, "HANDSHAKES_A_SECOND", 2.0)
    async with open_door() as door:
        for _ in range(3):
            assert (await refused(door.connect(token="guess")))[0] == 401
        with pytest.raises((ConnectionError, EOFError, InvalidMessage)):
            await door.connect(token="guess")
        await asyncio.sleep(0.6)
        async with door.connect() as client:
            await client.send("hello")
            assert await client.recv() == "hello"


async def test_a_caller_who_says_nothing_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HANDSHAKE_SECONDS", 0.1)
    async with open_door() as door:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()


@pytest.mark.parametrize(
    "headers",
    [{"Filler": "x" * 8_300}, {f"Filler-{number}": "x" for number in range(200)}],
    ids=["a long line", "many lines"],
)
async def test_headers_beyond_any_need_are_refused(headers: dict[str, str]) -> None:
    def call() -> int:
        connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=5)
        try:
            connection.request("GET", "/worker", headers=headers)
            return connection.getresponse().status
        finally:
            connection.close()

    async with open_door() as door:
        assert await asyncio.to_thread(call) in (400, 431)
        assert door.entered == []
