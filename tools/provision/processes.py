"""Runs other programs so that their lines can be followed and none outlives us.

Never interprets what a program says; that is for the caller.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Follow = Callable[[str], None]

# Enough of a compiler's or apt's last words to understand a failure, without flooding a terminal.
TAIL_LINES = 40
END_SECONDS = 5.0

_running: set[subprocess.Popen[str]] = set()


@dataclass(frozen=True)
class Outcome:
    code: int
    tail: str
    timed_out: bool = False

    @property
    def ok(self) -> bool:
        return self.code == 0 and not self.timed_out


def run(
    command: Sequence[str | Path],
    *,
    on_line: Follow | None = None,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    seconds: float | None = None,
    tail_lines: int = TAIL_LINES,
) -> Outcome:
    """Run to the end with both outputs merged; raises OSError when the program cannot start."""
    process = _start(command, cwd, environment)
    _running.add(process)
    overdue = threading.Event()
    timer = _limit(process, seconds, overdue)
    tail: deque[str] = deque(maxlen=tail_lines)
    assert process.stdout is not None
    try:
        for raw in process.stdout:
            line = raw.rstrip("\n")
            tail.append(line)
            if on_line is not None:
                on_line(line)
        process.wait()
    except BaseException:
        end(process)
        raise
    finally:
        _running.discard(process)
        process.stdout.close()
        if timer is not None:
            timer.cancel()
    return Outcome(process.returncode, "\n".join(tail), overdue.is_set())


def _start(
    command: Sequence[str | Path], cwd: Path | None, environment: Mapping[str, str] | None
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=None if environment is None else {**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        # A group of its own, so that ending it also ends the compilers and loaders it started.
        process_group=None if sys.platform == "win32" else 0,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


def _limit(
    process: subprocess.Popen[str], seconds: float | None, overdue: threading.Event
) -> threading.Timer | None:
    if seconds is None:
        return None

    def expire() -> None:
        overdue.set()
        end(process)

    timer = threading.Timer(seconds, expire)
    timer.daemon = True
    timer.start()
    return timer


def end(process: subprocess.Popen[str]) -> None:
    """End a program and everything it started: politely, then surely."""
    _signal(process, hard=False)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(END_SECONDS)
    _signal(process, hard=True)
    process.wait()


def end_all() -> None:
    """End what other threads are running; called when the main thread is asked to stop."""
    for process in list(_running):
        end(process)


def _signal(process: subprocess.Popen[str], *, hard: bool) -> None:
    if sys.platform == "win32":
        if hard and process.poll() is None:
            subprocess.run(
                ["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False
            )
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL if hard else signal.SIGTERM)
