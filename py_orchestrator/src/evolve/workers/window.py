"""One engine in a window, for somebody who watches: it plays what it is handed until the window is closed.

It is a guest, as the editor's Play is: whoever closes it has seen enough, and nobody starts it again.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from evolve.errors import EvolveUserError
from evolve.protocol import limits
from evolve.protocol.messages import HelloMessage
from evolve.workers.crew import Crew
from evolve.workers.entrance import LOOPBACK
from evolve.workers.member import Visit
from evolve.workers.process import WorkerCommand, WorkerProcess, log_tail
from evolve.workers.server import worker_server
from evolve.workers.tokens import Tokens
from evolve.workers.work import Work

if TYPE_CHECKING:
    from evolve._native import Results

_LEAVE_SECONDS = 3.0


class Window:
    """An engine that was started to be looked at."""

    def __init__(self, command: Callable[[str, str], WorkerCommand], log: Path) -> None:
        self._command = command
        self._log = log

    def play(self, begin: Callable[[HelloMessage], Work], decode: Callable[[bytes], "Results"]) -> None:
        """Play until the work is over or the window is closed. Leaves nothing running behind."""
        asyncio.run(self._play(begin, decode))

    async def _play(
        self, begin: Callable[[HelloMessage], Work], decode: Callable[[bytes], "Results"]
    ) -> None:
        outcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        crew = Crew(begin, decode, outcome)
        tokens: Tokens[Visit] = Tokens()
        visit = Visit("window", is_guest=True)
        async with worker_server(tokens, crew.converse) as port:
            address = f"ws://{LOOPBACK}:{port}{limits.PATH}"
            process = await WorkerProcess.start(self._command(address, tokens.issue(visit)), self._log)
            closed = asyncio.create_task(process.wait())
            closed.add_done_callback(lambda _closed: _shut(outcome))
            try:
                await asyncio.wait([outcome])
                outcome.result()
                if not visit.joined.is_set() or visit.refused is not None:
                    raise EvolveUserError(self._never_played(process.exit_code, visit))
            finally:
                crew.dismiss("somebody has seen enough")
                await process.end(_LEAVE_SECONDS)
                closed.cancel()

    def _never_played(self, exit_code: int | None, visit: Visit) -> str:
        why = visit.refused or f"it ended with exit code {exit_code} before it played anything"
        tail = log_tail(self._log)
        said = f"; it said:\n{tail}" if tail else ""
        return f"Godot could not show the scene: {why}{said}"


def _shut(outcome: "asyncio.Future[None]") -> None:
    if not outcome.done():
        outcome.set_result(None)
