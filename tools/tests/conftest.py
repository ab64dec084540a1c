"""What the tests of the tools share: small checkouts, stand-in programs, a console that is kept."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from tool_standins import ProgramMaker

from provision import godot
from provision.console import Console
from provision.paths import Cache, Checkout, user_cache


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    root = tmp_path / "clone"
    for folder in (
        "rust",
        "addons/evolve",
        "godot_project",
        "py_orchestrator/src/evolve",
        "tools/requirements",
    ):
        (root / folder).mkdir(parents=True)
    (root / "godot_project" / "project.godot").write_text(
        'config_version=5\n\n[application]\n\nconfig/name="a test"\n', encoding="utf-8"
    )
    return Checkout(root)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def console() -> Console:
    return Console(io.StringIO())


@pytest.fixture
def said(console: Console) -> Callable[[], str]:
    def read() -> str:
        assert isinstance(console.stream, io.StringIO)
        return console.stream.getvalue()

    return read


@pytest.fixture
def make_program(tmp_path: Path) -> ProgramMaker:
    """A stand-in for a program: Python code under a name of its own, in a folder of programs."""
    if os.name == "nt":
        pytest.skip("stand-in programs need a first line that names their interpreter")
    folder = tmp_path / "programs"
    folder.mkdir()

    def make(name: str, code: str) -> Path:
        program = folder / name
        program.write_text(f"#!{sys.executable}\n{code}\n", encoding="utf-8")
        program.chmod(0o755)
        return program

    return make


@pytest.fixture(scope="session")
def engine() -> Path:
    """The real engine, which tools/test has set up before it runs these tests."""
    found = godot.find(user_cache())
    if found is None:
        pytest.skip("no Godot engine is set up; tools/evolve setup fetches one")
    return found.path


@pytest.fixture
def needs_cargo() -> None:
    if shutil.which("cargo") is None:
        pytest.skip("cargo is not installed")
