"""Models that come by PUT: tried, put in place in one step, served; and nothing changes when they don't."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from onnx import ModelProto
from tests.serving.http_server import Answer, Server, http_server, request
from tests.serving.models import endless, linear, loaded
from tests.serving.test_admission import changed, external, huge, operator, outer

from evolve.serving import uploads
from evolve.serving.batcher import BatchSettings
from evolve.serving.errors import StorageFailed
from evolve.serving.folder import Folder
from evolve.serving.model import Model
from evolve.serving.repository import Models, Repository
from evolve.serving.security.guard import Guard
from evolve.serving.security.keys import KeyRing, new_key
from evolve.serving.uploads import Uploads

ROW = [1.0, 2.0, 3.0]


def place(name: str = "brain", version: str = "1", query: str = "") -> str:
    return f"/v2/repository/models/{name}/versions/{version}{query}"


def put(server: Server, data: bytes, where: str = place(), **headers: str) -> Answer:
    return server.ask("PUT", where, data, **{"Content-Type": "application/octet-stream", **headers})


def asked(server: Server, model: str = "brain") -> list[float]:
    answer = server.ask("POST", f"/infer?model={model}", {"inputs": ROW})
    assert answer.status == 200, answer.body
    outputs: list[float] = answer.json["outputs"]
    return outputs


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def many_nodes(model: ModelProto) -> None:
    for number in range(20_001):
        model.graph.node.add(op_type="Identity", input=["actions"], output=[f"n{number}"])


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """A service whose repository is refused everything."""
    folder = tmp_path_factory.mktemp("shared")
    (folder / "flat.onnx").write_bytes(linear())
    with http_server({"own": linear()}, folder) as server:
        assert server.ask("POST", "/v2/repository/models/flat/load").status == 200
        yield server, folder


def test_a_model_that_is_put_is_described_served_and_there_after_a_restart(tmp_path: Path) -> None:
    with http_server({}, tmp_path) as server:
        answer = put(server, linear(factor=3.0))
        tensor = {"datatype": "FP32", "shape": [-1, 3]}
        assert (answer.status, answer.json) == (
            201,
            {
                "name": "brain",
                "version": "1",
                "inputs": [{"name": "observations", **tensor}],
                "outputs": [{"name": "actions", **tensor}],
                "opset": 13,
                "nodes": 1,
                "parameters": 1,
            },
        )
        assert asked(server) == [3.0, 6.0, 9.0]
        assert files(tmp_path) == {"brain/1/model.onnx": linear(factor=3.0)}
    with http_server({}, tmp_path) as server:
        assert server.ask("POST", "/v2/repository/models/brain/load").json["versions"] == ["1"]


def test_a_version_is_replaced_only_when_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "flat.onnx").write_bytes(linear())
    with http_server({}, tmp_path) as server:
        where = place("flat")
        answer = put(server, linear(factor=3.0), where)
        assert (answer.status, "flat has a version 1" in answer.json["error"]) == (409, True)
        assert put(server, linear(factor=4.0), f"{where}?replace=true").status == 200
        assert asked(server, "flat") == [4.0, 8.0, 12.0]
        assert files(tmp_path) == {"flat.onnx": linear(factor=4.0)}
        # A newer one takes what names no version.
        assert put(server, linear(factor=5.0), place("flat", "7")).status == 201
        assert asked(server, "flat") == [5.0, 10.0, 15.0]


def test_a_version_that_is_deleted_is_neither_served_nor_there(tmp_path: Path) -> None:
    with http_server({"own": linear()}, tmp_path) as server:
        for version, factor in (("1", 2.0), ("2", 3.0)):
            assert put(server, linear(factor=factor), place(version=version)).status == 201
        assert server.ask("DELETE", place(version="2")).json == {"name": "brain", "version": "2"}
        assert asked(server) == [2.0, 4.0, 6.0]
        assert list(files(tmp_path)) == ["brain/1/model.onnx"]
        assert server.ask("DELETE", place(version="2")).status == 404
        assert server.ask("DELETE", place("own")).status == 404
        assert server.ask("DELETE", place("%2e%2e")).status == 400
        # Also where nobody serves it.
        assert server.ask("POST", "/v2/repository/models/brain/unload").status == 200
        assert server.ask("DELETE", place()).status == 200
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is no ONNX model"),
        (b'{"model": "brain"}', "is no ONNX model"),
        (linear()[:40], "is no ONNX model"),
        (changed(external), "lies in another file"),
        (changed(operator("RandomNormalLike")), "RandomNormalLike is not taken"),
        (changed(operator("Mul", "com.evil")), "only ONNX's own are taken"),
        (changed(lambda model: model.functions.add(name="f")), "functions of its own"),
        (changed(huge), "more than 67108864 elements"),
        (changed(lambda model: model.graph.node[0].input.append("nothing")), "cannot be loaded"),
        (endless(), "control flow may never end"),
        (changed(many_nodes), "20002 nodes, more than 20000"),
        (changed(lambda model: setattr(model.graph.input[0], "name", "x" * 300)), "more than 256 characters"),
        (outer(), "the model failed"),
    ],
)
def test_a_model_that_is_refused_changes_nothing(
    shared: tuple[Server, Path], data: bytes, sentence: str
) -> None:
    server, folder = shared
    before = files(folder)
    answer = put(server, data, place("flat", query="?replace=true"))
    assert (answer.status, sentence in answer.json["error"]) == (400, True), answer.body
    assert (files(folder), asked(server, "flat")) == (before, [2.0, 4.0, 6.0])


@pytest.mark.parametrize(
    ("where", "headers", "status", "sentence"),
    [
        (place("%2e%2e"), {}, 400, "'..' is no name for a model"),
        (place(".hidden"), {}, 400, "is no name for a model"),
        (place("a%00b"), {}, 400, "is no name for a model"),
        (place("a" * 129), {}, 400, "is no name for a model"),
        (place(version="0"), {}, 400, "'0' is no version"),
        (place(version="01"), {}, 400, "'01' is no version"),
        (place(version="latest"), {}, 400, "'latest' is no version"),
        (place(query="?replace=yes"), {}, 400, "replace: is 'yes', but must be true or false"),
        (place(query="?force=true"), {}, 400, "force: is unknown here"),
        (place("own", "2"), {}, 409, "was started with the model own"),
        (place(), {"Content-Type": "multipart/form-data; boundary=x"}, 415, "curl -T"),
        (place(), {"Content-Encoding": "gzip"}, 415, "none is understood"),
        (place(), {"Content-Length": str(300 << 20)}, 413, "more than 268435456 bytes"),
    ],
)
def test_what_cannot_be_put_is_refused_before_the_body_is_read(
    shared: tuple[Server, Path], where: str, headers: dict[str, str], status: int, sentence: str
) -> None:
    server, folder = shared
    with server.connect() as caller:
        sent = {"Content-Length": "1000", "Expect": "100-continue", **headers}
        caller.send(request("PUT", where, None, **sent))
        answer = caller.answer()
    assert (answer.status, sentence in answer.json["error"]) == (status, True), answer.body
    assert list(files(folder)) == ["flat.onnx"]


def test_a_service_without_a_repository_says_what_it_lacks() -> None:
    with http_server({"own": linear()}) as server:
        for method in ("PUT", "DELETE"):
            answer = server.ask(method, place(), linear())
            assert (answer.status, "no repository" in answer.json["error"]) == (404, True)


def test_only_keys_that_administer_may_put_and_delete(tmp_path: Path) -> None:
    ring, keys = KeyRing({}), {}
    for scope in ("infer", "admin"):
        keys[scope], entry = new_key(scope, scopes=(scope,))
        ring = KeyRing({**ring.keys, scope: entry})

    class Kept:
        def ring(self) -> KeyRing:
            return ring

    with http_server({}, tmp_path, Guard(Kept())) as server:
        assert put(server, linear()).status == 401
        for method in ("PUT", "DELETE"):
            bearer = f"Bearer {keys['infer']}"
            assert server.ask(method, place(), linear(), Authorization=bearer).status == 403
        assert files(tmp_path) == {}
        assert put(server, linear(), Authorization=f"Bearer {keys['admin']}").status == 201


def test_of_two_uploads_at_once_one_is_served_and_both_are_answered(tmp_path: Path) -> None:
    with http_server({}, tmp_path) as server:
        answers: dict[float, Answer] = {}

        def upload(factor: float) -> None:
            answers[factor] = put(server, linear(factor=factor))

        threads = [threading.Thread(target=upload, args=(factor,)) for factor in (2.0, 3.0)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert sorted(answer.status for answer in answers.values()) == [201, 409]
        (factor,) = (one for one, answer in answers.items() if answer.status == 201)
        assert asked(server) == [factor * one for one in ROW]
        assert files(tmp_path) == {"brain/1/model.onnx": linear(factor=factor)}


def test_a_few_models_may_be_on_their_way_and_one_that_stops_midway_leaves_nothing(tmp_path: Path) -> None:
    with http_server({}, tmp_path) as server:
        callers = [server.connect() for _ in range(uploads.MAXIMUM_AT_ONCE)]
        for number, caller in enumerate(callers):
            caller.send(request("PUT", place(f"m{number}"), linear())[:-5])
        wait_for(lambda: len(files(tmp_path)) == len(callers))
        answer = put(server, linear())
        assert (answer.status, answer.headers["retry-after"]) == (503, "1")
        for caller in callers:
            caller.socket.close()
        wait_for(lambda: files(tmp_path) == {})
        assert put(server, linear()).status == 201


def test_whoever_hangs_up_while_the_model_is_tried_leaves_nothing(tmp_path: Path) -> None:
    with http_server({}, tmp_path) as server:
        with server.connect() as caller:
            caller.send(request("PUT", place(), linear()))
            wait_for(lambda: bool(files(tmp_path)))
        wait_for(lambda: files(tmp_path) == {})
        assert server.ask("GET", "/v2/models/brain").status == 404


def test_nobody_is_dropped_while_the_version_that_answers_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "brain.onnx").write_bytes(linear(factor=0.0))
    with http_server({}, tmp_path) as server:
        server.ask("POST", "/v2/repository/models/brain/load")
        seen: list[Any] = []
        ended = threading.Event()

        def press() -> None:
            with server.connect() as caller:
                while not ended.is_set():
                    caller.send(request("POST", "/infer", {"inputs": ROW}))
                    answer = caller.answer()
                    seen.append(answer.json["outputs"][0] if answer.status == 200 else answer.body)

        threads = [threading.Thread(target=press) for _ in range(4)]
        for thread in threads:
            thread.start()
        for factor in (1.0, 2.0, 3.0):
            assert put(server, linear(factor=factor), place(query="?replace=true")).status == 200
        ended.set()
        for thread in threads:
            thread.join(20)
        assert set(seen) <= {0.0, 1.0, 2.0, 3.0}
        assert asked(server) == [3.0, 6.0, 9.0]


def test_a_name_that_is_a_link_out_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "evil").symlink_to(tmp_path / "outside")
    with http_server({}, tmp_path / "models") as server:
        answer = put(server, linear(), place("evil"))
        assert (answer.status, "leads out of the repository" in answer.json["error"]) == (409, True)
    assert list((tmp_path / "outside").iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device here that is always full")
def test_a_full_disk_ends_an_upload_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "open", lambda _path, mode: open("/dev/full", mode.replace("x", "w")))  # noqa: PTH123, SIM115

    def load(name: str, version: str, data: bytes) -> Model:
        return loaded(data, name, version)

    upload = Uploads(Repository(Models(BatchSettings()), Folder(tmp_path), load)).begin(
        "brain", "1", replace=False
    )
    with pytest.raises(StorageFailed, match="No space left on device"):
        upload.write(b"x" * 1_000_000)
    upload.discard()


def test_nothing_is_remembered_of_a_model_that_was_replaced_by_one_of_another_shape(tmp_path: Path) -> None:
    with http_server({}, tmp_path) as server:
        for width in (3, 5, 3):
            assert put(server, linear(width), place(query="?replace=true")).status in (200, 201)
            for _ in range(2):
                for asked_for in (3, 5):
                    tensor: dict[str, Any] = {"name": "observations", "datatype": "FP32"}
                    tensor["shape"] = [1, asked_for]
                    tensor["parameters"] = {"binary_data_size": 4 * asked_for}
                    head = json.dumps({"inputs": [tensor]}).encode()
                    length = {"Inference-Header-Content-Length": str(len(head))}
                    binary = server.ask(
                        "POST", "/v2/models/brain/infer", head + bytes(4 * asked_for), **length
                    )
                    simple = server.ask("POST", "/infer", {"inputs": [1.0] * asked_for})
                    expected = 200 if asked_for == width else 400
                    assert (binary.status, simple.status) == (expected, expected)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with http_server({}, tmp_path / "gone") as server:
        answer = put(server, linear())
        assert (answer.status, "cannot be written" in answer.json["error"]) == (507, True)


def wait_for(condition: Any) -> None:  # noqa: ANN401
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
