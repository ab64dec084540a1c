"""What befalls a service: callers that are killed, an end under load, models that change or never end."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest
from tests.serving.doors.grpc_caller import infer_request
from tests.serving.models import endless, linear
from tests.system.processes import ROOT, wait_for
from tests.system.service_process import DOORS, PATIENCE, Served, Watcher, operator_key, served
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from evolve.client import Refused
from evolve.serving.doors.grpc.messages import INFERENCE, message_class
from evolve.serving.frames import control, limits
from evolve.serving.frames.layout import ANSWER, ERROR, REQUEST, Layout
from evolve.serving.tensors import Array, Spec

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files in /proc"),
]

CALLERS = Path(__file__).with_name("service_callers.py")
ROW = np.array([[1.0, 2.0, 3.0]], np.float32)
LAYOUT = Layout([Spec("observations", "FP32", (-1, 3))])


def doubled(rows: Array, answer: Array) -> bool:
    return np.array_equal(answer, rows * 2)


def write_model(folder: Path, data: bytes, name: str = "double") -> str:
    """As a model's only version; there is never half of it."""
    temporary = folder / f"{name}.part"
    temporary.write_bytes(data)
    return str(temporary.replace(folder / f"{name}.onnx"))


def test_callers_killed_by_the_hundred_at_each_door_leave_nothing_behind_and_disturb_nobody(
    tmp_path: Path,
) -> None:
    with served(write_model(tmp_path, linear())) as service:
        before = service.files()
        with Watcher(doubled).watching(service, "double") as watcher:
            for _ in range(2):
                with ExitStack() as crowds:
                    come = [crowds.enter_context(crowd(door, service.addresses[door])) for door in DOORS]
                    for one in come:
                        one()
                    wait_for(watcher.asked(5))
                wait_for(watcher.asked(10))
        # gRPC opens a file or two of its own for its first caller, and keeps them.
        wait_for(lambda: service.files() < before + 5)
        assert service.waiting_rows() == 0
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(PATIENCE) == 0


@contextmanager
def crowd(door: str, address: str) -> Iterator[Callable[[], None]]:
    """Fifty callers, killed in the end in the middle of whatever they do; gives what waits for them."""
    with subprocess.Popen(
        [sys.executable, str(CALLERS), door, address, "50"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        said, errors = process.stdout, process.stderr

        def come() -> None:
            if said.readline() != "going\n":
                pytest.fail(f"the callers over {door} ended: {errors.read()[-400:]}")

        try:
            yield come
            assert process.poll() is None
        finally:
            process.kill()


def test_models_replaced_while_they_are_asked_drop_nothing_and_mix_nothing(tmp_path: Path) -> None:
    key = operator_key(tmp_path / "keys.json")
    (tmp_path / "models").mkdir()
    write_model(tmp_path / "models", linear(factor=2.0))
    # Factors that may be answered now: the old one and the new one, while one follows the other.
    allowed = [2]

    def is_right(rows: Array, answer: Array) -> bool:
        return any(np.array_equal(answer, rows * factor) for factor in list(allowed))

    words = ["--repository", str(tmp_path / "models"), "--keys", str(tmp_path / "keys.json")]
    with served(*words, key=key) as service, Watcher(is_right).watching(service, "double") as watcher:
        for factor in (4, 8, 16, 32, 64):
            wait_for(watcher.asked(5))
            allowed.append(factor)
            write_model(tmp_path / "models", linear(factor=factor))
            assert service.ask("POST", "/v2/repository/models/double/load")[0] == 200
            # Each door has one request under way: the answer after the next one is the new model's.
            wait_for(watcher.asked(2))
            allowed.pop(0)


def test_a_queue_that_is_full_turns_callers_away_and_a_signal_none_that_were_taken(tmp_path: Path) -> None:
    """Ten rows fill it, of all three doors, and wait for company for a while."""
    words = [write_model(tmp_path, linear()), "--queue", "10", "--delay", "3"]
    with (
        served(*words) as service,
        ThreadPoolExecutor(4) as threads,
        service.channel() as channel,
        entered(service) as socket,
    ):
        over_http = [threads.submit(service.ask, "POST", "/infer", {"inputs": [[1, 2, 3]] * 2}) for _ in "ab"]
        unary = channel.unary_unary(f"/{INFERENCE}/ModelInfer")
        over_grpc = unary.future(infer_request(np.repeat(ROW, 3, 0), model_name="double").SerializeToString())
        socket.send(bytes(LAYOUT.encode(REQUEST, 1, range(3), [np.repeat(ROW, 3, 0)])))
        wait_for(lambda: service.waiting_rows() == 10)

        check_that_more_are_turned_away(service, unary, socket)
        service.process.send_signal(signal.SIGTERM)
        wait_for(lambda: not is_ready(service))
        check_that_the_taken_are_answered(over_http, over_grpc, socket)
        assert service.process.wait(PATIENCE) == 0
        assert service.process.stderr is not None
        assert "Traceback" not in service.process.stderr.read()


def check_that_more_are_turned_away(
    service: Served, unary: Callable[..., bytes], socket: ClientConnection
) -> None:
    status, headers, data = service.ask("POST", "/infer", {"inputs": [1, 2, 3]})
    assert (status, headers["Retry-After"]) == (503, "1")
    assert "10 rows wait for double already" in json.loads(data)["error"]
    with pytest.raises(grpc.RpcError) as refused:
        unary(infer_request(ROW, model_name="double").SerializeToString(), PATIENCE)
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    socket.send(bytes(LAYOUT.encode(REQUEST, 1, [7], [ROW])))
    answer = socket.recv(PATIENCE)
    assert isinstance(answer, bytes)
    assert (answer[0], int.from_bytes(answer[4:8], "little"), answer[8]) == (ERROR, 503, 7)
    # Whoever is turned away is no reason to send callers elsewhere.
    assert is_ready(service)


def is_ready(service: Served) -> bool:
    try:
        return service.ask("GET", "/v2/health/ready")[0] == 200
    except OSError:
        return False


def check_that_the_taken_are_answered(
    over_http: "list[Future[Any]]",
    over_grpc: Any,  # noqa: ANN401 - grpc has no types
    socket: ClientConnection,
) -> None:
    for one in over_http:
        status, headers, data = one.result(PATIENCE)
        assert (status, json.loads(data)["outputs"]) == (200, [[2.0, 4.0, 6.0]] * 2)
        assert headers["Connection"] == "close"
    reply = message_class("inference.ModelInferResponse").FromString(over_grpc.result(PATIENCE))
    assert np.frombuffer(reply.raw_output_contents[0], np.float32).tolist() == [2.0, 4.0, 6.0] * 3
    answers = b""
    for message in all_messages(socket):
        answers += message
    assert socket.close_code == 1001
    size = LAYOUT.frame_bytes(1)
    frames = [answers[start : start + size] for start in range(0, len(answers), size)]
    assert [(one[0], one[8]) for one in frames] == [(ANSWER, request) for request in range(3)]
    assert all(np.frombuffer(one[16:], np.float32).tolist() == [2.0, 4.0, 6.0] for one in frames)


def all_messages(socket: ClientConnection) -> Iterator[bytes]:
    """Until the service hangs up."""
    with suppress(ConnectionClosed):
        while True:
            message = socket.recv(PATIENCE)
            assert isinstance(message, bytes)
            yield message


@contextmanager
def entered(service: Served) -> Iterator[ClientConnection]:
    """A connection that has opened stream 1."""
    with connect(
        service.addresses["websocket"],
        subprotocols=[Subprotocol(limits.SUBPROTOCOL)],
        compression=None,
        proxy=None,
    ) as socket:
        socket.recv(PATIENCE)
        socket.send(control.encode_control(control.Open(1, "double")))
        socket.recv(PATIENCE)
        yield socket


def test_an_endless_model_meets_its_deadline_at_every_door_and_holds_up_no_other(tmp_path: Path) -> None:
    words = [write_model(tmp_path, linear()), write_model(tmp_path, endless(), "endless")]
    body = {"model": "endless", "inputs": [1.0]}
    with served(*words, "--deadline", "1.5") as service, ThreadPoolExecutor(2) as threads:
        began = threading.Event()

        def over_websocket() -> int:
            with service.client() as client:
                later = client.submit("endless", {"observations": np.ones((1, 1), np.float32)})
                began.set()
                with pytest.raises(Refused) as refused:
                    later.result()
                return refused.value.code

        by_websocket = threads.submit(over_websocket)
        by_http = threads.submit(service.ask, "POST", "/infer", body)
        assert began.wait(PATIENCE)
        wait_for(lambda: service.waiting_rows() == 2)
        with Watcher(doubled).watching(service, "double") as watcher:
            wait_for(watcher.asked(10))
        status, _, data = by_http.result()
        assert (status, by_websocket.result()) == (504, 504)
        assert "endless was not done within 1.5 s" in json.loads(data)["error"]
        request = infer_request(np.ones((1, 1), np.float32), model_name="endless").SerializeToString()
        with service.channel() as channel, pytest.raises(grpc.RpcError) as late:
            channel.unary_unary(f"/{INFERENCE}/ModelInfer")(request, PATIENCE)
        assert late.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert service.waiting_rows() == 0
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(PATIENCE) == 0
