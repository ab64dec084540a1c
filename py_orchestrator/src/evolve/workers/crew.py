"""The workers that are connected now, and the units each of them holds.

Hands units out fairly, takes results in, and gives units back when a worker is gone. It decides nothing that
reaches a score: who plays a unit, and when, changes the speed and nothing else. It starts no process.
"""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from evolve.errors import EvolveUserError
from evolve.protocol import limits
from evolve.protocol.messages import HelloMessage
from evolve.protocol.session import Hello, Pull, ResultsFrame, SceneError, Violation
from evolve.workers.audience import Audience
from evolve.workers.blame import Blame
from evolve.workers.checks import Checks
from evolve.workers.comparison import PlaysDiffer
from evolve.workers.dispatcher import Dispatcher
from evolve.workers.fit import misfit
from evolve.workers.member import Member, Visit
from evolve.workers.occupation import Occupation
from evolve.workers.server import LOG
from evolve.workers.work import Work

if TYPE_CHECKING:
    from evolve._native import Results


class Crew:
    """Everyone who works on the run; `outcome` is set when the run is over or cannot go on."""

    def __init__(
        self,
        begin: Callable[[HelloMessage], Work],
        decode: Callable[[bytes], "Results"],
        outcome: "asyncio.Future[None]",
        clock: Callable[[], float] = time.monotonic,
        checks: Checks | None = None,
        expected: Callable[[], int] = lambda: 0,
    ) -> None:
        """`expected` says how many workers are there or will be, beside guests."""
        self._begin = begin
        self._decode = decode
        self._outcome = outcome
        self._clock = clock
        self._members: list[Member] = []
        self._work: Work | None = None
        self._first: HelloMessage | None = None
        self._blame = Blame()
        self._audience = Audience()
        self._checks = checks or Checks()
        self._dispatcher = Dispatcher(self._members, self._blame, self._checks, expected)
        # Whether anybody has finished anything: until then a death is no news about a unit.
        self._progressed = False
        self._is_dismissed = False
        self.occupation = Occupation()

    async def converse(self, connection: ServerConnection, visit: Visit) -> None:
        """Talk with one worker until its connection closes; then its units wait for another."""
        member = Member(visit, connection, self._clock)
        if not visit.join():
            await connection.close(limits.CLOSE_RULE_BROKEN, visit.taken)
            return
        self._members.append(member)
        sender = asyncio.create_task(member.send_all())
        try:
            await self._listen(member)
        finally:
            if member in self._audience:
                self._audience.leave(member)
            else:
                self._members.remove(member)
                self._count_time_of(member)
                self._lose(member)
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
            await connection.close()
            visit.leave(connection.close_code, connection.close_reason)

    def dismiss(self, reason: str) -> None:
        """Tell everyone that the run is over."""
        self._work = None
        for member in self._members:
            self._count_time_of(member)
            member.say(member.session.stop(reason))
            member.close(limits.CLOSE_DONE, "")
        self._is_dismissed = True
        self._audience.dismiss(reason, limits.CLOSE_DONE)

    def dispatch(self) -> None:
        """Hand waiting units to whoever has room for them."""
        self._with_work(self._dispatcher.dispatch)

    def share_late(self) -> None:
        """Hand what keeps a generation from its end to whoever is idle as well."""
        self._with_work(self._dispatcher.share_late)

    def _with_work(self, act: Callable[[Work], None]) -> None:
        if self._work is None or self._outcome.done():
            return
        try:
            act(self._work)
        except EvolveUserError as error:
            self._fail(error)

    def share_stalled(self, patience: float) -> None:
        """Offer a silent worker's units to others as well. Its answer still counts if it is first."""
        idle = any(one.session.credit and not one.is_busy for one in self._members)
        for member in self._members:
            if idle and self._work and member.is_busy and member.silent_seconds > patience:
                LOG.warning("%s is silent for %g s: its units go to others as well", member.name, patience)
                member.stalled = True
                self._give_back(member)

    async def _listen(self, member: Member) -> None:
        try:
            async with asyncio.timeout(limits.HELLO_SECONDS) as limit:
                async for message in member.connection:
                    self._take(member, message)
                    if member.greeted:
                        limit.reschedule(None)
        except TimeoutError:
            member.close(limits.CLOSE_RULE_BROKEN, f"no hello came within {limits.HELLO_SECONDS:g} s")
        except ConnectionClosed:
            pass  # the reason is in the connection's close code, which the visit keeps

    def _take(self, member: Member, message: str | bytes) -> None:
        member.hear()
        session = member.session
        event = session.receive_text(message) if isinstance(message, str) else session.receive_binary(message)
        try:
            match event:
                case Hello(message=hello):
                    self._greet(member, hello)
                case Pull():
                    self.dispatch()
                    self._entertain()
                case ResultsFrame(data=data):
                    self._take_results(member, data)
                case SceneError(reason=reason):
                    self._fail(EvolveUserError(reason))
                case Violation(code=code, reason=reason):
                    member.violate(code, reason)
        except Exception as error:  # whatever it is, it ends the run and is shown there
            self._fail(error)

    def _greet(self, member: Member, hello: HelloMessage) -> None:
        if self._first is None:
            self._first = hello
            self._work = self._begin(hello)
        if (reason := misfit(self._first, hello)) is not None:
            member.refuse(reason)
            return
        member.welcome()
        if hello.role == "spectator":
            self._members.remove(member)
            self._audience.seat(member)
            self._entertain()
        if self._work is not None:
            self._finish_when_over(self._work)

    def _take_results(self, member: Member, data: bytes) -> None:
        if self._work is None:
            return
        try:
            results = self._decode(data)
        except ValueError as error:
            member.violate(limits.CLOSE_UNDECODABLE, f"a results frame does not decode: {error}")
            return
        if member in self._audience:
            self._audience.hear(member, results, self._work)
            self._entertain()
            self._finish_when_over(self._work)
            return
        strangers = [unit for unit in results.units if not member.pace.has(unit)]
        if strangers and self._work.ask_again(strangers) is not None:
            member.violate(limits.CLOSE_RULE_BROKEN, "results of a unit that this worker was not handed")
            return
        try:
            episodes = self._checks.read(results)
            told = self._work.tell(results)
        except ValueError as error:
            member.violate(limits.CLOSE_RULE_BROKEN, f"results that do not fit: {error}")
            return
        checked = member.checking.intersection(results.units)
        member.answered(results.units, told["accepted"] + len(checked))
        self._blame.clear(results.units)
        self._progressed = self._progressed or told["accepted"] > 0
        if told["dropped"] > len(checked):
            dropped = told["dropped"] - len(checked)
            LOG.info("%s answered %d units that were answered already", member.name, dropped)
        if (difference := self._checks.take(member.name, episodes)) is not None:
            self._fail(PlaysDiffer(difference))
        self._go_on(self._work)

    def _go_on(self, work: Work) -> None:
        self.dispatch()
        work.settle()
        self._entertain()
        self._finish_when_over(work)

    def _count_time_of(self, member: Member) -> None:
        if not member.is_guest and not self._is_dismissed:
            self.occupation.add(member.pace.busy_seconds, member.present_seconds)

    def _entertain(self) -> None:
        self._with_work(self._audience.entertain)

    def _lose(self, member: Member) -> None:
        try:
            if self._work is not None and member.is_busy and (ending := member.ending) is not None:
                self._judge(self._work, member, ending)
            else:
                self._give_back(member)
        except Exception as error:  # as in _take: nobody above this could end the run
            self._fail(error)

    def _give_back(self, member: Member) -> None:
        if member.held and self._work is not None:
            self._work.release(sorted(member.held))
        member.held.clear()
        self._checks.give_back(member.checking)
        member.checking.clear()
        self.dispatch()

    def _judge(self, work: Work, member: Member, ending: str) -> None:
        """Decide whether somebody who died in the middle of work died of it."""
        if member.is_alone and self._progressed:
            member.excuse()
        judgement = self._blame.died(member.held, alone=member.is_alone)
        member.held.clear()
        self._checks.died(member.checking)
        member.checking.clear()
        work.release(judgement.released)
        for unit in judgement.condemned:
            LOG.warning("unit %d is given up: %s, the last of those who played it alone", unit, ending)
            self._checks.forget([unit])
            work.condemn(unit, f"{member.name}: {ending}")
        self._go_on(work)

    def _finish_when_over(self, work: Work) -> None:
        if work.over and not self._checks.outstanding and not self._outcome.done():
            self._outcome.set_result(None)

    def _fail(self, error: BaseException) -> None:
        if not self._outcome.done():
            self._outcome.set_exception(error)
