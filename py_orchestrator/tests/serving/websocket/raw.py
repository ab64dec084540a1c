"""A client that says whatever it likes, byte by byte."""

import asyncio
from dataclasses import dataclass, field

from evolve.serving.frames import control
from evolve.serving.websocket.frames import TEXT, Bytes, header
from evolve.serving.websocket.mask import apply_mask
from evolve.serving.websocket.reader import Close, Event, Reader

HANDSHAKE = (
    b"GET /infer HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: evolve.infer.v1\r\nAuthorization: Bearer right\r\n\r\n"
)
OPEN = control.encode_control(control.Open(1, "model")).encode()
_MASK = b"\x11\x22\x33\x44"


def masked(first: int, payload: Bytes = b"") -> bytes:
    """A frame whose first byte is whatever it is."""
    head = bytearray(header(TEXT, len(payload), 0x80))
    head[0] = first
    return bytes(head) + _MASK + apply_mask(payload, _MASK)


@dataclass
class Raw:
    """After the handshake, the welcome and the stream 1."""

    streams: asyncio.StreamReader
    writer: asyncio.StreamWriter
    reader: Reader = field(default_factory=lambda: Reader(1 << 26, masked=False))
    heard: list[Event] = field(default_factory=list)

    @classmethod
    async def enter(cls, url: str) -> "Raw":
        host, _, port = url.split("/")[2].partition(":")
        raw = cls(*await asyncio.open_connection(host, int(port)))
        raw.writer.write(HANDSHAKE)
        await raw.streams.readuntil(b"\r\n\r\n")
        raw.writer.write(masked(0x81, OPEN))
        await raw.next()
        await raw.next()
        return raw

    async def next(self) -> Event | None:
        """What the service says next; None when it has hung up."""
        while not self.heard:
            data = await self.streams.read(65_536)
            if not data:
                return None
            self.heard += self.reader.feed(data)
        event = self.heard.pop(0)
        return bytes(event) if isinstance(event, memoryview | bytearray) else event

    async def goodbye(self) -> Close:
        """What it hangs up with, and that it does."""
        while not isinstance(event := await self.next(), Close):
            assert event is not None, "it has hung up without a word"
        self.writer.write(masked(0x88, event.payload))
        assert await self.next() is None
        return event
