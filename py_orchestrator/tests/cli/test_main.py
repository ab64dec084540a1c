"""Every end of a command is a sentence and an exit code, never a traceback."""

import builtins
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

import pytest

from evolve.cli import main, worlds


def fail_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_arguments: object) -> int:
        raise error

    monkeypatch.setattr(worlds, "run", run)


def test_worlds_are_listed_with_what_their_members_sense_and_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["worlds"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split(maxsplit=1) == ["xor", "a, b → xor"]


def test_worlds_come_as_json_for_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["worlds", "--json"]) == 0
    assert capsys.readouterr().out.startswith('["xor", "double-pole"')


def test_an_interrupt_ends_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fail_with(KeyboardInterrupt(), monkeypatch)
    assert main.run(["worlds"]) == 130
    assert capsys.readouterr().err == "evolve: stopped\n"


def test_a_fault_of_ours_is_said_to_be_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fail_with(ZeroDivisionError("division by zero"), monkeypatch)
    assert main.run(["worlds"]) == 70
    assert capsys.readouterr().err == (
        "evolve: a fault of Evolve itself (ZeroDivisionError: division by zero): "
        "EVOLVE_TRACEBACK=1 shows where, please report it\n"
    )


def test_a_fault_of_ours_shows_where_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVOLVE_TRACEBACK", "1")
    fail_with(ZeroDivisionError(), monkeypatch)
    with pytest.raises(ZeroDivisionError):
        main.run(["worlds"])


def test_a_closed_pipe_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(BrokenPipeError(), monkeypatch)
    monkeypatch.setattr("sys.stdout", None)
    assert main.run(["worlds"]) == 0
    sys.stdout.close()


def test_an_engine_that_is_not_built_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = builtins.__import__

    def without_engine(
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002 - the names of __import__
        locals: Mapping[str, object] | None = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        if name == "evolve" and fromlist and "_native" in fromlist:
            raise ImportError("cannot import name '_native' from 'evolve'")
        return real(name, globals, locals, fromlist or (), level)

    monkeypatch.setattr(builtins, "__import__", without_engine)
    assert main.run(["worlds"]) == 1
    assert capsys.readouterr().err == (
        "evolve: the engine is not built yet: run tools/evolve once, it builds what is missing\n"
    )


def test_the_program_is_called_what_the_person_called_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    monkeypatch.setenv("EVOLVE_PROGRAM", "tools/evolve")
    assert main.run(["show"]) == 1
    assert (
        capsys.readouterr().err
        == "tools/evolve: there is no run under runs/ here: 'evolve train' makes one\n"
    )
    assert here.is_dir()
