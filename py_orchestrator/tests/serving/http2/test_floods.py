"""What costs a caller little and a server much: each has an end, and callers who mean well never see it."""

from collections.abc import Callable, Iterator

import pytest
from tests.serving.http2.machine import FIELDS, Machine, block, data, headers

from evolve.serving.http2 import frames, limits
from evolve.serving.http2.frames import Problem, frame

WHOLE = frames.END_STREAM | frames.END_HEADERS
FAR = 3_000


def _odd() -> Iterator[int]:
    return iter(range(3, 2**31, 2))


def _reset_at_once(number: int) -> bytes:
    return headers(number) + frame(frames.RESET, 0, number, Problem.CANCEL.to_bytes(4))


def _made_to_reset(number: int) -> bytes:
    return headers(number) + frames.window(number, 0)


FLOODS: dict[str, Callable[[int], bytes]] = {
    "calls taken back": _reset_at_once,
    "calls that the server has to end": _made_to_reset,
    "calls without sense": lambda number: headers(number, data=block(FIELDS[1:])),
    "calls with data taken back": lambda number: (
        headers(number) + data(b"x", number) + _reset_at_once(number)[-13:]
    ),
    "pings": lambda _: frame(frames.PING, 0, 0, bytes(8)),
    "answers to no ping": lambda _: frame(frames.PING, 1, 0, bytes(8)),
    "settings": lambda _: frames.settings({frames.INITIAL_WINDOW: 70_000}),
    "acknowledged settings": lambda _: frame(frames.SETTINGS, 1, 0, b""),
    "empty data": lambda _: data(b""),
    "windows": lambda _: frames.window(1, 1),
    "windows of the connection": lambda _: frames.window(0, 1),
    "priorities": lambda number: frame(frames.PRIORITY, 0, number, bytes(5)),
    "frames that nobody knows": lambda number: frame(0x77, 0, number, b""),
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_ends_the_connection_and_holds_nothing(name: str) -> None:
    machine = Machine()
    machine.give(headers(1))
    numbers = _odd()
    for _ in range(FAR):
        if (problem := machine.problem(FLOODS[name](next(numbers)))) is not None:
            break
    assert problem == Problem.ENHANCE_YOUR_CALM
    assert not machine.connection.streams


def test_calls_that_are_answered_may_be_as_many_as_callers_like() -> None:
    machine = Machine(answers=True)
    for number in range(1, 2 * FAR, 2):
        assert machine.problem(headers(number) + data(b"x", number, frames.END_STREAM)) is None
        assert machine.problem(frames.window(0, 1)) is None


def test_a_caller_who_asks_measures_and_takes_back_now_and_then_is_welcome() -> None:
    machine = Machine()
    machine.give(headers(1))
    for number in range(3, 3 + 2 * FAR, 2):
        sent = data(b"a message") + frame(frames.PING, 0, 0, bytes(8)) + frames.window(0, 9)
        if number % 20 == 3:
            sent += _reset_at_once(number)
        assert machine.problem(sent) is None
        if number % 1_000 == 1:
            machine.connection.patience.rest()


def test_time_makes_up_for_what_was_too_much() -> None:
    machine = Machine()
    numbers = _odd()
    for _ in range(5):
        for _ in range(900):
            assert machine.problem(_reset_at_once(next(numbers))) is None
        for _ in range(limits.MAXIMUM_RESETS // limits.FORGIVEN_A_SECOND):
            machine.connection.patience.rest()


def test_continuations_have_an_end_empty_or_not() -> None:
    for piece in (b"", bytes(limits.MAXIMUM_FRAME)):
        machine = Machine()
        machine.give(headers(1, 0))
        problems = [machine.problem(frame(frames.CONTINUATION, 0, 1, piece)) for _ in range(20)]
        assert Problem.ENHANCE_YOUR_CALM in problems


def test_a_header_bomb_ends_the_connection_before_it_is_unpacked() -> None:
    machine = Machine()
    long = b"\x40\x01a\x7f\x80\x1e" + b"x" * (127 + 30 * 128)
    machine.give(headers(1, data=block() + long))
    assert machine.problem(headers(3, data=block() + b"\xbe" * 10_000)) == Problem.ENHANCE_YOUR_CALM


def test_a_number_without_end_is_not_read_to_its_end() -> None:
    machine = Machine()
    assert machine.problem(headers(1, data=b"\x7f" + b"\xff" * 10_000)) == Problem.COMPRESSION_ERROR


def test_more_streams_than_allowed_are_refused_and_may_be_tried_again() -> None:
    machine = Machine()
    for number in range(1, 2 * limits.MAXIMUM_STREAMS, 2):
        assert machine.reset(headers(number)) is None
    assert machine.reset(headers(2_001)) == Problem.REFUSED_STREAM
    machine.give(_reset_at_once(2_003)[-13:], frame(frames.RESET, 0, 1, bytes(4)))
    assert machine.reset(headers(2_005)) is None


def test_a_window_opened_byte_by_byte_makes_up_for_nothing() -> None:
    machine = Machine()
    machine.give(frames.settings({frames.INITIAL_WINDOW: 0}), headers(1))
    machine.owners[1].stream.send(bytes(100_000))
    problems = [machine.problem(frames.window(1, 1)) for _ in range(FAR)]
    assert Problem.ENHANCE_YOUR_CALM in problems


def test_what_is_written_and_not_taken_has_a_bound() -> None:
    machine = Machine()
    machine.give(frames.settings({frames.INITIAL_WINDOW: 2**31 - 1}), frames.window(0, 2**30), headers(1))
    machine.owners[1].stream.send(bytes(10_000_000))
    assert len(machine.connection.take()) <= limits.MAXIMUM_PENDING + limits.MAXIMUM_FRAME_SENT
    assert sum(len(one[3]) for one in machine.written()) < 10_000_000


def test_data_for_a_stream_that_is_over_has_an_end_too() -> None:
    for flags in (0, frames.END_STREAM):
        machine = Machine(answers=True)
        machine.give(headers(1, WHOLE))
        problems = [machine.problem(data(b"x", 1, flags)) for _ in range(FAR)]
        assert Problem.ENHANCE_YOUR_CALM in problems
