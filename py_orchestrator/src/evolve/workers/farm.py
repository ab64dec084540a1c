"""Many workers on one run: the door, the processes and their supervision, from first start to last end.

Whatever happens (the run is over, a fault, Ctrl-C) no worker outlives `Farm.work`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evolve.errors import EvolveUserError
from evolve.protocol import limits
from evolve.protocol.messages import HelloMessage
from evolve.workers.checks import Checks
from evolve.workers.crew import Crew
from evolve.workers.entrance import Entrance
from evolve.workers.guests import GuestDoor, GuestList
from evolve.workers.member import Visit
from evolve.workers.occupation import Occupation
from evolve.workers.process import WorkerCommand
from evolve.workers.server import worker_server
from evolve.workers.slot import Patience, Slot
from evolve.workers.tokens import Tokens
from evolve.workers.work import Work

if TYPE_CHECKING:
    from evolve._native import Results

# How often somebody looks for units that are late; an idle worker waits for them.
_LOOK_SECONDS: Final = 0.02

MakeCommand = Callable[[str, str], WorkerCommand]


class Farm:
    """N workers, started from one command, and the guests who come by themselves."""

    def __init__(
        self,
        command: MakeCommand,
        workers: int,
        logs: Path,
        port: int = 0,
        patience: Patience | None = None,
        ping_seconds: float = limits.PING_SECONDS,
        silence_seconds: float = limits.SILENCE_SECONDS,
        guests: GuestDoor | None = None,
    ) -> None:
        self._guests = guests
        self._command = command
        self._workers = workers
        self._logs = logs
        self._entrance = Entrance(port=port)
        self._patience = patience or Patience()
        self._ping_seconds = ping_seconds
        self._silence_seconds = silence_seconds
        # Of the run that it works on, or worked on last.
        self.occupation = Occupation()
        self._slots: list[Slot] = []
        self._outcome: asyncio.Future[None] | None = None
        self._stopped = False

    def work(
        self,
        begin: Callable[[HelloMessage], Work],
        decode: Callable[[bytes], "Results"],
        checks: Checks | None = None,
    ) -> None:
        """Work until the run is over. `begin` makes the run from the first worker's hello."""
        try:
            asyncio.run(self.work_async(begin, decode, checks))
        finally:
            self._kill_all()

    async def work_async(
        self,
        begin: Callable[[HelloMessage], Work],
        decode: Callable[[bytes], "Results"],
        checks: Checks | None = None,
    ) -> None:
        """Work inside an event loop that is there already."""
        outcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._outcome = outcome
        if self._stopped:
            raise KeyboardInterrupt
        crew = Crew(begin, decode, outcome, checks=checks, expected=self._expected)
        self.occupation = crew.occupation
        tokens: Tokens[Visit] = Tokens()
        async with self._open(self._entrance, tokens, crew) as address, self._invite(tokens, crew, address):
            self._slots = [self._slot(number, address, tokens) for number in range(1, self._workers + 1)]
            tasks = [asyncio.create_task(slot.keep()) for slot in self._slots]
            tasks.append(asyncio.create_task(self._look_after(crew)))
            for task in tasks:
                task.add_done_callback(lambda task: self._ended(task, outcome))
            try:
                await outcome
            finally:
                crew.dismiss("the run is over")
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def _expected(self) -> int:
        return sum(slot.refused is None for slot in self._slots)

    def stop(self) -> None:
        """End soon, asked by any thread; `work` then raises KeyboardInterrupt."""
        self._stopped = True
        if (outcome := self._outcome) is not None:
            with suppress(RuntimeError):  # its loop has ended already
                outcome.get_loop().call_soon_threadsafe(_interrupt, outcome)

    @asynccontextmanager
    async def _open(self, entrance: Entrance, tokens: Tokens[Visit], crew: Crew) -> AsyncIterator[str]:
        """Let workers in; gives the address that they are told."""
        async with worker_server(
            tokens, crew.converse, entrance, self._ping_seconds, self._silence_seconds
        ) as port:
            yield entrance.url(port)

    @asynccontextmanager
    async def _invite(self, tokens: Tokens[Visit], crew: Crew, address: str) -> AsyncIterator[None]:
        """Let guests in, where they may come: by the workers' own entrance, unless they have another."""
        if self._guests is None:
            yield
            return
        entrance, token = self._guests.entrance, GuestList(tokens).token
        if entrance is None:
            self._guests.announce(address, token)
            yield
            return
        async with self._open(entrance, tokens, crew) as outside:
            self._guests.announce(outside, token)
            yield

    def _slot(self, number: int, address: str, tokens: Tokens[Visit]) -> Slot:
        name = f"worker-{number}"
        return Slot(
            name,
            lambda token: self._command(address, token),
            tokens,
            self._logs / f"{name}.log",
            self._patience,
        )

    async def _look_after(self, crew: Crew) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            crew.share_late()
            crew.share_stalled(self._patience.stall_seconds)

    def _ended(self, task: "asyncio.Task[None]", outcome: "asyncio.Future[None]") -> None:
        """A worker that cannot be kept ends the run; one that was refused does so only as the last."""
        if task.cancelled() or outcome.done():
            return
        if (error := task.exception()) is not None:
            outcome.set_exception(error)
        elif all(slot.refused is not None for slot in self._slots):
            outcome.set_exception(EvolveUserError(f"no worker fits the run: {self._slots[-1].refused}"))

    def _kill_all(self) -> None:
        # A second Ctrl-C can cut the orderly end short.
        for slot in self._slots:
            slot.kill()


def _interrupt(outcome: "asyncio.Future[None]") -> None:
    if not outcome.done():
        outcome.set_exception(KeyboardInterrupt())
