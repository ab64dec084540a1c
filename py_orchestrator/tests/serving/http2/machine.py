"""A connection without a socket: notes what its streams are brought, and reads what it writes as frames."""

from collections.abc import Iterable

import hpack

from evolve.serving.http2 import frames
from evolve.serving.http2.connection import Connection
from evolve.serving.http2.frames import Frame, Problem, frame
from evolve.serving.http2.headers import STATUS_200, Head, encode
from evolve.serving.http2.stream import Stream

SETTINGS = frame(frames.SETTINGS, 0, 0, b"")
GREETING = frames.PREFACE + SETTINGS
FIELDS = [(":method", "POST"), (":scheme", "http"), (":path", "/service/Method"), (":authority", "here")]
END = encode({"status": "0"})


def block(fields: Iterable[tuple[str, str]] = FIELDS) -> bytes:
    """Fields that change no table."""
    return b"".join(
        b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
        for name, value in fields
    )


def headers(stream: int = 1, flags: int = frames.END_HEADERS, data: bytes | None = None) -> bytes:
    return frame(frames.HEADERS, flags, stream, block() if data is None else data)


def data(payload: bytes, stream: int = 1, flags: int = 0) -> bytes:
    return frame(frames.DATA, flags, stream, payload)


class Noted:
    """The owner of a stream: notes, and answers with all it got when the caller has ended, if it may."""

    def __init__(self, machine: "Machine", stream: Stream, head: Head, ended: bool) -> None:
        self.machine = machine
        self.stream = stream
        self.got = b""
        stream.owner = self
        machine.events.append(("open", stream.number, head.path, ended))
        if ended:
            self.received(b"", ended=True)

    def received(self, data: bytes, ended: bool) -> None:
        self.machine.events.append(("data", self.stream.number, data, ended))
        self.got += data
        if ended and self.machine.answers:
            self.stream.begin(STATUS_200)
            self.stream.send(self.got)
            self.stream.end(END)

    def drained(self) -> None:
        self.machine.events.append(("drained", self.stream.number))

    def closed(self) -> None:
        self.machine.events.append(("closed", self.stream.number))


class Machine:
    def __init__(self, *, answers: bool = False, greeted: bool = True) -> None:
        self.events: list[tuple[object, ...]] = []
        self.owners: dict[int, Noted] = {}
        self.answers = answers
        self.wakes = 0
        self.connection = Connection(self._accept, self._wake)
        self._decoder = hpack.Decoder()
        if greeted:
            self.connection.receive(GREETING)
            self.written()

    def _accept(self, stream: Stream, head: Head, ended: bool) -> None:
        self.owners[stream.number] = Noted(self, stream, head, ended)

    def _wake(self) -> None:
        self.wakes += 1

    def give(self, *sent: bytes) -> list[Frame]:
        """Take bytes of a caller; what is written then."""
        for one in sent:
            self.connection.receive(one)
        return self.written()

    def written(self) -> list[Frame]:
        reader = frames.FrameReader()
        read: list[Frame] = []
        while piece := self.connection.take():
            read += reader.feed((b"" if read else frames.PREFACE) + piece)
            self.connection.go_on()
        return read

    def problem(self, *sent: bytes) -> Problem | None:
        """Why the connection ended, if it did."""
        ends = [one for one in self.give(*sent) if one[0] == frames.GOAWAY]
        return Problem(int.from_bytes(ends[0][3][4:8])) if ends else None

    def reset(self, *sent: bytes) -> Problem | None:
        """Why a stream was ended and the connection wasn't."""
        written = self.give(*sent)
        assert all(one[0] != frames.GOAWAY for one in written), written
        ends = [one for one in written if one[0] == frames.RESET]
        return Problem(int.from_bytes(ends[0][3])) if ends else None

    def fields(self, one: Frame) -> dict[bytes, bytes]:
        return dict(self._decoder.decode(one[3], raw=True))
