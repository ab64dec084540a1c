"""docs/grpc.md and docs/security.md: their examples run, and their commands are understood."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from google.protobuf import json_format  # type: ignore[import-untyped]
from tests.serving.models import linear

from evolve.cli.arguments import build_parser
from evolve.serving.doors.grpc.messages import POOL, message_class
from evolve.serving.security.tokens import OAuthSettings, read_settings

DOCS = Path(__file__).parents[3] / "docs"
GRPC = (DOCS / "grpc.md").read_text(encoding="utf-8")
SECURITY = (DOCS / "security.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"(?m)^(grpcurl .*)$", GRPC)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service of a process of its own, as a reader of the page has it."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "brain.onnx").write_bytes(linear())
    command = [
        sys.executable,
        "-m",
        "evolve",
        "serve",
        "brain.onnx",
        "--json",
        "--port",
        "0",
        "--websocket-port",
        "0",
    ]
    with ExitStack() as ends:
        process = subprocess.Popen(
            [*command, "--grpc-port", "0"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        ends.callback(process.wait, timeout=30)
        ends.callback(process.terminate)
        assert process.stdout is not None
        ends.callback(process.stdout.close)
        yield json.loads(process.stdout.readline())["addresses"]["grpc"]


def test_the_program_of_the_page_prints_what_the_model_says(address: str) -> None:
    (program,) = re.findall(r"```python\n# rows\.py\n(.*?)```", GRPC, re.DOTALL)
    answer = subprocess.run(
        [sys.executable, "-c", program.replace("127.0.0.1:8001", address)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert answer.stdout.splitlines() == [
        "[1.0, -2.0, 0.5]",
        *(f"{number} {[number * 2.0] * 3}" for number in range(4)),
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_grpcurl_does_what_the_page_says(command: str, address: str) -> None:
    if shutil.which("grpcurl") is None:
        pytest.skip("grpcurl is not installed; what it is told is checked all the same")
    words = shlex.split(command.replace("127.0.0.1:8001", address))
    answer = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("command", [one for one in COMMANDS if "-d" in one])
def test_what_grpcurl_is_told_is_a_message_of_the_method(command: str) -> None:
    words = shlex.split(command)
    service, _, method = words[-1].partition("/")
    request = POOL.FindServiceByName(service).FindMethodByName(method).input_type.full_name
    json_format.Parse(words[words.index("-d") + 1], message_class(request)())


def test_the_commands_of_the_page_are_understood_and_the_file_of_oauth_is_one(tmp_path: Path) -> None:
    commands = re.findall(r"(?m)^evolve ([^#\n]*)", SECURITY)
    assert len(commands) == 3
    for command in commands:
        build_parser().parse_args(shlex.split(command))
    (example,) = re.findall(r"```json\n(.*?)```", SECURITY, re.DOTALL)
    (tmp_path / "oauth.json").write_text(example)
    assert isinstance(read_settings(tmp_path / "oauth.json"), OAuthSettings)
