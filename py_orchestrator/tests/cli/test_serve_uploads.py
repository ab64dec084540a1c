"""A service that is killed while a model comes: the version from before is whole, and what was left goes."""

import http.client
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_serve import ROW, served
from tests.serving.models import linear

from evolve.cli import main

PLACE = "/v2/repository/models/brain/versions/1?replace=true"


@pytest.fixture
def keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Path, str]:
    path = tmp_path / "keys.json"
    assert (
        main.run(["keys", "add", "operator", "--scope", "admin", "--scope", "infer", "--keys", str(path)])
        == 0
    )
    return path, capsys.readouterr().out.splitlines()[-1].strip()


@contextmanager
def repository(folder: Path, keys: Path) -> Iterator[tuple[Any, dict[str, Any]]]:
    with served("--repository", str(folder), "--keys", str(keys)) as found:
        yield found


def head(address: str, key: str, length: int) -> bytes:
    return (
        f"PUT {PLACE} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


@pytest.mark.parametrize("missing", [10, 0], ids=["in the middle of the body", "while it is tried"])
def test_a_killed_service_has_the_old_version_when_it_comes_back(
    tmp_path: Path, keys: tuple[Path, str], missing: int
) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "brain.onnx").write_bytes(linear())
    data = linear(factor=3.0)
    with repository(folder, keys[0]) as (process, ready):
        address = ready["addresses"]["http"].removeprefix("http://")
        host, port = address.split(":")
        with socket.create_connection((host, int(port)), 20) as caller:
            caller.sendall(head(address, keys[1], len(data)) + data[: len(data) - missing])
            deadline = time.monotonic() + 20
            while not (partial := list(folder.glob(".upload-*"))):
                assert time.monotonic() < deadline
                time.sleep(0.001)
            process.kill()
            process.wait(20)
    assert (folder / "brain.onnx").read_bytes() == linear()
    # Another service may be writing to what is young.
    os.utime(partial[0], (0, 0))
    with repository(folder, keys[0]) as (_, ready):
        assert [path.name for path in folder.iterdir()] == ["brain.onnx"]
        assert asked(ready, keys[1]) == [2.0, 4.0, 6.0]


def asked(ready: dict[str, Any], key: str) -> Any:  # noqa: ANN401
    connection = http.client.HTTPConnection(ready["addresses"]["http"].removeprefix("http://"), timeout=20)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    connection.request("POST", "/infer", json.dumps({"inputs": ROW}), headers)
    answer = connection.getresponse().read()
    connection.close()
    return json.loads(answer)["outputs"]
