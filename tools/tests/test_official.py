"""The official release, downloaded from a local server that behaves well or badly."""

from __future__ import annotations

import hashlib
import http.server
import io
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from provision import official
from provision.console import Console, SetupError
from provision.official import Release

CONTENT = b"the engine " * 5000


def _archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as bundle:
        bundle.writestr("engine.x86_64", CONTENT)
    return buffer.getvalue()


ARCHIVE = _archive()
RELEASE = Release("engine.zip", hashlib.sha512(ARCHIVE).hexdigest(), "engine.x86_64")


@dataclass
class Mirror:
    """A server of one file; `announce` is the size it claims, `body` what it sends."""

    address: str = ""
    body: bytes = ARCHIVE
    announce: int = len(ARCHIVE)
    status: int = 200
    ranges: list[str] = field(default_factory=list)


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    state = Mirror()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
            state.ranges.append(asked or "")
            self.send_response(206 if asked and state.status == 200 else state.status)
            self.send_header("Content-Length", str(state.announce - start))
            self.end_headers()
            self.wfile.write(state.body[start:])

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    state.address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("EVOLVE_GODOT_MIRROR", state.address)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_good_download_becomes_a_program(mirror: Mirror, tmp_path: Path, console: Console) -> None:
    program = official.provision(tmp_path, console, RELEASE)
    assert program.read_bytes() == CONTENT
    assert program.stat().st_mode & 0o100
    assert [path.name for path in tmp_path.iterdir()] == ["official"]


def test_a_wrong_digest_is_refused_and_thrown_away(mirror: Mirror, tmp_path: Path, console: Console) -> None:
    mirror.body = ARCHIVE[:-1] + b"?"
    with pytest.raises(SetupError, match="does not have its published SHA-512"):
        official.provision(tmp_path, console, RELEASE)
    assert list(tmp_path.iterdir()) == []


def test_a_broken_off_download_is_continued(mirror: Mirror, tmp_path: Path, console: Console) -> None:
    mirror.body = ARCHIVE[:200]
    with pytest.raises(SetupError, match="the next run continues it"):
        official.provision(tmp_path, console, RELEASE)
    mirror.body = ARCHIVE
    assert official.provision(tmp_path, console, RELEASE).read_bytes() == CONTENT
    assert mirror.ranges == ["", "bytes=200-"]


def test_a_bad_rest_of_an_earlier_attempt_gets_one_fresh_try(
    mirror: Mirror, tmp_path: Path, console: Console
) -> None:
    (tmp_path / "engine.zip.part").write_bytes(b"x" * 100)
    assert official.provision(tmp_path, console, RELEASE).read_bytes() == CONTENT
    assert mirror.ranges == ["bytes=100-", ""]


def test_an_absent_file_is_named_by_the_servers_answer(
    mirror: Mirror, tmp_path: Path, console: Console
) -> None:
    mirror.status = 404
    with pytest.raises(SetupError, match="the server answered 404"):
        official.provision(tmp_path, console, RELEASE)


def test_a_refused_connection_is_said(
    tmp_path: Path, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        free = server.server_port
    monkeypatch.setenv("EVOLVE_GODOT_MIRROR", f"http://127.0.0.1:{free}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(SetupError, match="refused the connection"):
        official.provision(tmp_path, console, RELEASE)


def test_a_mirror_that_is_not_on_the_web_is_refused(
    tmp_path: Path, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVOLVE_GODOT_MIRROR", tmp_path.as_uri())
    with pytest.raises(SetupError, match="not with http or https"):
        official.provision(tmp_path, console, RELEASE)


def test_an_archive_without_the_program_is_refused(mirror: Mirror, tmp_path: Path, console: Console) -> None:
    with pytest.raises(SetupError, match="does not hold other"):
        official.provision(tmp_path, console, Release("engine.zip", RELEASE.sha512, "other"))


def test_every_release_has_a_digest_of_the_right_length() -> None:
    assert all(len(bytes.fromhex(release.sha512)) == 64 for release in official.RELEASES.values())
