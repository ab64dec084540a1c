"""What leaves, in which order and how much of it, while the system takes it and while it doesn't."""

from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as some

from evolve.serving.doors.websocket.outbox import Outbox
from evolve.serving.doors.websocket.session import Reply, Session
from evolve.serving.frames.control import Refused
from evolve.serving.websocket.reader import Close, Pong, Reader

HIGH_WATER = 100


class Transport:
    """A system that takes bytes when it is told to."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.taken = bytearray()
        self.outbox: Outbox | None = None
        # Something was written although it had said that it was enough.
        self.is_overrun = False

    def write(self, data: bytes) -> None:
        self.is_overrun |= self.outbox is not None and self.outbox.is_paused
        self.buffer += data
        if len(self.buffer) > HIGH_WATER and self.outbox is not None:
            self.outbox.pause()

    def take(self) -> None:
        self.taken += self.buffer
        self.buffer.clear()
        if self.outbox is not None and self.outbox.is_paused:
            self.outbox.resume()

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return len(self.buffer)


class Credit:
    """Counts as a session does."""

    def __init__(self) -> None:
        self.requests = 0

    def release(self, reply: Reply) -> None:
        self.requests -= reply.requests


class Writing:
    def __init__(self) -> None:
        self.transport, self.credit = Transport(), Credit()
        self.due: list[Outbox] = []
        self.outbox = Outbox(cast(Any, self.transport), self.due.append)
        self.outbox.session = cast(Session, self.credit)
        self.transport.outbox = self.outbox

    def turn(self) -> None:
        while self.due:
            self.due.pop().flush()

    def messages(self) -> list[Any]:
        events = Reader(1 << 20, masked=False).feed(bytes(self.transport.taken))
        return [bytes(one) if isinstance(one, memoryview) else one for one in events]


STEPS = some.one_of(
    some.tuples(some.just("answer"), some.integers(1, 300)),
    some.tuples(some.sampled_from(["ask", "text", "ping", "take", "turn"]), some.just(0)),
)


@given(some.lists(STEPS, max_size=60))
def test_answers_leave_in_order_and_credit_comes_back_when_the_system_has_taken_them(
    steps: list[tuple[str, int]],
) -> None:
    writing = Writing()
    answers: list[bytes] = []
    asked, texts = 0, 0
    for number, (step, size) in enumerate(steps):
        match step:
            case "ask":
                asked += 1
                writing.credit.requests += 1
            case "answer" if asked > len(answers):
                answers.append(bytes([number]) * size)
                writing.outbox.put(Reply(answers[-1], 1, size))
            case "text":
                texts += 1
                writing.outbox.put(Reply(Refused(texts, 404, "no")))
            case "ping":
                writing.outbox.pong(b"%d" % number)
            case "take":
                writing.transport.take()
            case "turn":
                writing.turn()
        # What waits for the system is not given back, but for what is below the mark.
        assert writing.credit.requests >= asked - len(answers)
    assert not writing.transport.is_overrun
    while writing.due or not writing.outbox.is_empty:
        writing.turn()
        writing.transport.take()
    messages = writing.messages()
    assert b"".join(one for one in messages if isinstance(one, bytes)) == b"".join(answers)
    assert sum(isinstance(one, str) for one in messages) == texts
    assert writing.credit.requests == asked - len(answers)


def test_whoever_pings_and_does_not_read_is_owed_one_pong() -> None:
    writing = Writing()
    writing.credit.requests = 1
    writing.outbox.put(Reply(bytes(200), 1, 1))
    size = len(writing.transport.buffer)
    for number in range(1000):
        writing.outbox.pong(b"%d" % number)
    assert len(writing.transport.buffer) == size
    writing.transport.take()
    writing.transport.take()
    assert writing.messages() == [bytes(200), Pong()]
    assert writing.transport.taken.endswith(b"999")


def test_nothing_is_written_on_top_of_what_the_system_did_not_take() -> None:
    writing = Writing()
    writing.credit.requests = 4
    for content in (bytes(200), b"a", b"b"):
        writing.outbox.put(Reply(content, 1, 1))
    writing.turn()
    # The first two of them were ready together; the fourth is still being computed.
    assert writing.outbox.is_paused
    assert writing.credit.requests == 4
    writing.outbox.put(Reply(b"c", 1, 1))
    writing.turn()
    assert writing.credit.requests == 4
    writing.transport.take()
    assert writing.credit.requests == 0
    writing.transport.take()
    assert writing.messages() == [bytes(200) + b"ab", b"c"]


def test_the_end_writes_everything_before_its_goodbye() -> None:
    writing = Writing()
    writing.credit.requests = 9
    for content in (bytes(200), b"a"):
        writing.outbox.put(Reply(content, 1, 1))
    writing.turn()
    writing.outbox.put(Reply(b"b", 1, 1))
    writing.outbox.pong(b"too late")
    writing.outbox.finish(1001, "the service ends")
    writing.transport.take()
    first, second, goodbye = writing.messages()
    assert (first, second) == (bytes(200) + b"a", b"b")
    assert isinstance(goodbye, Close)
    assert (goodbye.code, goodbye.reason) == (1001, "the service ends")
