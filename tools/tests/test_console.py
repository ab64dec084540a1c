"""What a user sees when something goes wrong, and while nothing does."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from tool_standins import TOOLS

from provision.console import Console, SetupError, duration, explain, guarded


def _raise(error: BaseException) -> Callable[[], int]:
    def main() -> int:
        raise error

    return main


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (SetupError("Cargo is missing: install it."), 1, "Cargo is missing: install it."),
        (KeyboardInterrupt(), 130, "Stopped"),
        (OSError(errno.ENOSPC, "x", "/there"), 1, "The disk is full at /there"),
        (PermissionError(errno.EACCES, "x", "/there"), 1, "Permission was refused at /there"),
    ],
)
def test_every_mendable_failure_is_one_sentence_and_a_code(
    error: BaseException, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(_raise(error)) == code
    captured = capsys.readouterr()
    assert words in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""


def test_a_fault_of_ours_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        guarded(_raise(ZeroDivisionError()))


def test_a_step_says_what_it_does_and_how_long_it_took(console: Console, said: Callable[[], str]) -> None:
    with console.step("Building", "Built"):
        console.progress("too soon for a log")
    first, second = said().splitlines()
    assert first == "Building ..."
    assert second.startswith("Built (")


def test_a_failed_step_is_not_called_done(console: Console, said: Callable[[], str]) -> None:
    with pytest.raises(SetupError), console.step("Building", "Built"):
        raise SetupError("no")
    assert "Built" not in said()


@pytest.mark.parametrize(("seconds", "text"), [(0.04, "0.0 s"), (59.9, "59.9 s"), (61.0, "1 min 01 s")])
def test_durations_read_like_speech(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_an_unknown_refusal_names_the_systems_reason() -> None:
    assert "strange" in explain(OSError(99, "strange"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_tool_and_what_it_started(number: signal.Signals, code: int) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(TOOLS)!r})\n"
        "from provision import processes\n"
        "from provision.console import guarded\n"
        "child = [sys.executable, '-c', 'import os, time; print(os.getpid(), flush=True); time.sleep(60)']\n"
        "sys.exit(guarded(lambda: processes.run(child, on_line=lambda line: print(line, flush=True)).code))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as tool:
        assert tool.stdout is not None
        child = int(tool.stdout.readline())
        tool.send_signal(number)
        _, errors = tool.communicate(timeout=30)
    assert tool.returncode == code
    assert "Traceback" not in errors
    assert _is_gone(child)


def _is_gone(process: int) -> bool:
    for _ in range(100):
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False
        )
        if state.stdout.strip()[:1] in ("", "Z"):
            return True
        time.sleep(0.05)
    return False
