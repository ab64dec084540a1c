"""One connected worker: its session, what it holds, and what is on the way to it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from evolve.protocol import limits
from evolve.protocol.session import Stage, WorkerSession
from evolve.workers.pace import Pace
from evolve.workers.server import LOG

# RFC 6455: a close frame holds 125 bytes, two of them the code.
_MAXIMUM_REASON_BYTES: Final = 123
# Codes of a connection that its worker closed by itself, as one does that was asked to end.
_ORDERLY: Final = (1000, 1001)


class Visit:
    """One start of a worker, as its supervisor sees it: did it come, did it work, why did it go."""

    # Said to whoever comes when somebody else has come already.
    taken = "this token is in use"

    def __init__(self, name: str, *, is_guest: bool = False) -> None:
        self.name = name
        # Whoever started it may end it at any moment, which says nothing of what it played.
        self.is_guest = is_guest
        self.joined = asyncio.Event()
        self.left = asyncio.Event()
        self.progressed = False
        # Whether it died of a unit that others died of as well.
        self.excused = False
        self.refused: str | None = None
        self.fault: str | None = None

    def join(self) -> bool:
        """Take the one connection that a start may have."""
        if self.joined.is_set():
            return False
        self.joined.set()
        return True

    def leave(self, code: int | None, reason: str | None) -> None:
        if self.fault is None and code == limits.CLOSE_TOO_LARGE:
            self.fault = reason or "a message was too large"
        if self.fault is None and code == 1011:  # noqa: PLR2004 - websockets closes so when no pong came
            self.fault = f"it did not answer for {limits.SILENCE_SECONDS:g} s"
        self.left.set()


@dataclass(frozen=True)
class _Closing:
    code: int
    reason: str


class Member:
    """A worker in conversation. What it is sent waits in a queue: a slow reader holds nobody else up."""

    def __init__(self, visit: Visit, connection: ServerConnection, clock: Callable[[], float]) -> None:
        self.connection = connection
        self.session = WorkerSession(clock)
        self.held: set[int] = set()
        self.pace = Pace(clock)
        # Units that have a score and that it plays once more, to compare.
        self.checking: set[int] = set()
        self.stalled = False
        # Whether what it holds is a suspect, beside which nothing else is played.
        self.is_alone = False
        self._visit = visit
        self._clock = clock
        self._heard = clock()
        self._came: float | None = None
        # The credit bounds it: no frame is queued that the worker did not ask for.
        self._outbox: asyncio.Queue[str | bytes | _Closing] = asyncio.Queue()

    @property
    def name(self) -> str:
        return self._visit.name

    @property
    def greeted(self) -> bool:
        return self.session.stage is not Stage.GREETING

    @property
    def silent_seconds(self) -> float:
        """How long it has kept its work to itself."""
        return self._clock() - self._heard

    @property
    def is_free(self) -> bool:
        """Whether it could play a unit, and that alone."""
        return self.session.credit > 0 and not self.stalled and not self.is_busy

    @property
    def is_busy(self) -> bool:
        """Whether it plays anything."""
        return bool(self.held or self.checking)

    @property
    def is_able(self) -> bool:
        """Whether it is to be reckoned with: it belongs to the run and is not silent."""
        return self.session.stage is Stage.WORKING and not self.stalled

    @property
    def could_check(self) -> bool:
        """Whether it has room for a unit that has a score."""
        return self.is_able and self.session.credit > 0 and not self.is_alone

    @property
    def ending(self) -> str | None:
        """How it died; None for one that left as it should, or was sent away."""
        if self._visit.is_guest or self._visit.refused is not None:
            return None
        if self._visit.fault is not None:
            return self._visit.fault
        code = self.connection.close_code
        return None if code in _ORDERLY else f"its connection ended with code {code}"

    @property
    def is_guest(self) -> bool:
        return self._visit.is_guest

    @property
    def present_seconds(self) -> float:
        """How long it has belonged to the run."""
        return 0.0 if self._came is None else self._clock() - self._came

    def welcome(self) -> None:
        self._came = self._clock()
        self.say(self.session.welcome(self.name))

    def excuse(self) -> None:
        """It is not to blame for its death."""
        self._visit.excused = True

    def hear(self) -> None:
        self._heard = self._clock()
        self.stalled = False

    def wants(self, share: int) -> bool:
        """Whether it has room for one more frame of that size: two at most, one in work and one ahead."""
        room = len(self.held) < 2 * share and not self.is_alone
        return self.session.credit > 0 and not self.stalled and room

    def say(self, text: str) -> None:
        self._outbox.put_nowait(text)

    def hand(self, units: Sequence[int], frame: bytes) -> None:
        self._send(units, frame)
        self.held.update(units)

    def check(self, unit: int, frame: bytes) -> None:
        """Have it play a unit that has a score."""
        self._send([unit], frame)
        self.checking.add(unit)

    def _send(self, units: Sequence[int], frame: bytes) -> None:
        self.session.hand_out(len(units))
        self.pace.hand(units)
        if not self.is_busy:
            self._heard = self._clock()
        self._outbox.put_nowait(frame)

    def answered(self, units: Sequence[int], accepted: int) -> None:
        """These units came back, so many of them of use."""
        self.pace.answer(units)
        self.held.difference_update(units)
        self.checking.difference_update(units)
        self.is_alone = self.is_alone and bool(self.held)
        if accepted:
            self._visit.progressed = True

    def refuse(self, reason: str) -> None:
        self._visit.refused = reason
        self.say(self.session.refuse(reason))
        self.close(limits.CLOSE_REFUSED, reason)

    def violate(self, code: int, reason: str) -> None:
        """Show the worker out for a message that it should not have sent."""
        LOG.warning("%s is shown out (%d): %s", self.name, code, reason)
        self._visit.fault = reason
        self.session.violate(code, reason)
        self.close(code, reason)

    def close(self, code: int, reason: str) -> None:
        self._outbox.put_nowait(_Closing(code, reason))

    async def send_all(self) -> None:
        """Send what is queued until the connection closes."""
        try:
            while True:
                item = await self._outbox.get()
                if isinstance(item, _Closing):
                    await self.connection.close(item.code, _shortened(item.reason))
                    return
                await self.connection.send(item)
        except ConnectionClosed:
            return


def _shortened(reason: str) -> str:
    return reason.encode(errors="replace")[:_MAXIMUM_REASON_BYTES].decode(errors="ignore")
