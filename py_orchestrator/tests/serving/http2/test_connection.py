"""HTTP/2 as RFC 9113 has it: each of its musts that a caller can break, and what is answered."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from tests.serving.http2.machine import FIELDS, GREETING, Machine, block, data, headers

from evolve.serving.http2 import frames, limits
from evolve.serving.http2.frames import Problem, frame

END_STREAM, END_HEADERS = frames.END_STREAM, frames.END_HEADERS
WHOLE = END_STREAM | END_HEADERS


def setting(name: int, value: int) -> bytes:
    return frames.settings({name: value})


CONNECTION_FAULTS = {
    "data on no stream": (data(b"x", 0), Problem.PROTOCOL_ERROR),
    "data on a stream that was never opened": (data(b"x", 5), Problem.PROTOCOL_ERROR),
    "fields on an even stream": (headers(2), Problem.PROTOCOL_ERROR),
    "fields on no stream": (headers(0), Problem.PROTOCOL_ERROR),
    "fields on a stream that is over": (
        headers(5, WHOLE) + headers(3, WHOLE),
        Problem.STREAM_CLOSED,
    ),
    "fields that nobody can unpack": (
        headers(1, data=b"\xff\xff\xff\xff\xff\xff"),
        Problem.COMPRESSION_ERROR,
    ),
    "a table larger than allowed": (headers(1, data=b"\x3f\xe2\x1f" + block()), Problem.COMPRESSION_ERROR),
    "a frame that is too large": (data(bytes(limits.MAXIMUM_FRAME + 1)), Problem.FRAME_SIZE_ERROR),
    "padding longer than the data": (
        headers() + data(b"\x09abc", flags=frames.PADDED),
        Problem.PROTOCOL_ERROR,
    ),
    "padding longer than the fields": (
        headers(1, END_HEADERS | frames.PADDED, b"\x7f"),
        Problem.PROTOCOL_ERROR,
    ),
    "something between fields": (headers(1, 0) + data(b"x"), Problem.PROTOCOL_ERROR),
    "fields of another stream between fields": (
        headers(1, 0) + frame(frames.CONTINUATION, END_HEADERS, 3, b""),
        Problem.PROTOCOL_ERROR,
    ),
    "a continuation of nothing": (frame(frames.CONTINUATION, END_HEADERS, 1, b""), Problem.PROTOCOL_ERROR),
    "a push": (frame(frames.PUSH, END_HEADERS, 1, bytes(4)), Problem.PROTOCOL_ERROR),
    "settings of a stream": (frame(frames.SETTINGS, 0, 1, b""), Problem.PROTOCOL_ERROR),
    "half a setting": (frame(frames.SETTINGS, 0, 0, bytes(5)), Problem.FRAME_SIZE_ERROR),
    "acknowledged settings with settings": (frame(frames.SETTINGS, 1, 0, bytes(6)), Problem.FRAME_SIZE_ERROR),
    "a push that is neither on nor off": (setting(frames.ENABLE_PUSH, 2), Problem.PROTOCOL_ERROR),
    "an initial window that is too wide": (setting(frames.INITIAL_WINDOW, 2**31), Problem.FLOW_CONTROL_ERROR),
    "frames that are too small": (setting(frames.FRAME_SIZE, 16_383), Problem.PROTOCOL_ERROR),
    "frames that are too large": (setting(frames.FRAME_SIZE, 2**24), Problem.PROTOCOL_ERROR),
    "a ping of a stream": (frame(frames.PING, 0, 1, bytes(8)), Problem.PROTOCOL_ERROR),
    "a short ping": (frame(frames.PING, 0, 0, bytes(7)), Problem.FRAME_SIZE_ERROR),
    "a reset of no stream": (frame(frames.RESET, 0, 0, bytes(4)), Problem.PROTOCOL_ERROR),
    "a reset of a stream that was never opened": (
        frame(frames.RESET, 0, 1, bytes(4)),
        Problem.PROTOCOL_ERROR,
    ),
    "a short reset": (headers() + frame(frames.RESET, 0, 1, bytes(3)), Problem.FRAME_SIZE_ERROR),
    "a goodbye of a stream": (frame(frames.GOAWAY, 0, 1, bytes(8)), Problem.PROTOCOL_ERROR),
    "a priority of no stream": (frame(frames.PRIORITY, 0, 0, bytes(5)), Problem.PROTOCOL_ERROR),
    "a short priority": (frame(frames.PRIORITY, 0, 1, bytes(4)), Problem.FRAME_SIZE_ERROR),
    "a window that grows by nothing": (frames.window(0, 0), Problem.PROTOCOL_ERROR),
    "a window that overflows": (frames.window(0, 2**31 - 1), Problem.FLOW_CONTROL_ERROR),
    "a window of a stream that was never opened": (frames.window(1, 1), Problem.PROTOCOL_ERROR),
    "a short window": (frame(frames.WINDOW, 0, 0, bytes(3)), Problem.FRAME_SIZE_ERROR),
    "an initial window that makes a stream's overflow": (
        headers() + frames.window(1, 2**31 - 1 - 65_535) + setting(frames.INITIAL_WINDOW, 65_536),
        Problem.FLOW_CONTROL_ERROR,
    ),
}


@pytest.mark.parametrize("name", CONNECTION_FAULTS)
def test_what_nobody_may_do_ends_the_connection(name: str) -> None:
    sent, problem = CONNECTION_FAULTS[name]
    machine = Machine()
    assert machine.problem(sent) == problem
    assert machine.connection.is_over
    assert not machine.connection.streams
    assert machine.give(headers(9)) == []


def without(name: str) -> list[tuple[str, str]]:
    return [field for field in FIELDS if field[0] != name]


STREAM_FAULTS = {
    "a window of the stream that grows by nothing": (headers() + frames.window(1, 0), Problem.PROTOCOL_ERROR),
    "a window of the stream that overflows": (
        headers() + frames.window(1, 2**31 - 1),
        Problem.FLOW_CONTROL_ERROR,
    ),
    "data after the end": (headers(1, WHOLE) + data(b"x"), Problem.STREAM_CLOSED),
    "fields after the end": (headers(1, WHOLE) + headers(1, WHOLE), Problem.STREAM_CLOSED),
    "fields in the middle that are not the end": (
        headers() + headers(data=block([("a", "b")])),
        Problem.PROTOCOL_ERROR,
    ),
    "a pseudo-header behind the data": (
        headers() + headers(1, WHOLE, block([(":path", "/")])),
        Problem.PROTOCOL_ERROR,
    ),
    **{
        f"no {name}": (headers(data=block(without(name))), Problem.PROTOCOL_ERROR)
        for name in (":method", ":scheme", ":path")
    },
    **{
        what: (headers(data=block(fields)), Problem.PROTOCOL_ERROR)
        for what, fields in {
            "an empty path": [*without(":path"), (":path", "")],
            "a pseudo-header twice": [*FIELDS[:1], *FIELDS],
            "a pseudo-header of answers": [(":status", "200"), *FIELDS],
            "a pseudo-header that is late": [*FIELDS[:3], ("a", "b"), (":authority", "x")],
            "a name in upper case": [*FIELDS, ("Name", "x")],
            "a name with a space": [*FIELDS, ("na me", "x")],
            "a name of nothing": [*FIELDS, ("", "x")],
            "a value with a line's end": [*FIELDS, ("name", "x\r\ny: z")],
            "a value with a zero": [*FIELDS, ("name", "x\0")],
            "a value with a space around it": [*FIELDS, ("name", " x")],
            "a connection": [*FIELDS, ("connection", "close")],
            "a transfer-encoding": [*FIELDS, ("transfer-encoding", "chunked")],
            "other trailers": [*FIELDS, ("te", "gzip")],
            "a length that is none": [*FIELDS, ("content-length", "-1")],
        }.items()
    },
    "less data than was said": (
        headers(data=block([*FIELDS, ("content-length", "4")])) + data(b"abc", flags=END_STREAM),
        Problem.PROTOCOL_ERROR,
    ),
    "more data than was said": (
        headers(data=block([*FIELDS, ("content-length", "2")])) + data(b"abc"),
        Problem.PROTOCOL_ERROR,
    ),
    "no data where some was said to come": (
        headers(1, WHOLE, block([*FIELDS, ("content-length", "2")])),
        Problem.PROTOCOL_ERROR,
    ),
}


@pytest.mark.parametrize("name", STREAM_FAULTS)
def test_what_a_stream_may_not_do_ends_the_stream_and_nothing_else(name: str) -> None:
    sent, problem = STREAM_FAULTS[name]
    machine = Machine()
    assert machine.reset(sent) == problem
    assert machine.reset(headers(7)) is None
    assert ("open", 7, "/service/Method", False) in machine.events


@pytest.mark.parametrize(
    "first",
    [b"GET / HTTP/1.1\r\n", frames.PREFACE + headers(), frames.PREFACE + frame(frames.SETTINGS, 1, 0, b"")],
)
def test_a_connection_begins_with_its_preface_and_settings(first: bytes) -> None:
    assert Machine(greeted=False).problem(first) == Problem.PROTOCOL_ERROR


def test_settings_and_pings_are_acknowledged_in_their_order() -> None:
    written = Machine().give(
        frame(frames.PING, 0, 0, b"12345678"),
        setting(frames.FRAME_SIZE, 20_000),
        frame(frames.PING, 1, 0, bytes(8)),
    )
    assert written == [(frames.PING, 1, 0, b"12345678"), (frames.SETTINGS, 1, 0, b"")]


def test_what_nobody_knows_is_ignored() -> None:
    machine = Machine()
    unknown = (
        frame(0x42, 0xFF, 3, b"anything")
        + frames.settings({0x99: 7})
        + frame(frames.PRIORITY, 0, 1, bytes(5))
    )
    assert machine.problem(unknown, headers(1, WHOLE)) is None
    assert machine.events[0] == ("open", 1, "/service/Method", True)


def test_fields_may_be_padded_and_have_a_priority_and_come_in_pieces() -> None:
    whole = block()
    padded = bytes([3]) + bytes(5) + whole[:10] + bytes(3)
    first = frame(frames.HEADERS, frames.PADDED | frames.HAS_PRIORITY | END_STREAM, 1, padded)
    rest = frame(frames.CONTINUATION, 0, 1, whole[10:20]) + frame(
        frames.CONTINUATION, END_HEADERS, 1, whole[20:]
    )
    machine = Machine()
    assert machine.problem(first, rest) is None
    assert machine.events[0] == ("open", 1, "/service/Method", True)


def test_data_of_a_stream_that_was_ended_is_ignored_and_makes_room_again() -> None:
    machine = Machine()
    machine.give(headers())
    machine.connection.reset(machine.owners[1].stream, Problem.CANCEL)
    machine.written()
    sent = limits.CONNECTION_WINDOW // limits.MAXIMUM_FRAME // 2
    room = [one for _ in range(sent) for one in machine.give(data(bytes(limits.MAXIMUM_FRAME)))]
    assert [(one[0], one[2]) for one in room] == [(frames.WINDOW, 0)]
    assert machine.reset(headers(1, WHOLE)) is None


def test_more_data_than_a_window_has_room_for_ends_it() -> None:
    piece = data(bytes(limits.MAXIMUM_FRAME))
    machine = Machine()
    machine.give(headers())
    machine.owners[1].stream.pause()
    for _ in range(limits.STREAM_WINDOW // limits.MAXIMUM_FRAME):
        assert machine.give(piece) == []
    assert machine.reset(piece) == Problem.FLOW_CONTROL_ERROR


def test_more_data_than_the_connection_has_room_for_ends_it() -> None:
    machine = Machine()
    for number in range(1, 1 + 2 * limits.CONNECTION_WINDOW // limits.STREAM_WINDOW, 2):
        machine.give(headers(number))
        machine.owners[number].stream.pause()
        for _ in range(limits.STREAM_WINDOW // limits.MAXIMUM_FRAME):
            assert machine.give(data(bytes(limits.MAXIMUM_FRAME), number)) == []
    machine.give(headers(99))
    assert machine.problem(data(b"x", 99)) == Problem.FLOW_CONTROL_ERROR


def test_room_is_told_in_bulk_and_not_while_a_stream_is_paused() -> None:
    machine = Machine()
    machine.give(headers())
    stream = machine.owners[1].stream
    frames_of_a_half = limits.STREAM_WINDOW // limits.MAXIMUM_FRAME // 2
    piece = data(bytes(limits.MAXIMUM_FRAME))
    told = [one for _ in range(frames_of_a_half) for one in machine.give(piece)]
    assert told == [(frames.WINDOW, 0, 1, (limits.STREAM_WINDOW // 2).to_bytes(4))]
    stream.pause()
    assert [one for _ in range(frames_of_a_half) for one in machine.give(piece)] == []
    stream.read_on()
    assert machine.written() == [(frames.WINDOW, 0, 1, (limits.STREAM_WINDOW // 2).to_bytes(4))]


def test_large_answers_wait_for_the_callers_windows_and_share_the_line() -> None:
    machine = Machine()
    machine.give(setting(frames.INITIAL_WINDOW, 90_000), headers(1), headers(3))
    for number in (1, 3):
        machine.owners[number].stream.send(bytes([number]) * 100_000)
        machine.owners[number].stream.end(b"")
    written = machine.written()
    assert sum(len(one[3]) for one in written) == 65_535
    written = machine.give(frames.window(0, 200_000))
    assert [one[2] for one in written[:4]] == [1, 3, 1, 3]
    assert all(set(one[3]) == {one[2]} for one in written)
    written += machine.give(frames.window(1, 10_000), frames.window(3, 10_000))
    assert sum(len(one[3]) for one in written if one[0] == frames.DATA) == 200_000 - 65_535
    assert [one[2] for one in written if one[0] == frames.HEADERS] == [1, 3]
    assert not machine.connection.streams


def test_an_initial_window_that_shrinks_may_leave_streams_with_less_than_nothing() -> None:
    machine = Machine()
    machine.give(headers(), frames.window(0, 1_000_000))
    stream = machine.owners[1].stream
    stream.send(bytes(60_000))
    assert sum(len(one[3]) for one in machine.written()) == 60_000
    machine.give(setting(frames.INITIAL_WINDOW, 10))
    stream.send(b"abc")
    assert machine.give(frames.window(1, 59_990)) == []
    assert machine.give(frames.window(1, 1)) == [(frames.DATA, 0, 1, b"a")]
    assert machine.give(setting(frames.INITIAL_WINDOW, 20))[0] == (frames.DATA, 0, 1, b"bc")


def test_after_a_goodbye_streams_go_on_and_new_ones_are_ignored() -> None:
    machine = Machine(answers=True)
    machine.give(headers(1))
    machine.connection.go_away()
    assert machine.written() == [(frames.GOAWAY, 0, 0, (1).to_bytes(4) + bytes(4))]
    assert machine.give(headers(3), data(b"x", 3)) == []
    kinds = [one[0] for one in machine.give(data(b"x", 1, END_STREAM))]
    assert kinds == [frames.HEADERS, frames.DATA, frames.HEADERS]


def test_a_stream_that_is_answered_early_is_told_to_stop() -> None:
    machine = Machine()
    machine.give(headers())
    machine.owners[1].stream.end(block([("status", "1")]))
    assert [one[0] for one in machine.written()] == [frames.HEADERS, frames.RESET]
    assert machine.reset(data(b"late")) is None


def test_our_blocks_refer_to_no_table() -> None:
    machine = Machine(answers=True)
    first = machine.give(setting(frames.HEADER_TABLE, 0), headers(1, WHOLE))
    second = machine.give(headers(3, WHOLE))
    blocks = [one[3] for one in first + second if one[0] == frames.HEADERS]
    assert [one[:1] for one in blocks] == [b"\x20", b"\0", b"\x88", b"\0"]


def test_a_block_that_was_read_means_something_else_once_the_table_has_changed() -> None:
    def adds(value: str) -> bytes:
        return b"\x40\x05:path" + bytes([len(value)]) + value.encode()

    known = b"\x83\x86\xbe"  # POST, http, and the newest of the table
    machine = Machine()
    machine.give(headers(1, data=b"\x83\x86" + adds("/one")), headers(3, data=known), headers(5, data=known))
    machine.give(headers(7, data=b"\x83\x86" + adds("/two")), headers(9, data=known))
    assert [one[2] for one in machine.events if one[0] == "open"] == ["/one", "/one", "/one", "/two", "/two"]


_STREAMS = some.sampled_from([1, 1, 3, 5, 2, 0])
_FLAGS = some.sampled_from([0, 1, 4, 5, 8, 0x25])
_FRAMES = some.one_of(
    some.builds(headers, _STREAMS, some.sampled_from([4, 4, 5, 0])),
    some.builds(data, some.binary(max_size=40), _STREAMS, _FLAGS),
    some.builds(frame, some.integers(0, 10), _FLAGS, _STREAMS, some.binary(max_size=10)),
    some.builds(frames.window, _STREAMS, some.integers(0, 100)),
)
_CUTS = some.lists(some.integers(0, 400), max_size=12)


@given(some.lists(_FRAMES, max_size=12), _CUTS)
@settings(max_examples=300, deadline=None)
def test_bytes_mean_the_same_however_they_are_cut(sent: list[bytes], cuts: list[int]) -> None:
    conversation = GREETING + b"".join(sent)
    whole, cut = Machine(answers=True, greeted=False), Machine(answers=True, greeted=False)
    places = sorted({0, *(min(one, len(conversation)) for one in cuts), len(conversation)})
    pieces = [conversation[first:last] for first, last in pairwise(places)]
    assert cut.give(*pieces) == whole.give(conversation)
    assert cut.events == whole.events
    assert cut.connection.is_over == whole.connection.is_over


@given(some.lists(_FRAMES | some.binary(max_size=60), max_size=12), some.booleans())
@settings(max_examples=300, deadline=None)
def test_no_bytes_whatever_raise_anything(sent: list[bytes], greeted: bool) -> None:
    machine = Machine(answers=True, greeted=greeted)
    machine.give(*sent)
    opened = Counter(one[1] for one in machine.events if one[0] == "open")
    closed = Counter(one[1] for one in machine.events if one[0] == "closed")
    assert closed + Counter(list(machine.connection.streams)) == opened
