"""A worker's session, event by event."""

import json
from collections.abc import Callable

import pytest
from tests.protocol.test_messages import HELLO

from evolve.protocol import limits
from evolve.protocol.session import Hello, Pull, ResultsFrame, SceneError, Stage, Violation, WorkerSession


def still() -> float:
    """A clock that stands still: nothing but work is worth messages."""
    return 0.0


def pull(units: int) -> str:
    return json.dumps({"type": "pull", "units": units})


def greeted() -> WorkerSession:
    session = WorkerSession(still)
    assert isinstance(session.receive_text(json.dumps(HELLO)), Hello)
    return session


def working() -> WorkerSession:
    session = greeted()
    assert json.loads(session.welcome("worker-1")) == {"type": "welcome", "worker": "worker-1"}
    return session


def test_a_hello_comes_first_and_makes_an_event() -> None:
    event = WorkerSession(still).receive_text(json.dumps(HELLO))
    assert isinstance(event, Hello)
    assert event.message.capacity == 64


def test_pulls_add_up_to_a_credit_that_work_uses_up() -> None:
    session = working()
    assert session.receive_text(pull(64)) == Pull(64)
    assert session.receive_text(pull(64)) == Pull(64)
    session.hand_out(100)
    assert session.credit == 28


def test_nothing_can_be_handed_to_a_worker_that_is_shown_out() -> None:
    session = working()
    session.receive_text(pull(64))
    session.violate(1007, "garbage")
    assert session.credit == 0


def test_a_pull_may_come_before_the_welcome() -> None:
    session = greeted()
    assert session.receive_text(pull(3)) == Pull(3)
    session.welcome("worker-1")
    assert session.credit == 3


def test_credit_up_to_the_limit_is_given_and_one_more_is_a_violation() -> None:
    session = working()
    session.receive_text(pull(4_096))
    assert session.receive_text(pull(4_096)) == Pull(4_096)
    event = session.receive_text(pull(1))
    assert event == Violation(1008, "pull: 8193 units asked for and not handed out, at most 8192 may be")


@pytest.mark.parametrize("units", [0, -1, 5])
def test_more_than_the_credit_cannot_be_handed_out(units: int) -> None:
    session = working()
    session.receive_text(pull(4))
    with pytest.raises(ValueError, match="credit of 4"):
        session.hand_out(units)


def test_results_pass_through_untouched() -> None:
    assert working().receive_binary(b"frame") == ResultsFrame(b"frame")


@pytest.mark.parametrize("session", [WorkerSession(still), greeted()])
def test_results_before_the_welcome_are_out_of_place(session: WorkerSession) -> None:
    assert session.receive_binary(b"frame") == Violation(1002, "a results frame came before welcome")


def test_a_pull_before_hello_is_out_of_place() -> None:
    assert WorkerSession(still).receive_text(pull(1)) == Violation(1002, "pull came before hello")


def test_a_second_hello_is_out_of_place() -> None:
    assert working().receive_text(json.dumps(HELLO)) == Violation(1002, "hello came twice")


def test_text_that_is_no_message_breaks_a_rule_and_the_key_is_named() -> None:
    event = working().receive_text('{"type":"pull","units":1,"more":2}')
    assert event == Violation(1008, "no message of evolve.v1: Object contains unknown field `more`")


@pytest.mark.parametrize("session", [WorkerSession(still), working()])
def test_a_scene_can_be_wrong_at_any_time(session: WorkerSession) -> None:
    event = session.receive_text('{"type":"error","reason":"the agent has no brain"}')
    assert event == SceneError("the agent has no brain")


@pytest.mark.parametrize("text", ["x" * (256 * 1024 + 1), "ä" * (128 * 1024 + 1)])
def test_a_text_over_the_limit_is_too_large(text: str) -> None:
    event = working().receive_text(text)
    assert event == Violation(1009, "a text message is larger than 262144 bytes")


def test_a_frame_over_the_limit_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAXIMUM_RESULTS_BYTES", 8)
    assert working().receive_binary(b"8 bytes.") == ResultsFrame(b"8 bytes.")
    assert working().receive_binary(b"9 bytes..") == Violation(1009, "a frame is larger than 8 bytes")


def test_nothing_is_heard_after_a_violation() -> None:
    session = working()
    session.receive_text("nonsense")
    assert session.stage is Stage.OVER
    assert session.receive_text(pull(1)) is None
    assert session.receive_binary(b"frame") is None


def test_nothing_is_heard_after_a_refusal() -> None:
    session = greeted()
    assert json.loads(session.refuse("another engine")) == {"type": "refuse", "reason": "another engine"}
    assert session.receive_text(pull(1)) is None


def test_a_late_result_after_stop_is_no_violation() -> None:
    session = working()
    assert json.loads(session.stop("the run is over")) == {"type": "stop", "reason": "the run is over"}
    assert session.receive_binary(b"late") is None


def test_work_is_handed_out_to_a_welcome_worker_only() -> None:
    with pytest.raises(RuntimeError, match="the session is deciding, not working"):
        greeted().hand_out(1)


def test_a_worker_is_welcomed_once() -> None:
    with pytest.raises(RuntimeError, match="the session is working, not deciding"):
        working().welcome("worker-1")


def chatty(clock: Callable[[], float] = still) -> WorkerSession:
    """A worker that has said as much as may come at once."""
    session = WorkerSession(clock)
    session.receive_text(json.dumps(HELLO))
    session.welcome("worker-1")
    session.receive_text(pull(4_096))
    for _ in range(limits.MESSAGES_AT_ONCE - 2):
        assert session.receive_binary(b"frame") == ResultsFrame(b"frame")
    return session


def test_one_message_more_than_may_come_at_once_breaks_a_rule() -> None:
    assert chatty().receive_binary(b"frame") == Violation(
        1008, "more messages than work is worth, and than 1000 a second beside it"
    )
    assert chatty().receive_text(pull(1)) == Violation(
        1008, "more messages than work is worth, and than 1000 a second beside it"
    )


def test_each_unit_of_work_is_worth_a_result_and_a_pull_at_any_speed() -> None:
    session = chatty()
    for _ in range(20_000):
        session.hand_out(1)
        assert session.receive_binary(b"frame") == ResultsFrame(b"frame")
        assert session.receive_text(pull(1)) == Pull(1)
    assert isinstance(session.receive_text(pull(1)), Violation)


def test_messages_that_work_is_not_worth_are_forgiven_with_time() -> None:
    now = 0.0
    session = chatty(lambda: now)
    now = 3.0
    for _ in range(3_000):
        assert session.receive_binary(b"frame") == ResultsFrame(b"frame")
    assert isinstance(session.receive_binary(b"frame"), Violation)
