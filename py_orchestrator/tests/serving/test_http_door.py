"""The HTTP door from outside: a real server on a free port of this machine, and bytes."""

import json
import socket
import struct
import threading
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from tests.serving.http_server import Caller, Server, http_server, request
from tests.serving.models import endless, linear, whole
from tests.serving.visits import Visiting

from evolve.serving.batcher import BatchSettings
from evolve.serving.doors.http import limits
from evolve.serving.tensors import Array

MODELS = {"double": linear(), "whole": whole(), "wide": linear(width=100_000)}
CALL = "/v2/models/double/infer"
ROW = [1.0, 2.0, 3.0]


@pytest.fixture(scope="module")
def server() -> Any:  # noqa: ANN401
    with http_server(MODELS) as one:
        yield one


def tensor(rows: Array | list[list[float]], **more: object) -> dict[str, Any]:
    array = np.asarray(rows, np.float32)
    data = {"data": array.ravel().tolist()}
    return {"name": "observations", "datatype": "FP32", "shape": list(array.shape)} | data | more


def binary(rows: Array, outputs: bool = True) -> tuple[bytes, str]:
    """A body with binary data, and how long its JSON is."""
    one = tensor(rows, parameters={"binary_data_size": rows.nbytes})
    del one["data"]
    head = json.dumps({"inputs": [one], "parameters": {"binary_data_output": outputs}}).encode()
    return head + rows.tobytes(), str(len(head))


@settings(max_examples=30, deadline=None)
@given(some.integers(1, 40), some.integers(0, 1_000))
def test_every_way_to_ask_gives_the_same_numbers(server: Server, rows: int, seed: int) -> None:
    array = np.random.default_rng(seed).normal(size=(rows, 3)).astype(np.float32)
    expected = (array * 2).tolist()
    simple = server.ask("POST", "/infer", {"inputs": array.tolist(), "model": "double"})
    assert np.array(simple.json["outputs"], np.float32).tolist() == expected
    answer = server.ask("POST", CALL, {"id": "7", "inputs": [tensor(array)]}).json
    assert (answer["model_name"], answer["model_version"], answer["id"]) == ("double", "1", "7")
    (one,) = answer["outputs"]
    assert (one["name"], one["datatype"], one["shape"]) == ("actions", "FP32", [rows, 3])
    assert np.array(one["data"], np.float32).reshape(rows, 3).tolist() == expected
    for _ in range(2):  # the second time the description is known
        body, length = binary(array)
        got = server.ask("POST", CALL, body, Inference_Header_Content_Length=length)
        head = int(got.headers["inference-header-content-length"])
        assert got.headers["content-type"] == "application/octet-stream"
        described = json.loads(got.body[:head])["outputs"][0]
        assert described["parameters"] == {"binary_data_size": array.nbytes}
        assert np.frombuffer(got.body[head:], np.float32).reshape(rows, 3).tolist() == expected


def test_a_single_row_is_answered_with_a_single_row(server: Server) -> None:
    answer = server.ask("POST", "/infer?model=double&version=1", {"inputs": ROW})
    assert answer.json == {"outputs": [2.0, 4.0, 6.0], "model": "double", "version": "1"}
    named = server.ask("POST", "/infer", {"model": "double", "inputs": {"observations": ROW}})
    assert named.json["outputs"] == {"actions": [2.0, 4.0, 6.0]}
    summed = server.ask("POST", "/infer", {"model": "whole", "inputs": [ROW, ROW]})
    assert summed.json["outputs"] == 12.0


def test_outputs_are_chosen_by_name_and_by_kind(server: Server) -> None:
    wanted = {"name": "actions", "parameters": {"binary_data": True}}
    answer = server.ask("POST", CALL, {"inputs": [tensor([ROW])], "outputs": [wanted]})
    head = int(answer.headers["inference-header-content-length"])
    assert np.frombuffer(answer.body[head:], np.float32).tolist() == [2.0, 4.0, 6.0]
    body, length = binary(np.array([ROW], np.float32), outputs=False)
    answer = server.ask("POST", CALL, body, Inference_Header_Content_Length=length)
    assert answer.json["outputs"][0]["data"] == [2.0, 4.0, 6.0]


def test_a_number_that_is_not_finite_is_null_in_json(server: Server) -> None:
    answer = server.ask("POST", CALL, {"inputs": [tensor([[3e38, 0.0, 0.0]])]})
    assert answer.json["outputs"][0]["data"] == [None, 0.0, 0.0]


BAD: list[tuple[Any, str]] = [
    (b"", "body"),
    (b"{", "body"),
    (b"[]", "body"),
    (b'{"inputs": [[NaN, 1, 2]]}', "body"),
    (b'{"inputs": [[1e999, 1, 2]]}', "body"),
    (b'{"inputs": [[1, 2, 3]]} x', "body"),
    (b"\xff", "body"),
    (b'{"inputs": "\\ud800"}', "body"),
    (b'{"a":' * 101 + b"1" + b"}" * 101, "body"),
    (b'{"inputs":' + b"[" * 99 + b"]" * 99 + b"}", "inputs.observations.data"),
    ({}, "inputs"),
    ({"inputs": 1}, "inputs"),
    ({"inputs": None}, "inputs"),
    ({"inputs": []}, "inputs.observations.shape"),
    ({"inputs": [[]]}, "inputs.observations.shape"),
    ({"inputs": [[1.0, 2.0, 3.0], [1.0]]}, "inputs.observations.data"),
    ({"inputs": [1.0]}, "inputs.observations.shape"),
    ({"inputs": ["a", "b", "c"]}, "inputs.observations.data"),
    ({"inputs": [[1.0, None, 2.0]]}, "inputs.observations.data"),
    ({"inputs": [1e39, 0.0, 0.0]}, "inputs.observations.data"),
    ({"inputs": {"nothing": ROW}}, "inputs"),
    ({"inputs": {"observations": ROW, "b": ROW}}, "inputs"),
    ({"inputs": ROW, "version": 1}, "version"),
    ({"inputs": ROW, "mode": "x"}, "mode"),
]


@pytest.mark.parametrize(("body", "field"), BAD)
def test_what_makes_no_sense_is_refused_by_name(server: Server, body: Any, field: str) -> None:  # noqa: ANN401
    answer = server.ask("POST", "/infer?model=double", body)
    assert answer.status == 400
    assert answer.json["field"] == field
    assert answer.json["error"].startswith(f"{field}: ")


BAD_TENSORS: list[tuple[Any, str]] = [
    ({"inputs": {}}, "inputs"),
    ({"inputs": [3]}, "inputs[0]"),
    ({"inputs": [{}]}, "inputs[0].name"),
    ({"inputs": [tensor([ROW], name="x")]}, "inputs[0].name"),
    ({"inputs": [tensor([ROW], datatype="FP16")]}, "inputs.observations.datatype"),
    ({"inputs": [tensor([ROW], shape=[2, 3])]}, "inputs.observations.data"),
    ({"inputs": [tensor([ROW], shape=[1, 3.5])]}, "inputs.observations.shape"),
    ({"inputs": [tensor([ROW], shape=[True, 3])]}, "inputs.observations.shape"),
    ({"inputs": [tensor([ROW], shape=[-1, 3])]}, "inputs.observations.shape"),
    ({"inputs": [tensor([ROW], shape=[1 << 62, 3])]}, "inputs.observations.shape"),
    ({"inputs": [tensor([ROW]), tensor([ROW])]}, "inputs.observations"),
    ({"inputs": [tensor([ROW])], "id": 7}, "id"),
    ({"inputs": [tensor([ROW])], "outputs": [{"name": "x"}]}, "outputs[0].name"),
    ({"inputs": [tensor([ROW])], "outputs": [{"name": "actions"}] * 2}, "outputs[1].name"),
    ({"inputs": [tensor([ROW])], "parameters": []}, "parameters"),
    (
        {"inputs": [tensor([ROW], parameters={"shared_memory_region": "x"})]},
        "inputs.observations.parameters.shared_memory_region",
    ),
    (
        {"inputs": [tensor([ROW], parameters={"binary_data_size": 12})]},
        "inputs.observations.data",
    ),
]


@pytest.mark.parametrize(("body", "field"), BAD_TENSORS)
def test_tensors_that_make_no_sense_are_refused_by_name(
    server: Server,
    body: Any,  # noqa: ANN401
    field: str,
) -> None:
    answer = server.ask("POST", CALL, body)
    assert (answer.status, answer.json.get("field")) == (400, field), answer.body


@pytest.mark.parametrize(
    ("more", "length", "field"),
    [
        (b"x", None, "body"),
        (b"", "100000", "Inference-Header-Content-Length"),
        (b"", "-1", "Inference-Header-Content-Length"),
        (b"", "0", "body"),
        (b"", "1" * 5_000, "Inference-Header-Content-Length"),
    ],
)
def test_binary_data_has_to_fit_its_description(
    server: Server, more: bytes, length: str | None, field: str
) -> None:
    body, right = binary(np.array([ROW], np.float32))
    for _ in range(2):
        assert server.ask("POST", CALL, body, Inference_Header_Content_Length=right).status == 200
        wrong = server.ask("POST", CALL, body + more, Inference_Header_Content_Length=length or right)
        assert (wrong.status, wrong.json["field"]) == (400, field)
    nan = np.array([[np.nan, 0, 0]], np.float32)
    answer = server.ask(
        "POST", CALL, body[: -nan.nbytes] + nan.tobytes(), Inference_Header_Content_Length=right
    )
    assert (answer.status, answer.json["field"]) == (400, "inputs.observations")
    assert server.ask("POST", CALL, body[:-1], Inference_Header_Content_Length=right).status == 400


@pytest.mark.parametrize(
    ("data", "status", "word"),
    [
        (request("GET", "/infer"), 405, "POST"),
        (request("HEAD", "/infer"), 405, ""),
        (request("POST", "/infer"), 411, "Content-Length"),
        (request("POST", "/infer", b"{}", Content_Type="text/plain"), 415, "application/json"),
        (request("POST", "/infer", b"{}", Content_Encoding="gzip"), 415, "Content-Encoding"),
        (request("POST", "/v2/models/none/infer", b"{}"), 404, "there is no model 'none'"),
        (request("POST", "/v2/models/double/versions/2/infer", b"{}"), 404, "has no version '2'"),
        (request("POST", "/v2/models/../infer", b"{}"), 404, "there is no model '..'"),
        (request("GET", "/nothing"), 404, "/docs"),
        (request("DELETE", "/v2"), 405, "DELETE"),
        (request("GET", "*"), 400, "address"),
        (request("GET", "/v2", Host="evil.example"), 403, "Host"),
        (request("GET", "/v2", Host=""), 400, "Host"),
        (request("POST", "/infer", b"{}", Origin="http://evil.example"), 403, "Origin"),
        (request("POST", "/infer", b"{}", Origin="null"), 403, "Origin"),
        (request("POST", "/v2/repository/index", b" " * (limits.MAXIMUM_SMALL_BODY + 1)), 413, "bytes"),
        (request("POST", "/v2/repository/models/x/load", b"3"), 400, "body"),
        (request("POST", "/v2/repository/models/x/load", b"{}"), 404, "no repository"),
    ],
)
def test_each_refusal_has_its_number_and_a_sentence_in_json(
    server: Server, data: bytes, status: int, word: str
) -> None:
    method = data.split(b" ")[0].decode()
    with server.connect() as caller:
        caller.send(data)
        answer = caller.answer(method)
        assert answer.status == status
        assert answer.headers["content-type"] == "application/json"
        if method != "HEAD":
            assert word in answer.json["error"]
        # Nobody who comes after is worse off.
        caller.send(request("GET", "/v2"))
        assert caller.answer().status == 200


def test_a_page_of_our_own_may_call(server: Server) -> None:
    own = {"Host": f"localhost:{server.port}", "Origin": f"http://localhost:{server.port}"}
    assert server.ask("POST", "/infer?model=double", {"inputs": ROW}, **own).status == 200


@settings(max_examples=30, deadline=None)
@given(some.lists(some.integers(0, 5), min_size=1, max_size=30), some.randoms())
def test_answers_come_in_the_order_of_the_requests(server: Server, kinds: list[int], chance: Any) -> None:  # noqa: ANN401
    row = request("POST", "/infer?model=double", {"inputs": ROW})
    ways = [row, row, request("GET", "/v2"), request("GET", "/no"), request("POST", "/infer", b"{"), row]
    data = b"".join(ways[kind] for kind in kinds)
    with server.connect() as caller:
        while data:
            size = chance.randrange(1, 500)
            caller.send(data[:size])
            data = data[size:]
        assert [caller.answer().status for _ in kinds] == [
            (200, 200, 200, 404, 400, 200)[kind] for kind in kinds
        ]


def test_head_is_answered_as_get_without_the_body(server: Server) -> None:
    with server.connect() as caller:
        caller.send(request("HEAD", "/v2") + request("GET", "/v2"))
        head, got = caller.answer("HEAD"), caller.answer()
    assert head.headers["content-length"] == str(len(got.body))


def test_whoever_asks_before_sending_is_told_to_go_on_or_why_not(server: Server) -> None:
    data = request("POST", "/infer?model=double", {"inputs": ROW}, Expect="100-continue")
    head, _, body = data.partition(b"\r\n\r\n")
    with server.connect() as caller:
        # An answer that is still due comes first.
        caller.send(request("GET", "/health") + head + b"\r\n\r\n")
        assert caller.answer().status == 200
        assert caller.answer().status == 100
        caller.send(body)
        assert caller.answer().status == 200
        caller.send(head.replace(b"/infer", b"/other").replace(b"127.0.0.1", b"evil.com") + b"\r\n\r\n")
        assert caller.answer().status == 403
        assert caller.is_closed()


def test_an_answer_reaches_whoever_still_sends(server: Server) -> None:
    with server.connect() as caller:
        caller.send(request("POST", "/infer", b"", Content_Length="100000000"))
        caller.send(b"x" * 1_000_000)
        answer = caller.answer()
        assert answer.status == 413
        assert answer.headers["connection"] == "close"


def test_http_1_0_is_answered_once(server: Server) -> None:
    with server.connect() as caller:
        caller.send(b"GET /v2 HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n")
        assert caller.answer().headers["connection"] == "close"
        assert caller.is_closed()


def test_a_full_queue_is_503_with_a_time_to_come_again() -> None:
    with http_server({"double": linear()}, batches=BatchSettings(queue_rows=2, delay=0.5)) as server:
        with server.connect() as first:
            first.send(request("POST", "/infer", {"inputs": [ROW, ROW]}))
            time.sleep(0.1)
            answer = server.ask("POST", "/infer", {"inputs": ROW})
            assert answer.status == 503
            assert answer.headers["retry-after"] == "1"
            assert first.answer().status == 200
        assert 'evolve_requests_refused_total{model="double",version="1"} 1' in metrics(server)


def metrics(server: Server) -> str:
    return server.ask("GET", "/metrics").body.decode()


def test_requests_of_callers_who_are_gone_are_not_computed() -> None:
    with http_server({"double": linear()}, batches=BatchSettings(delay=0.5)) as server:
        callers = [server.connect() for _ in range(100)]
        for caller in callers:
            caller.send(request("POST", "/infer", {"inputs": ROW}))
        time.sleep(0.1)
        for caller in callers:
            # As a process does that is killed: without a word.
            caller.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            caller.socket.close()
        time.sleep(0.6)
        assert 'evolve_rows_total{model="double",version="1"} 0' in metrics(server)
        assert server.ask("POST", "/infer", {"inputs": ROW}).status == 200


def test_a_caller_who_reads_nothing_holds_little_memory_and_is_cut_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "WRITE_SECONDS", 0.5)
    with http_server(MODELS) as server, server.connect() as caller:
        caller.socket.settimeout(0.3)
        row = request("POST", "/infer?model=wide", {"inputs": [0.5] * 100_000})
        sent = 0
        try:
            while sent < 1_000:
                caller.send(row)
                sent += 1
        except OSError:  # it is cut off, or nothing more is read
            pass
        assert 0 < sent < 200
        time.sleep(2.5)
        assert caller.is_cut_off()
        assert server.ask("POST", "/infer?model=double", {"inputs": ROW}).status == 200


def test_slow_and_idle_callers_are_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REQUEST_SECONDS", 0.3)
    monkeypatch.setattr(limits, "KEEP_ALIVE_SECONDS", 0.3)
    with http_server({"double": linear()}) as server, server.connect() as slow, server.connect() as idle:
        slow.send(request("POST", "/infer", {"inputs": ROW})[:-1])
        answer = slow.answer()
        assert (answer.status, answer.json["error"]) == (408, "the request did not arrive in time")
        assert slow.is_closed()
        assert idle.is_closed()


def test_more_connections_than_there_may_be_are_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAXIMUM_CONNECTIONS", 5)
    with http_server({"double": linear()}) as server:
        callers = [server.connect() for _ in range(5)]
        for caller in callers:
            caller.send(request("GET", "/v2"))
            assert caller.answer().status == 200
        with server.connect() as one_too_many, pytest.raises(ConnectionError):
            one_too_many.answer()
        for caller in callers:
            caller.socket.close()


def test_a_model_that_takes_too_long_is_504_and_others_are_served() -> None:
    with http_server({"slow": endless(), "double": linear()}, batches=BatchSettings(deadline=0.3)) as server:
        server.do(lambda: server.service.models.find("slow").model.lanes[0].move_aside("slow"))
        with server.connect() as caller:
            caller.send(request("POST", "/infer", {"model": "slow", "inputs": [1.0]}))
            assert server.ask("POST", "/infer", {"model": "double", "inputs": ROW}).status == 200
            assert caller.answer().status == 504


@dataclass
class _Refusal:
    status: int
    sentence: str
    retry_after: float | None = None


class _Guard:
    """Admits whoever says the scope."""

    def admit(self, authorization: str | None, scope: str, peer: str) -> _Refusal | None:
        assert peer == "127.0.0.1"
        if authorization is None:
            return _Refusal(401, "a key is wanted")
        if authorization == "Bearer often":
            return _Refusal(429, "too many requests", 0.2)
        return None if scope in authorization else _Refusal(403, f"the key is not for {scope}")

    def visit(self, authorization: str | None, scope: str, peer: str) -> Visiting:
        return Visiting(self.admit(authorization, scope, peer))


def test_the_guard_is_asked_before_anything_but_probes() -> None:
    with http_server({"double": linear()}, guard=_Guard()) as server:
        paths = {"/infer": "infer", CALL: "infer", "/metrics": "infer", "/v2/repository/index": "admin"}
        paths |= {"/v2/%72epository/index": "admin", "/docs": "infer"}
        for path, scope in paths.items():
            assert server.ask("POST", path, b"{}").status == 401
            answer = server.ask("POST", path, b"{}", Authorization="Bearer nothing")
            assert (answer.status, answer.json["error"]) == (403, f"the key is not for {scope}")
            assert server.ask("POST", path, b"{}", Authorization=f"Bearer {scope}").status not in (401, 403)
        often = server.ask("GET", "/v2", Authorization="Bearer often")
        assert (often.status, often.headers["retry-after"]) == (429, "1")
        assert server.ask("GET", "/v2").headers["www-authenticate"] == "Bearer"
        for path in ("/v2/health/live", "/v2/health/ready"):
            assert server.ask("GET", path).status == 200


def test_what_was_taken_is_answered_when_the_service_ends() -> None:
    answers: list[int] = []

    def press(caller: Caller) -> None:
        try:
            while True:
                caller.send(request("POST", "/infer", {"inputs": ROW}))
                answers.append(caller.answer().status)
        except OSError:
            pass

    with http_server({"double": linear()}) as server:
        statistics = server.service.models.find("double").statistics
        callers = [server.connect() for _ in range(20)]
        threads = [threading.Thread(target=press, args=(caller,)) for caller in callers]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
    for thread, caller in zip(threads, callers, strict=True):
        thread.join()
        caller.socket.close()
    assert set(answers) <= {200, 503}
    assert answers.count(200) == statistics.requests > 100
