"""grpcurl is built once, and nothing fails where it can't be."""

import io
from pathlib import Path

import pytest

from provision import grpcurl
from provision.console import Console
from provision.paths import PROGRAM_SUFFIX, Cache


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on its path but what a test puts there."""
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr(grpcurl.shutil, "which", lambda name: _which(folder, name))
    return folder


def _which(folder: Path, name: str) -> str | None:
    return str(folder / name) if (folder / name).is_file() else None


def put(folder: Path, name: str, act: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{act}\n")
    (folder / name).chmod(0o755)


def test_without_go_there_is_none(tmp_path: Path, machine: Path) -> None:
    assert grpcurl.ensure(Cache(tmp_path / "cache"), Console(io.StringIO())) is None


def test_the_machines_own_is_taken_first(tmp_path: Path, machine: Path) -> None:
    put(machine, "grpcurl", "exit 0")
    assert grpcurl.ensure(Cache(tmp_path / "cache"), Console(io.StringIO())) == machine / "grpcurl"


def test_go_builds_it_once(tmp_path: Path, machine: Path) -> None:
    put(machine, "go", f'echo "$@" >> {tmp_path}/calls; echo made > "$GOBIN/grpcurl{PROGRAM_SUFFIX}"')
    for _ in range(2):
        program = grpcurl.ensure(Cache(tmp_path / "cache"), Console(io.StringIO()))
        assert program is not None
        assert program.read_text() == "made\n"
    assert (tmp_path / "calls").read_text() == f"install {grpcurl.MODULE}\n"


def test_a_build_that_fails_is_said_and_leaves_nothing(tmp_path: Path, machine: Path) -> None:
    put(machine, "go", "echo no network; exit 1")
    said = io.StringIO()
    assert grpcurl.ensure(Cache(tmp_path / "cache"), Console(said)) is None
    assert "grpcurl could not be built: no network" in said.getvalue()
    assert not (tmp_path / "cache" / "programs" / "grpcurl").exists()
