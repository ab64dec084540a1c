"""One place in the farm: keeps one worker running, however often it dies, within a limit."""

import asyncio
import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from evolve.errors import WorkersFailed
from evolve.workers.member import Visit
from evolve.workers.process import WorkerCommand, WorkerProcess, log_tail
from evolve.workers.server import LOG
from evolve.workers.tokens import Tokens


@dataclass(frozen=True)
class Patience:
    """How long and how often we wait; wall-clock limits move work, they never touch a score."""

    first_delay: float = 0.2
    longest_delay: float = 5.0
    # Starts in a row that came to nothing, and starts in all, before a worker is given up.
    restarts: int = 5
    lifetime_restarts: int = 1_000
    start_seconds: float = 60.0
    leave_seconds: float = 3.0
    stall_seconds: float = 120.0


class Slot:
    """Starts a worker, waits until it is gone, starts it again, a little later each time, within limits."""

    def __init__(
        self,
        name: str,
        command: Callable[[str], WorkerCommand],
        tokens: Tokens[Visit],
        log: Path,
        patience: Patience,
    ) -> None:
        self.name = name
        self.refused: str | None = None
        self._command = command
        self._tokens = tokens
        self._log = log
        self._patience = patience
        self._process: WorkerProcess | None = None

    async def keep(self) -> None:
        """Keep the worker alive until cancelled; returns when it was refused, raises when it keeps dying."""
        deaths = 0
        delay = self._patience.first_delay
        for lives in itertools.count(1):
            visit = Visit(self.name)
            end = await self._live(visit)
            if visit.refused is not None:
                self.refused = visit.refused
                return
            if visit.progressed or visit.excused:
                deaths, delay = 0, self._patience.first_delay
            deaths += 1
            reason = visit.fault or end
            LOG.warning("%s is gone: %s", self.name, reason)
            if deaths > self._patience.restarts:
                never = f"was started {deaths} times and never finished a unit"
                raise WorkersFailed(self._sentence(never, reason))
            if lives > self._patience.lifetime_restarts:
                raise WorkersFailed(self._sentence(f"was started {lives} times in this run", reason))
            await asyncio.sleep(delay)
            delay = min(2 * delay, self._patience.longest_delay)

    def kill(self) -> None:
        """Kill what runs, at once; for ends that leave no time for anything else."""
        if self._process is not None:
            self._process.kill()

    async def _live(self, visit: Visit) -> str:
        """One life of the worker; says how it ended."""
        token = self._tokens.issue(visit)
        try:
            self._process = await WorkerProcess.start(self._command(token), self._log)
            return await self._watch(self._process, visit)
        finally:
            self._tokens.revoke(token)
            if self._process is not None:
                # Who never came in does not know that it is over.
                await self._process.end(self._patience.leave_seconds if visit.joined.is_set() else 0.0)
                self._process = None

    async def _watch(self, process: WorkerProcess, visit: Visit) -> str:
        exited = asyncio.create_task(process.wait())
        left = asyncio.create_task(visit.left.wait())
        joined = asyncio.create_task(visit.joined.wait())
        try:
            await asyncio.wait(
                {exited, left, joined},
                timeout=self._patience.start_seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if not joined.done() and not exited.done():
                return f"it did not connect within {self._patience.start_seconds:g} s"
            await asyncio.wait({exited, left}, return_when=asyncio.FIRST_COMPLETED)
            with suppress(TimeoutError):  # whichever came first, the other one follows and says more
                async with asyncio.timeout(self._patience.leave_seconds):
                    await exited
                    if joined.done():
                        await left
            return _ending(process.exit_code)
        finally:
            for task in (exited, left, joined):
                task.cancel()
            await asyncio.gather(exited, left, joined, return_exceptions=True)

    def _sentence(self, what: str, reason: str) -> str:
        tail = log_tail(self._log)
        said = f"; the end of {self._log}:\n{tail}" if tail else f"; {self._log} is empty"
        return f"{self.name} {what} ({reason}){said}"


def _ending(code: int | None) -> str:
    if code is None:
        return "its connection closed"
    if code < 0:
        return f"it was killed by signal {-code}"
    return f"it ended with exit code {code}"
