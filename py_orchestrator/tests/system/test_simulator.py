"""`evolve-sim` with models as brains: real processes of the simulator and of `evolve serve`."""

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.certificates import make_key, make_pair, needs_openssl, openssl
from tests.serving.models import endless, graph, linear
from tests.system.processes import ROOT, wait_for

import evolve.onnx
from evolve import Evolution, world_config

SIMULATOR = ROOT.parent / "tools" / "bin" / ("evolve-sim.exe" if os.name == "nt" else "evolve-sim")
COUNTERS = ("INFER_COUNT", "INFER_TIME_NS", "REMOTE_INFER_NS", "HTTP_TIME_NS")
WORLDS = {"double-pole": "plain", "double-pole-hidden": "recurrent"}
FREE = {"--port": 0, "--grpc-port": 0, "--websocket-port": 0}

pytestmark = pytest.mark.skipif(
    not SIMULATOR.is_file(), reason="there is no tools/bin/evolve-sim: tools/evolve setup builds it"
)


def simulate(*words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    # Its onnxruntime is found as a person's is: in the wheel of the first python3.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {key: value for key, value in os.environ.items() if key != "EVOLVE_ONNXRUNTIME"}
    return subprocess.run(
        [SIMULATOR, "run", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**environment, "PATH": path, **more},
    )


def played(world: str, brain: str, *words: str, **more: str) -> dict[str, Any]:
    done = simulate("--world", world, "--brain", brain, "--json", *words, **more)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def complaint(world: str, brain: str, **more: str) -> str:
    done = simulate("--world", world, "--brain", brain, **more)
    assert done.returncode == 1, done.stdout
    assert "panicked" not in done.stderr
    return done.stderr


@contextmanager
def serving(
    *words: str, ports: dict[str, int] = FREE
) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    where = [str(word) for pair in ports.items() for word in pair]
    with subprocess.Popen(
        [sys.executable, "-m", "evolve", "serve", *words, *where, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            yield process, json.loads(process.stdout.readline() or process.stderr.read())
        finally:
            process.kill()


def brain(folder: Path, world: str, generations: int = 2) -> Path:
    evolution = Evolution(world_config(world), seed=3)
    while evolution.generation < generations:
        batch = evolution.ask(1_000)
        assert batch is not None
        evolution.tell(batch.evaluate(world))
    path = folder / f"{WORLDS.get(world, world)}.evo"
    evolution.save_champion(str(path))
    evolve.onnx.export(str(path), str(path.with_suffix(".onnx")))
    return path


def doors(ready: dict[str, Any], model: str) -> list[str]:
    addresses = ready["addresses"]
    return [f"{addresses['websocket']}#{model}", f"{addresses['http']}#{model}"]


@pytest.fixture(scope="module")
def brains(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("brains")
    return {world: brain(folder, world) for world in WORLDS}


@pytest.fixture(scope="module")
def served(brains: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    double = tmp_path_factory.mktemp("more") / "double.onnx"
    double.write_bytes(linear(width=6))
    with serving(*(str(path) for path in brains.values()), str(double)) as (_process, ready):
        yield ready


@pytest.mark.parametrize(("world", "name"), WORLDS.items())
def test_a_model_plays_as_its_champion_does_wherever_it_is_computed(
    world: str, name: str, brains: dict[str, Path], served: dict[str, Any]
) -> None:
    words = ("--episodes", "20", "--seed", "5")
    expected = played(world, str(brains[world]), *words)
    assert not set(COUNTERS) & expected.keys()
    for model in (str(brains[world].with_suffix(".onnx")), *doors(served, name)):
        told = played(world, model, *words)
        counted = {key: told.pop(key) for key in COUNTERS}
        for one, other in zip(told["episodes"], expected["episodes"], strict=True):
            assert (one["seed"], one["ticks"]) == (other["seed"], other["ticks"])
            assert one["score"] == pytest.approx(other["score"], rel=1e-5)
        assert counted["INFER_COUNT"] == max(one["ticks"] for one in told["episodes"])
        assert counted["INFER_TIME_NS"] >= counted["REMOTE_INFER_NS"]
        assert (counted["REMOTE_INFER_NS"] > 0) == (counted["HTTP_TIME_NS"] > 0) == ("://" in model)


def test_the_counters_are_the_last_lines_in_words(served: dict[str, Any]) -> None:
    for model in doors(served, "plain"):
        done = simulate("--world", "double-pole", "--brain", model)
        assert [line.split()[0] for line in done.stdout.splitlines()[-4:]] == list(COUNTERS)


def test_more_threads_play_the_same(brains: dict[str, Path]) -> None:
    model = str(brains["double-pole"].with_suffix(".onnx"))
    one, four = (played("double-pole", model, "--threads", count) for count in "14")
    assert one["episodes"] == four["episodes"]


def test_what_cannot_play_is_refused_in_a_sentence(
    brains: dict[str, Path], served: dict[str, Any], tmp_path: Path
) -> None:
    for model in doors(served, "nobody"):
        assert "refused it (404)" in complaint("xor", model)
    for model in (*doors(served, "double"), *doors(served, "plain")):
        assert "world xor senses 2 numbers and takes 1; the model senses 6" in complaint("xor", model)
    wrong = tmp_path / "wrong.onnx"
    wrong.write_bytes(brains["double-pole"].read_bytes())
    assert "wrong.onnx is no model that onnxruntime can run" in complaint("xor", str(wrong))
    missing = complaint("xor", str(wrong), EVOLVE_ONNXRUNTIME=str(tmp_path))
    assert "'pip install onnxruntime' brings the library" in missing
    two = tmp_path / "two.onnx"
    two.write_bytes(two_outputs())
    assert "two.onnx is no brain: it takes observations and gives" in complaint("xor", str(two))


def test_a_model_without_end_is_ended_when_its_time_is_over(tmp_path: Path) -> None:
    import onnx

    model = onnx.load_model_from_string(endless())
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 6
    (tmp_path / "endless.onnx").write_bytes(model.SerializeToString())
    done = simulate("--world", "double-pole", "--brain", str(tmp_path / "endless.onnx"), "--timeout", "0.5")
    assert (done.returncode, done.stdout) == (1, "")
    assert "endless.onnx has not answered within 0.5 s" in done.stderr


def two_outputs() -> bytes:
    from onnx import TensorProto, helper

    rows: list[str | int | None] = ["rows", 2]
    return graph(
        [helper.make_node("Neg", ["observations"], [name]) for name in ("actions", "regrets")],
        [helper.make_tensor_value_info("observations", TensorProto.FLOAT, rows)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, rows) for name in ("actions", "regrets")],
        [],
    )


def test_a_key_opens_both_doors_and_a_wrong_one_is_told(brains: dict[str, Path], tmp_path: Path) -> None:
    keys = str(tmp_path / "keys.json")
    added = subprocess.run(
        [sys.executable, "-m", "evolve", "keys", "add", "robot", "--keys", keys],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )
    with serving(str(brains["double-pole"]), "--keys", keys) as (_process, ready):
        for model in doors(ready, "plain"):
            assert played("double-pole", model, EVOLVE_INFER_TOKEN=added.stdout.strip())["episodes"]
            for token in ("wrong", ""):
                assert "the service refused it (401): " in complaint(
                    "double-pole", model, EVOLVE_INFER_TOKEN=token
                )
            told = complaint("double-pole", model, EVOLVE_INFER_TOKEN="two\nlines")
            assert "the key of the service has spaces or letters that none may have" in told


@needs_openssl
def test_over_tls_only_a_service_with_a_trusted_certificate_is_asked(
    brains: dict[str, Path], tmp_path: Path
) -> None:
    certificate, key = make_pair(tmp_path, "DNS:localhost")
    expected = played("double-pole", str(brains["double-pole"]))
    words = (str(brains["double-pole"]), "--certificate", str(certificate), "--key", str(key))
    with serving(*words) as (_process, ready):
        for model in doors(ready, "plain"):
            assert model.startswith(("wss://", "https://"))
            told = played("double-pole", model, "--certificate", str(certificate))
            assert told["episodes"] == expected["episodes"]
            assert played("double-pole", model, EVOLVE_CERTIFICATE=str(certificate))["mean_score"]
            assert "is not trusted: " in complaint("double-pole", model)
            elsewhere = model.replace("localhost", "127.0.0.1")
            foreign = complaint("double-pole", elsewhere, EVOLVE_CERTIFICATE=str(certificate))
            assert "is not trusted: " in foreign
            wrong = complaint("double-pole", model, EVOLVE_CERTIFICATE=str(key))
            assert "key.pem: it has no certificate" in wrong
            plain = model.replace("wss", "ws").replace("https", "http")
            assert "there is no inference service at" in complaint("double-pole", plain)


@needs_openssl
def test_a_certificate_of_a_named_authority_is_trusted(brains: dict[str, Path], tmp_path: Path) -> None:
    authority, key = make_pair(tmp_path, "")
    make_key(tmp_path / "own.pem")
    openssl(tmp_path, "req", "-new", "-key", "own.pem", "-subj", "/CN=service", "-out", "own.csr")
    (tmp_path / "names").write_text("subjectAltName=DNS:localhost")
    signed = ("-CA", authority.name, "-CAkey", key.name, "-CAcreateserial", "-days", "30")
    openssl(tmp_path, "x509", "-req", "-in", "own.csr", *signed, "-extfile", "names", "-out", "own.crt")
    words = ("--certificate", str(tmp_path / "own.crt"), "--key", str(tmp_path / "own.pem"))
    with serving(str(brains["double-pole"]), *words) as (_process, ready):
        for model in doors(ready, "plain"):
            assert played("double-pole", model, "--certificate", str(authority))["episodes"]


@pytest.mark.parametrize("door", [0, 1], ids=["websocket", "http"])
def test_a_service_that_is_killed_and_started_again_costs_the_run_nothing(door: int, tmp_path: Path) -> None:
    champion = brain(tmp_path, "maze", generations=1)
    words = ("--ticks", "3000")
    expected = played("maze", str(champion.with_suffix(".onnx")), *words)
    outcome: list[dict[str, Any]] = []
    with serving(str(champion)) as (process, ready):
        model = doors(ready, "maze")[door]
        run = threading.Thread(target=lambda: outcome.append(played("maze", model, *words)))
        run.start()
        wait_for(lambda: asked(ready) > 20)
        process.send_signal(signal.SIGKILL)
    ports = [int(ready["addresses"][name].split(":")[2].split("/")[0]) for name in ("http", "websocket")]
    again = {"--port": ports[0], "--grpc-port": 0, "--websocket-port": ports[1]}
    with serving(str(champion), ports=again) as (_process, ready):
        run.join(60)
        assert asked(ready) > 20
    (told,) = outcome
    assert told["episodes"] == expected["episodes"]


def asked(ready: dict[str, Any]) -> int:
    with urllib.request.urlopen(f"{ready['addresses']['http']}/stats", timeout=20) as answer:  # noqa: S310 - ours
        (model,) = json.load(answer)["model_stats"]
    count: int = model["inference_stats"]["success"]["count"]
    return count


class Stranger(BaseHTTPRequestHandler):
    """Some other web server, which knows nothing of models."""

    def do_GET(self) -> None:
        body = b"<html>hello</html>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_a_web_server_that_is_no_service_is_told_apart() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            address = f"127.0.0.1:{server.server_port}"
            told = complaint("xor", f"http://{address}#m")
            assert "no inference service of this version: its description is no JSON" in told
            assert "evolve-sim: " in complaint("xor", f"ws://{address}/infer#m")
        finally:
            server.shutdown()
            thread.join()
