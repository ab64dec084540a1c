"""The orchestrator's side of one worker's connection, without the connection.

Feed it what arrived and it returns events; tell it what happens and it returns the text to send. It keeps
the order of messages, the credit and how many messages come; what the frames hold, who the worker is and when
something is late are other people's business.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from evolve.protocol import limits
from evolve.protocol.bucket import Bucket
from evolve.protocol.messages import (
    ErrorMessage,
    HelloMessage,
    MessageError,
    RefuseMessage,
    StopMessage,
    WelcomeMessage,
    WorkerMessage,
    decode_worker,
    encode,
)


@dataclass(frozen=True, slots=True)
class Hello:
    """A worker said what it is; answer with `welcome` or `refuse`."""

    message: HelloMessage


@dataclass(frozen=True, slots=True)
class Pull:
    """A worker has credit for more units; the session has counted it."""

    units: int


@dataclass(frozen=True, slots=True)
class ResultsFrame:
    """The bytes of a results frame, not yet looked at."""

    data: bytes


@dataclass(frozen=True, slots=True)
class SceneError:
    """The scene is wrong; the run ends with this sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class Violation:
    """The peer broke a rule: close with this code and reason. Nothing that follows is listened to."""

    code: int
    reason: str


Event: TypeAlias = Hello | Pull | ResultsFrame | SceneError | Violation


class Stage(Enum):
    """How far the conversation has come."""

    GREETING = auto()
    DECIDING = auto()
    WORKING = auto()
    OVER = auto()


class WorkerSession:
    """One worker's conversation: at most one event for each message that arrived."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._stage = Stage.GREETING
        self._credit = 0
        self._messages = Bucket(limits.MESSAGES_AT_ONCE, limits.MESSAGES_A_SECOND, clock)

    @property
    def stage(self) -> Stage:
        return self._stage

    @property
    def credit(self) -> int:
        """Units that the worker may be handed now: none before its welcome, none once it is over."""
        return self._credit if self._stage is Stage.WORKING else 0

    def receive_text(self, text: str) -> Event | None:
        """Take a text message; None when nobody listens any more."""
        if self._stage is Stage.OVER:
            return None
        if not self._messages.take():
            return self._too_many()
        if (
            len(text) > limits.MAXIMUM_TEXT_BYTES
            or len(text.encode(errors="replace")) > limits.MAXIMUM_TEXT_BYTES
        ):
            return self.violate(
                limits.CLOSE_TOO_LARGE, f"a text message is larger than {limits.MAXIMUM_TEXT_BYTES} bytes"
            )
        try:
            message = decode_worker(text)
        except MessageError as error:
            return self.violate(limits.CLOSE_RULE_BROKEN, f"no message of {limits.SUBPROTOCOL}: {error}")
        return self._accept(message)

    def receive_binary(self, data: bytes) -> Event | None:
        """Take a binary message; None when nobody listens any more."""
        if self._stage is Stage.OVER:
            return None
        if not self._messages.take():
            return self._too_many()
        if len(data) > limits.MAXIMUM_RESULTS_BYTES:
            return self.violate(
                limits.CLOSE_TOO_LARGE, f"a frame is larger than {limits.MAXIMUM_RESULTS_BYTES} bytes"
            )
        if self._stage is not Stage.WORKING:
            return self.violate(limits.CLOSE_OUT_OF_PLACE, "a results frame came before welcome")
        return ResultsFrame(data)

    def welcome(self, worker: str) -> str:
        """Take the worker in; returns the text to send."""
        self._expect(Stage.DECIDING)
        self._stage = Stage.WORKING
        return encode(WelcomeMessage(worker=worker))

    def refuse(self, reason: str) -> str:
        """Turn the worker away; send the text, then close with 4003."""
        self._expect(Stage.DECIDING)
        self._stage = Stage.OVER
        return encode(RefuseMessage(reason=reason))

    def hand_out(self, units: int) -> None:
        """Count units that go to the worker in a genomes frame, and the messages that they are worth."""
        self._expect(Stage.WORKING)
        if not 0 < units <= self._credit:
            raise ValueError(f"{units} units do not fit a credit of {self._credit}")
        self._credit -= units
        self._messages.give(units * limits.MESSAGES_A_UNIT)

    def stop(self, reason: str) -> str:
        """End the conversation; send the text, then close with 1000."""
        self._stage = Stage.OVER
        return encode(StopMessage(reason=reason))

    def violate(self, code: int, reason: str) -> Violation:
        """End the conversation because the peer broke a rule; also for frames that do not decode."""
        self._stage = Stage.OVER
        return Violation(code, reason)

    def _accept(self, message: WorkerMessage) -> Event:
        match message:
            case HelloMessage():
                if self._stage is not Stage.GREETING:
                    return self.violate(limits.CLOSE_OUT_OF_PLACE, "hello came twice")
                self._stage = Stage.DECIDING
                return Hello(message)
            case ErrorMessage(reason=reason):
                # Also in place of hello: a scene can be too wrong to say what it is.
                return SceneError(reason)
        return self._pull(message.units)

    def _pull(self, units: int) -> Event:
        if self._stage is Stage.GREETING:
            return self.violate(limits.CLOSE_OUT_OF_PLACE, "pull came before hello")
        credit = self._credit + units
        if credit > limits.MAXIMUM_CREDIT:
            reason = (
                f"pull: {credit} units asked for and not handed out, at most {limits.MAXIMUM_CREDIT} may be"
            )
            return self.violate(limits.CLOSE_RULE_BROKEN, reason)
        self._credit = credit
        return Pull(units)

    def _too_many(self) -> Violation:
        return self.violate(
            limits.CLOSE_RULE_BROKEN,
            f"more messages than work is worth, and than {limits.MESSAGES_A_SECOND:g} a second beside it",
        )

    def _expect(self, stage: Stage) -> None:
        if self._stage is not stage:
            raise RuntimeError(f"the session is {self._stage.name.lower()}, not {stage.name.lower()}")
