"""Our reader of frames against websockets' own parser: the same events, the same codes, in any pieces."""

import random
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN, Protocol, Side

from evolve.serving.websocket.frames import close_payload, frame, masked_frame
from evolve.serving.websocket.reader import Close, Event, Ping, Pong, Reader, Violation

LIMIT: Final = 400
# What ours refuses and theirs lets pass, as RFC 6455, 5.2 allows: lengths that are written too long.
STRICTER: Final = "the length of a frame is written with as few bytes as it takes"


class Theirs:
    """The yardstick: messages put together, texts decoded, and the code that it fails with."""

    def __init__(self, side: Side) -> None:
        self.events: list[object] = []
        self.failure = 0
        self._protocol = Protocol(side, state=OPEN, max_size=LIMIT)
        self._parts: list[bytes] = []
        self._is_text = False

    def feed(self, data: bytes) -> None:
        if self.failure:
            return
        self._protocol.receive_data(data)
        for one in self._protocol.events_received():
            assert isinstance(one, Frame)
            self._take(one)
        sent = self._protocol.close_sent
        if sent is not None and self._protocol.parser_exc is not None:
            self._fail(sent.code)

    def _fail(self, code: int) -> None:
        """The first mistake counts."""
        if not self.failure:
            self.failure = code

    def _take(self, one: Frame) -> None:
        data = bytes(one.data)
        if self.failure:
            return
        match one.opcode:
            case Opcode.PING:
                self.events.append(Ping(data))
            case Opcode.PONG:
                self.events.append(Pong())
            case Opcode.CLOSE:
                received = self._protocol.close_rcvd
                assert received is not None
                self.events.append(Close(int(received.code), received.reason, data))
            case _:
                self._take_data(one, data)

    def _take_data(self, one: Frame, data: bytes) -> None:
        if one.opcode is not Opcode.CONT:
            self._is_text = one.opcode is Opcode.TEXT
        self._parts.append(data)
        if not one.fin:
            return
        whole, self._parts = b"".join(self._parts), []
        try:
            self.events.append(whole.decode() if self._is_text else whole)
        except UnicodeDecodeError:
            self._fail(1007)


def read(data: bytes, cuts: list[int], *, masked: bool) -> tuple[list[Event], Violation | None]:
    reader = Reader(LIMIT, masked=masked)
    events: list[Event] = []
    ends = sorted({*(cut % (len(data) + 1) for cut in cuts), len(data)})
    begin = 0
    for end in ends:
        fed = reader.feed(data[begin:end])
        events += [bytes(event) if isinstance(event, bytearray | memoryview) else event for event in fed]
        begin = end
        assert reader.held_bytes <= LIMIT + 2 * 14 + 125
    last = events[-1] if events else None
    return (events[:-1], last) if isinstance(last, Violation) else (events, None)


def compare(data: bytes, cuts: list[int], *, masked: bool) -> None:
    """Whatever the bytes are."""
    ours, violation = read(data, cuts, masked=masked)
    theirs = Theirs(Side.SERVER if masked else Side.CLIENT)
    for place in range(len(data)):
        theirs.feed(data[place : place + 1])
    if violation is None:
        # A control frame does not count as a part of the message that it interrupts; theirs counts it.
        if theirs.failure == 1009:
            assert ours[: len(theirs.events)] == theirs.events
            return
        assert (ours, 0) == (theirs.events, theirs.failure)
    elif violation.sentence.startswith(STRICTER):
        assert theirs.events[: len(ours)] == ours
    else:
        # Ours judges a frame by its header; theirs wants to see all of it.
        for _ in range(LIMIT + 200):
            theirs.feed(b"\0")
        assert theirs.events == ours
        assert theirs.failure == violation.code or (theirs.failure, violation.code) == (1009, 1002)


TEXTS: Final = some.text(max_size=60)
CODES: Final = some.sampled_from([1000, 1001, 1004, 1005, 1006, 1011, 1014, 1015, 2999, 3000, 4999, 5000, 0])


@some.composite
def frames(draw: some.DrawFn, *, masked: bool) -> bytes:
    """A stream mostly in order: fragments with control frames between them, and now and then a mistake."""
    chance = draw(some.randoms(use_true_random=False))
    pieces: list[bytes] = []
    for _ in range(draw(some.integers(1, 6))):
        is_text = chance.random() < 0.5
        payload = draw(TEXTS).encode() if is_text else draw(some.binary(max_size=150))
        parts = split(payload, chance)
        for place, part in enumerate(parts):
            if chance.random() < 0.2:
                pieces.append(control(draw, chance, masked=masked))
            opcode = Opcode.CONT if place else (Opcode.TEXT if is_text else Opcode.BINARY)
            one = Frame(opcode, part, fin=place == len(parts) - 1)
            one.rsv2 = chance.random() < 0.01
            pieces.append(serialized(one, masked=masked))
    if chance.random() < 0.3:
        pieces.append(control(draw, chance, masked=masked))
    if chance.random() < 0.1:
        chance.shuffle(pieces)
    return b"".join(pieces)


def split(payload: bytes, chance: random.Random) -> list[bytes]:
    cuts = sorted(chance.randrange(len(payload) + 1) for _ in range(chance.choice([0, 0, 1, 3])))
    return [payload[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(payload)], strict=True)]


def control(draw: some.DrawFn, chance: random.Random, *, masked: bool) -> bytes:
    opcode = chance.choice([Opcode.PING, Opcode.PING, Opcode.PONG, Opcode.CLOSE])
    payload = draw(some.binary(max_size=10))
    if opcode is Opcode.CLOSE and chance.random() < 0.8:
        payload = draw(CODES).to_bytes(2, "big") + draw(TEXTS).encode()[:120]
    return serialized(Frame(opcode, payload), masked=masked)


def serialized(one: Frame, *, masked: bool) -> bytes:
    """Also what `serialize` would refuse to write."""
    reserved, one.rsv2 = one.rsv2, False
    data = bytearray(one.serialize(mask=masked))
    data[0] |= 0x20 * reserved
    return bytes(data)


CUTS: Final = some.lists(some.integers(0, 2_000), max_size=6)


@settings(max_examples=150)
@given(some.booleans().flatmap(lambda masked: some.tuples(some.just(masked), frames(masked=masked))), CUTS)
def test_frames_are_read_as_websockets_reads_them_in_whatever_pieces_they_come(
    stream: tuple[bool, bytes], cuts: list[int]
) -> None:
    compare(stream[1], cuts, masked=stream[0])


@settings(max_examples=250)
@given(
    frames(masked=True),
    some.lists(some.tuples(some.integers(0, 2_000), some.integers(1, 255)), min_size=1, max_size=3),
    CUTS,
)
def test_mutated_frames_are_refused_or_read_as_websockets_does(
    stream: bytes, changes: list[tuple[int, int]], cuts: list[int]
) -> None:
    data = bytearray(stream)
    for place, bits in changes:
        data[place % len(data)] ^= bits
    compare(bytes(data), cuts, masked=True)


@settings(max_examples=150)
@given(some.binary(max_size=60), CUTS, some.booleans())
def test_any_bytes_are_refused_or_read_as_websockets_does(data: bytes, cuts: list[int], masked: bool) -> None:
    compare(data, cuts, masked=masked)


@given(some.sampled_from([0, 1, 125, 126, 127, 200, 65_535, 65_536, 70_000]), some.booleans())
def test_what_is_written_is_read_by_websockets_and_by_ourselves(length: int, masked: bool) -> None:
    payload = bytes(range(256)) * (length // 256 + 1)
    parts = (payload[: length // 3], payload[length // 3 : length])
    data = masked_frame(2, *parts) if masked else frame(2, *parts)
    theirs = Protocol(Side.SERVER if masked else Side.CLIENT, state=OPEN, max_size=None)
    theirs.receive_data(data)
    (one,) = theirs.events_received()
    assert isinstance(one, Frame)
    assert bytes(one.data) == payload[:length]
    (message,) = Reader(1 << 20, masked=masked).feed(data)
    assert message == payload[:length]


@pytest.mark.parametrize("length", [LIMIT + 1, 70_000, 1 << 40])
def test_a_message_that_is_too_large_is_refused_by_its_length(length: int) -> None:
    head = (
        b"\x82\xfe" + length.to_bytes(2, "big")
        if length < 1 << 16
        else b"\x82\xff" + length.to_bytes(8, "big")
    )
    (violation,) = Reader(LIMIT, masked=True).feed(head)
    assert violation == Violation(1009, f"a message has more than {LIMIT} bytes")


def test_fragments_are_too_large_together_and_nothing_of_them_is_kept() -> None:
    reader = Reader(LIMIT, masked=False)
    assert reader.feed(b"\x02\x7e" + LIMIT.to_bytes(2, "big") + bytes(LIMIT)) == []
    (violation,) = reader.feed(b"\x80\x01")
    assert isinstance(violation, Violation)
    assert violation.code == 1009
    assert reader.held_bytes == 0
    assert reader.feed(b"\x81\x00") == []


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        (b"\x82\xfe\x00\x7d", STRICTER),
        (b"\x82\xff\x00\x00\x00\x00\x00\x00\xff\xff", STRICTER),
        (b"\x82\xff\x80\x00\x00\x00\x00\x00\x00\x00", STRICTER),
        (b"\x82\x01", "a client's frames are masked, a service's are not"),
        (b"\xc2\x81", "the reserved bits of a frame have to be 0"),
        (b"\x80\x81", "a fragment continues no message"),
        (b"\x83\x81", "there is no opcode 3"),
        (b"\x09\x81", "a control frame is whole"),
        (b"\x89\xfe\x00\x7e", "a control frame is whole"),
    ],
)
def test_a_frame_that_breaks_a_rule_is_refused_as_soon_as_its_header_is_there(
    head: bytes, sentence: str
) -> None:
    (violation,) = Reader(LIMIT, masked=True).feed(head)
    assert isinstance(violation, Violation)
    assert violation.code == 1002
    assert violation.sentence.startswith(sentence)


def test_a_reason_that_is_too_long_is_cut_between_letters() -> None:
    payload = close_payload(1008, "ü" * 100)
    assert len(payload) <= 125
    assert payload[2:].decode() == "ü" * 61
