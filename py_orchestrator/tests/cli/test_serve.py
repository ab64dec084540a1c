"""`evolve serve` as a person and a script meet it: real processes, real signals."""

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.certificates import make_pair, needs_openssl
from tests.serving.models import linear

from evolve import Evolution, world_config
from evolve.cli import main

FREE_PORTS = ("--port", "0", "--grpc-port", "0", "--websocket-port", "0")
ROW = [1.0, 2.0, 3.0]
Captured = pytest.CaptureFixture[str]


@contextmanager
def served(*words: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The command, and what it says when it is ready."""
    command = [sys.executable, "-m", "evolve", "serve", *words, *FREE_PORTS, "--json"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        try:
            yield process, json.loads(process.stdout.readline() or process.stderr.read())
        finally:
            process.kill()
            process.wait(20)


def ask(ready: dict[str, Any], model: str, row: list[float]) -> Any:  # noqa: ANN401
    connection = http.client.HTTPConnection(ready["addresses"]["http"].removeprefix("http://"), timeout=20)
    body = json.dumps({"model": model, "inputs": row})
    connection.request("POST", "/infer", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    told = json.loads(answer.read())
    connection.close()
    assert answer.status == 200, told
    return told["outputs"]


@pytest.fixture
def champion(tmp_path: Path) -> Path:
    evolution = Evolution(world_config("xor"), seed=3)
    while evolution.generation < 2:
        batch = evolution.ask(1_000)
        assert batch is not None
        evolution.tell(batch.evaluate("xor"))
    path = tmp_path / "brain.evo"
    evolution.save_champion(str(path))
    return path


def test_champions_models_and_repositories_are_served_until_a_signal(tmp_path: Path, champion: Path) -> None:
    (tmp_path / "double.onnx").write_bytes(linear())
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "triple.onnx").write_bytes(linear(factor=3.0))
    (tmp_path / "store" / "no model.onnx").write_bytes(linear())
    words = [str(champion), f"twice={tmp_path}/double.onnx", "--repository", str(tmp_path / "store")]
    with served(*words, "--log-format", "json") as (process, ready):
        assert [one["name"] for one in ready["models"]] == ["brain", "twice", "triple"]
        assert ready["models"][1]["providers"] == [["CPUExecutionProvider"]]
        assert set(ready["addresses"]) == {"http", "grpc", "websocket"}
        assert ask(ready, "twice", ROW) == [2.0, 4.0, 6.0]
        assert ask(ready, "triple", ROW) == [3.0, 6.0, 9.0]
        assert len(ask(ready, "brain", [0.0, 1.0])) == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stderr is not None
        events = [json.loads(line) for line in process.stderr.read().splitlines()]
    warning, loaded, ready_said, ended = events
    assert warning["event"].startswith("no model.onnx is passed over: a model is NAME.onnx or NAME/VERSION/")
    assert [loaded["event"], ready_said["event"], ended["event"]] == ["loaded", "ready", "ended"]
    assert ready_said["models"] == ["brain", "twice", "triple"]
    assert ready_said["providers"]["triple"] == loaded["providers"] == [["CPUExecutionProvider"]]


@needs_openssl
def test_with_a_certificate_http_is_spoken_over_tls_alone(tmp_path: Path) -> None:
    certificate, key = make_pair(tmp_path)
    (tmp_path / "double.onnx").write_bytes(linear())
    words = [str(tmp_path / "double.onnx"), "--certificate", str(certificate), "--key", str(key)]
    with served(*words) as (_process, ready):
        address = ready["addresses"]["http"]
        assert address.startswith("https://localhost:")
        trust = ssl.create_default_context(cafile=certificate)
        body = json.dumps({"inputs": [ROW] * 5_000}).encode()
        question = urllib.request.Request(f"{address}/infer", body, {"Content-Type": "application/json"})  # noqa: S310 - ours
        with urllib.request.urlopen(question, context=trust, timeout=20) as answer:  # noqa: S310
            assert json.load(answer)["outputs"] == [[2.0, 4.0, 6.0]] * 5_000
        with pytest.raises(OSError):  # noqa: PT011 - whichever way the connection ends
            urllib.request.urlopen(address.replace("https", "http"), timeout=20)  # noqa: S310


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["none.onnx"], "there is no model none.onnx"),
        (["--repository", "none"], "--repository none is no folder"),
        (["a=double.onnx", "a=double.onnx"], "two models are named a: write NAME=MODEL"),
        (["double.onnx", "--host", "192.0.2.1"], "lets other machines in"),
        (["double.onnx", "--certificate", "x"], "--key FILE is missing"),
        (["double.onnx", "--device", "moon"], "'moon' is no device"),
        (["double.onnx", "--device", "cuda:0"], "'pip install evolve[gpu]' brings it"),
        (["--device", "cuda:0", "double.onnx"], "cuda:0 cannot be had"),
        (["--device", "cpu", "moon"], "there is no run 'moon'"),
        (["--device", "cpu,moon", "double.onnx"], "'moon' is no device"),
        (["..=double.onnx"], "'..' is no name for a model"),
        (["broken.onnx"], "broken cannot be loaded"),
    ],
)
def test_what_cannot_be_served_is_said_in_a_sentence(
    here: Path, capfd: Captured, words: list[str], sentence: str
) -> None:
    (here / "double.onnx").write_bytes(linear())
    (here / "broken.onnx").write_bytes(linear()[:50])
    assert main.run(["serve", *words, *FREE_PORTS]) == 1
    said = capfd.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_a_port_in_use_is_said_with_the_way_out(here: Path, capfd: Captured) -> None:
    (here / "double.onnx").write_bytes(linear())
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main.run(["serve", "double.onnx", "--port", str(port)]) == 1
    assert f"port {port} is in use by another program: write --port 0" in capfd.readouterr().err
