"""What is no call of a model: descriptions, statistics, the repository, metrics, documentation."""

import re
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok
from tests.serving.http_server import Server, http_server
from tests.serving.models import linear, whole

ROW = [1.0, 2.0, 3.0]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401
    with http_server({"double": linear(), "whole": whole()}, tmp_path_factory.mktemp("models")) as one:
        yield one


def test_the_service_and_its_models_are_described_as_the_protocol_has_it(server: Server) -> None:
    assert server.ask("GET", "/v2").json["name"] == "evolve"
    assert server.ask("GET", "/v2/health/live").json == {"live": True}
    assert server.ask("GET", "/v2/health/ready").json == {"ready": True}
    metadata = server.ask("GET", "/v2/models/double/versions/1").json
    assert metadata == {
        "name": "double",
        "versions": ["1"],
        "platform": "onnxruntime_onnx",
        "inputs": [{"name": "observations", "datatype": "FP32", "shape": [-1, 3]}],
        "outputs": [{"name": "actions", "datatype": "FP32", "shape": [-1, 3]}],
    }
    assert server.ask("GET", "/v2/models/double/ready").status == 200
    assert server.ask("GET", "/v2/models/none/ready").status == 404
    config = server.ask("GET", "/v2/models/double/config").json
    assert (config["max_batch_size"], config["input"][0]["dims"]) == (4096, [3])
    # Rows that belong together are no batch.
    config = server.ask("GET", "/v2/models/whole/config").json
    assert (config["max_batch_size"], config["input"][0]["dims"]) == (0, [-1, 3])


def test_health_tells_what_models_really_run_on(server: Server) -> None:
    health = server.ask("GET", "/health").json
    assert (health["ready"], health["devices"]) == (True, ["cpu"])
    lanes = [{"device": "cpu", "providers": ["CPUExecutionProvider"]}]
    assert health["models"][0] == {"name": "double", "version": "1", "lanes": lanes}


def test_statistics_and_metrics_count_the_same() -> None:
    with http_server({"double": linear()}) as server:
        for rows in (1, 3):
            server.ask("POST", "/infer", {"inputs": [ROW] * rows})
        (stats,) = server.ask("GET", "/v2/models/double/stats").json["model_stats"]
        assert (stats["inference_count"], stats["execution_count"]) == (4, 2)
        assert stats["inference_stats"]["success"] == {"count": 2}
        assert server.ask("GET", "/stats").json["model_stats"] == [stats]
        answer = server.ask("GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = dict(line.rsplit(" ", 1) for line in answer.body.decode().splitlines() if line[0] != "#")
    labels = '{model="double",version="1"}'
    assert samples[f"evolve_requests_total{labels}"] == "2"
    assert samples[f"evolve_rows_total{labels}"] == "4"
    assert samples[f"evolve_waiting_rows{labels}"] == "0"
    assert samples[f"evolve_queue_seconds_count{labels}"] == "2"
    assert samples['evolve_batch_rows_bucket{model="double",version="1",le="1"}'] == "1"
    assert samples['evolve_batch_rows_bucket{model="double",version="1",le="+Inf"}'] == "2"
    assert int(samples["process_resident_memory_bytes"]) > 1_000_000
    # Every sample has its type, and every line is what Prometheus reads.
    types = set(re.findall(r"# TYPE (\w+) ", answer.body.decode()))
    assert {re.sub(r"_(bucket|sum|count)$", "", name.partition("{")[0]) for name in samples} == types


def test_models_come_and_go_by_the_repository(tmp_path: Path) -> None:
    for name, factor in (("a", 2.0), ("b", 3.0)):
        (tmp_path / f"{name}.onnx").write_bytes(linear(factor=factor))
    with http_server({"own": linear()}, folder=tmp_path) as server:
        entries = server.ask("POST", "/v2/repository/index", {}).json
        assert [(one["name"], one["state"]) for one in entries] == [
            ("a", "UNAVAILABLE"),
            ("b", "UNAVAILABLE"),
            ("own", "READY"),
        ]
        assert server.ask("POST", "/v2/repository/models/a/load").json == {"name": "a", "versions": ["1"]}
        ready = server.ask("POST", "/v2/repository/index", {"ready": True}).json
        assert [one["name"] for one in ready] == ["a", "own"]
        assert server.ask("POST", "/infer?model=a", {"inputs": ROW}).json["outputs"] == [2.0, 4.0, 6.0]
        sent = {"parameters": {"file:1/model.onnx": "b64"}}
        answer = server.ask("POST", "/v2/repository/models/a/load", sent)
        assert (answer.status, answer.json["field"]) == (400, "parameters")
        assert server.ask("POST", "/v2/repository/models/a/unload").status == 200
        assert server.ask("POST", "/infer?model=a", {"inputs": ROW}).status == 404
        (tmp_path / "b.onnx").write_bytes(b"broken")
        answer = server.ask("POST", "/v2/repository/models/b/load")
        assert (answer.status, "b cannot be loaded" in answer.json["error"]) == (400, True)
        assert server.ask("POST", "/v2/repository/models/..%2Fa/load").status in (400, 404)


def test_an_address_says_which_methods_it_takes(server: Server) -> None:
    answer = server.ask("POST", "/v2/repository/models/a/versions/1")
    assert (answer.status, answer.headers["allow"]) == (405, "DELETE, PUT")
    assert "Method Not Allowed; taken are DELETE, PUT; /docs" in answer.json["error"]
    assert "allow" not in server.ask("GET", "/nothing").headers


def test_the_documentation_knows_the_calls(server: Server) -> None:
    paths = server.ask("GET", "/openapi.json").json["paths"]
    assert {"/infer", "/v2/models/{name}/infer", "/v2/repository/index", "/metrics"} <= set(paths)
    assert set(paths["/v2/repository/models/{name}/versions/{version}"]) == {"put", "delete"}
    assert b"swagger" in server.ask("GET", "/docs").body


def test_nothing_that_the_documentation_allows_is_a_fault_of_the_service(server: Server) -> None:
    address = f"http://127.0.0.1:{server.port}"
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    seen: set[int] = set()

    for operation in schema.get_all_operations():
        assert isinstance(operation, Ok)
        call_one(operation.ok(), seen)
    assert 200 in seen


def call_one(operation: Any, seen: set[int]) -> None:  # noqa: ANN401
    """Many requests to one address."""

    @given(case=operation.as_strategy())
    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def call(case: Any) -> None:  # noqa: ANN401
        if case.path.endswith("/unload"):
            case.path_parameters["name"] = f"no-{case.path_parameters['name']}"
        answer = case.call()
        seen.add(answer.status_code)
        assert answer.status_code < 500, answer.text

    call()
