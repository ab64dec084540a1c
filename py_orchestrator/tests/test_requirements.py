"""What is imported is required and the other way round, and both builds of the runtime need the same."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).parents[1] / "src" / "evolve"
PROJECT: dict[str, Any] = tomllib.loads((SOURCES.parents[1] / "pyproject.toml").read_text())["project"]
# Where a package is imported by another name, or comes along with one that is named.
PACKAGES = {"jwt": "pyjwt", "google": "protobuf", "starlette": "fastapi"}
# What pyjwt checks signatures with.
INDIRECT = {"cryptography"}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[><=;\[ ]", one)[0] for one in requirements}


def imported(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found = []
            if isinstance(node, ast.Import):
                found = [one.name for one in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found = [node.module or ""]
            for name in (one.partition(".")[0] for one in found):
                if name not in sys.stdlib_module_names and name != "evolve":
                    yield PACKAGES.get(name, name)


def test_both_builds_need_the_same_but_for_the_runtime() -> None:
    extras = PROJECT["optional-dependencies"]
    cpu, gpu = names(extras["cpu"]), names(extras["gpu"])
    assert (cpu - gpu, gpu - cpu) == ({"onnxruntime"}, {"onnxruntime-gpu"})


def test_what_is_imported_is_required_and_nothing_else() -> None:
    required = names(PROJECT["dependencies"]) | names(PROJECT["optional-dependencies"]["cpu"])
    assert set(imported(SOURCES)) == required - INDIRECT
