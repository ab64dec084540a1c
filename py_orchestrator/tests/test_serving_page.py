"""The examples of docs/serving.md are run as they stand, but for the port."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.serving.http_server import Server, http_server
from tests.serving.models import linear, loaded
from tests.serving.websocket_server import running

from evolve.cli.arguments import build_parser
from evolve.serving import metrics
from evolve.serving.doors.http import limits
from evolve.serving.inspection import Limits
from evolve.serving.uploads import MAXIMUM_AT_ONCE

PAGE = (Path(__file__).parents[2] / "docs" / "serving.md").read_text(encoding="utf-8")
PROGRAMS = dict(re.findall(r"```python\n# (\w+\.py)\n(.*?)```", PAGE, re.DOTALL))
COMMANDS = re.findall(
    r"(?m)^(curl .*?)(?<!\\)\n", "".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)), re.DOTALL
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with http_server({"champion": linear(width=2)}, tmp_path_factory.mktemp("models")) as one:
        yield one


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
@pytest.mark.parametrize("command", COMMANDS)
def test_every_curl_of_the_page_is_answered(server: Server, tmp_path: Path, command: str) -> None:
    (tmp_path / "walker.onnx").write_bytes(linear())
    said = subprocess.run(
        ["/bin/sh", "-c", command.replace(":8000", f":{server.port}").replace("curl -s", "curl -sf")],
        capture_output=True,
        check=True,
        timeout=60,
        cwd=tmp_path,
        env=os.environ | {"KEY": "operator.secret"},
    ).stdout
    assert said
    if "infer" in command:
        outputs = json.loads(said)["outputs"]
        assert (outputs if "/infer" in command and "/v2" not in command else outputs[0]["data"]) == [0.0, 2.0]


def test_the_page_has_examples() -> None:
    assert len(COMMANDS) == 7
    assert set(PROGRAMS) == {"ask.py", "binary.py", "many.py", "put.py"}


@pytest.mark.parametrize("name", ["ask.py", "binary.py"])
def test_every_program_of_the_page_gives_what_the_model_gives(server: Server, name: str) -> None:
    program: dict[str, Any] = {}
    exec(PROGRAMS[name], program)  # noqa: S102 - it is our own page
    rows = [[0.0, 1.0], [2.0, 3.0]]
    answer = program["ask"](f"http://127.0.0.1:{server.port}", rows)
    np.testing.assert_array_equal(answer, np.array(rows) * 2)


def test_the_client_of_the_page_gives_what_the_model_gives() -> None:
    program: dict[str, Any] = {}
    exec(PROGRAMS["many.py"], program)  # noqa: S102
    rows = [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
    with running(lambda: loaded(linear(width=2), "champion")) as service:
        answer = program["ask"](service.url, rows)
    np.testing.assert_array_equal(answer, np.array(rows) * 2)


def test_the_program_that_puts_a_model_in_does(server: Server, tmp_path: Path) -> None:
    program: dict[str, Any] = {}
    exec(PROGRAMS["put.py"], program)  # noqa: S102
    (tmp_path / "walker.onnx").write_bytes(linear())
    address = f"http://127.0.0.1:{server.port}"
    for version, replace in (("7", False), ("7", True)):
        told = program["put"](
            address, tmp_path / "walker.onnx", "runner", version, "operator.secret", replace
        )
        assert (told["name"], told["version"]) == ("runner", "7")


def test_every_command_of_the_page_is_one() -> None:
    parser = build_parser()
    commands = re.findall(r"(?m)^evolve (serve.*?)(?: +#.*)?$", PAGE)
    assert len(commands) == 3
    for command in commands:
        assert parser.parse_args(command.split()).command == "serve"


def test_the_page_names_the_limits_and_the_metrics_as_they_are() -> None:
    for words in (
        f"JSON {limits.MAXIMUM_JSON >> 20} MiB, {limits.MAXIMUM_DEPTH} deep",
        f"{limits.MAXIMUM_CHUNKS:,} chunks",
        f"| {limits.MAXIMUM_HELD >> 20} MiB |",
        f"| {limits.MAXIMUM_TARGET >> 10} KiB; {limits.MAXIMUM_HEADERS} of them",
        f"| {limits.MAXIMUM_CONNECTIONS:,} |",
        f"| {Limits().bytes >> 20} MiB, which go to the disk; {MAXIMUM_AT_ONCE} at a time |",
        f"| {limits.MAXIMUM_UNDER_WAY}; ",
        f"| {limits.REQUEST_SECONDS:g} s and a second for each {limits.SLOWEST_BYTES_A_SECOND >> 10} KiB |",
        f"| {limits.KEEP_ALIVE_SECONDS:g} s; {limits.WRITE_SECONDS:g} s |",
    ):
        assert words in PAGE, words
    for name, *_ in ((metrics._WAITING,), *metrics._COUNTERS, *metrics._HISTOGRAMS):
        assert f"`{name}`" in PAGE
