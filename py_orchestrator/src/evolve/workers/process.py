"""One operating-system process of a worker: started on a leash, its words in a log, ended for certain."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from evolve.errors import storage_error

_LEASH: Final = Path(__file__).with_name("leash.py")
_TAIL_BYTES: Final = 16 * 1024


@dataclass(frozen=True)
class WorkerCommand:
    """What to start: a program with arguments, and what to add to its environment."""

    arguments: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)


class WorkerProcess:
    """A running worker, in a session of its own: Ctrl-C in the terminal reaches the orchestrator only."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, command: WorkerCommand, log: Path) -> Self:
        """Start a worker; a start that is cancelled halfway leaves nothing behind."""
        starting = asyncio.create_task(_start(command, log))
        try:
            return cls(await asyncio.shield(starting))
        except asyncio.CancelledError:
            worker = cls(await starting)
            worker.kill()
            await worker._reap()
            raise

    @property
    def identifier(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        return self._process.returncode

    async def wait(self) -> int:
        return await self._process.wait()

    async def end(self, patience: float) -> None:
        """Give it a moment to leave by itself, then kill it and whatever it started."""
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._process.wait()
        finally:
            self.kill()
            await self._reap()

    async def _reap(self) -> None:
        """Wait for a killed process, cancelled or not: it takes a moment, and nothing may be left behind."""
        gone = asyncio.create_task(self._process.wait())
        try:
            await asyncio.shield(gone)
        except asyncio.CancelledError:
            await gone
            raise

    def kill(self) -> None:
        """Kill the process and its group, now."""
        if sys.platform == "win32":
            with suppress(ProcessLookupError):
                self._process.kill()
            return
        # The group outlives its leader when the worker left children behind; without any it is gone.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)


async def _start(command: WorkerCommand, log: Path) -> asyncio.subprocess.Process:
    try:
        with log.open("ab") as output:
            return await asyncio.create_subprocess_exec(
                *_leashed(command.arguments),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                env={**os.environ, **command.environment},
                start_new_session=True,
            )
    except OSError as error:
        raise storage_error(error, log) from error


def _leashed(arguments: list[str]) -> list[str]:
    if sys.platform == "win32":
        return arguments
    return [sys.executable, "-I", "-S", str(_LEASH), str(os.getpid()), *arguments]


def log_tail(log: Path, lines: int = 8) -> str:
    """The last lines of a log, for the sentence that says why a worker gave up."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _TAIL_BYTES))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    said = [line.rstrip() for line in text.splitlines() if line.strip()]
    return "\n".join(f"    {line}" for line in said[-lines:])
