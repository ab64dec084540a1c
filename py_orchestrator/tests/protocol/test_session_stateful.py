"""A session against a model: whatever a peer and a farm do, in any order, the rules of the page hold."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.protocol.test_messages import HELLO

from evolve.protocol import limits
from evolve.protocol.limits import MAXIMUM_CREDIT
from evolve.protocol.session import Hello, Pull, ResultsFrame, SceneError, Stage, Violation, WorkerSession

# Whole numbers: the model and the session compute without rounding.
AT_ONCE = 12
A_SECOND = 2


@contextmanager
def some_limits() -> Iterator[None]:
    """Limits that a conversation of thirty messages reaches."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "MESSAGES_AT_ONCE", AT_ONCE)
        patch.setattr(limits, "MESSAGES_A_SECOND", A_SECOND)
        yield


class Conversation(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        with some_limits():
            self.session = WorkerSession(lambda: self.now)
        self.stage = Stage.GREETING
        self.credit = 0
        self.allowed = AT_ONCE

    def hears(self, event: object) -> bool:
        """Whether the message before was listened to at all."""
        if self.stage is Stage.OVER:
            assert event is None
        elif self.allowed < 1:
            self.violated(event, 1008)
        else:
            self.allowed -= 1
            return True
        return False

    def violated(self, event: object, code: int) -> None:
        assert isinstance(event, Violation)
        assert event.code == code
        self.stage = Stage.OVER

    @rule()
    def hello(self) -> None:
        event = self.session.receive_text(json.dumps(HELLO))
        if not self.hears(event):
            return
        if self.stage is Stage.GREETING:
            assert isinstance(event, Hello)
            self.stage = Stage.DECIDING
        else:
            self.violated(event, 1002)

    @rule(units=some.integers(1, 4_096))
    def pull(self, units: int) -> None:
        event = self.session.receive_text(json.dumps({"type": "pull", "units": units}))
        if not self.hears(event):
            return
        if self.stage is Stage.GREETING:
            self.violated(event, 1002)
        elif self.credit + units > MAXIMUM_CREDIT:
            self.violated(event, 1008)
        else:
            assert event == Pull(units)
            self.credit += units

    @rule(data=some.binary(max_size=64))
    def results(self, data: bytes) -> None:
        event = self.session.receive_binary(data)
        if not self.hears(event):
            return
        if self.stage is Stage.WORKING:
            assert event == ResultsFrame(data)
        else:
            self.violated(event, 1002)

    @rule()
    def scene_error(self) -> None:
        event = self.session.receive_text('{"type":"error","reason":"wrong"}')
        if self.hears(event):
            assert event == SceneError("wrong")

    @rule(text=some.text(max_size=40))
    def garbage(self, text: str) -> None:
        event = self.session.receive_text(text)
        if self.hears(event):
            self.violated(event, 1008)

    @rule(seconds=some.integers(0, 3))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds
        self.allowed = min(AT_ONCE, self.allowed + seconds * A_SECOND)

    @precondition(lambda self: self.stage is Stage.DECIDING)
    @rule()
    def welcome(self) -> None:
        self.session.welcome("worker-1")
        self.stage = Stage.WORKING

    @precondition(lambda self: self.stage is Stage.DECIDING)
    @rule()
    def refuse(self) -> None:
        self.session.refuse("no")
        self.stage = Stage.OVER

    @precondition(lambda self: self.stage is Stage.WORKING and self.credit > 0)
    @rule(data=some.data())
    def hand_out(self, data: some.DataObject) -> None:
        units = data.draw(some.integers(1, self.credit))
        self.session.hand_out(units)
        self.credit -= units
        self.allowed = min(AT_ONCE, self.allowed + 2 * units)

    @rule()
    def stop(self) -> None:
        self.session.stop("over")
        self.stage = Stage.OVER

    @invariant()
    def the_session_agrees_with_the_model(self) -> None:
        assert self.session.stage is self.stage
        assert self.session.credit == (self.credit if self.stage is Stage.WORKING else 0)
        assert 0 <= self.session.credit <= MAXIMUM_CREDIT


Conversation.TestCase.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
TestAnyConversation = Conversation.TestCase
