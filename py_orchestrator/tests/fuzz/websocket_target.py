"""The WebSocket door without sockets: bytes of a client come in, whole frames leave, and none is a fault."""

import asyncio
from typing import Any, Final, cast

import numpy as np
from tests.serving.models import linear

from evolve.client.conversation import Conversation
from evolve.client.errors import ClientError, Unreachable
from evolve.serving.doors import DoorSettings
from evolve.serving.doors.websocket.connection import Connection
from evolve.serving.doors.websocket.door import WebSocketDoor
from evolve.serving.doors.websocket.session import Reply, Session
from evolve.serving.frames import control, limits
from evolve.serving.frames.errors import ProtocolError
from evolve.serving.frames.layout import ANSWER, REQUEST, Layout
from evolve.serving.service import Service
from evolve.serving.settings import ServiceSettings
from evolve.serving.tensors import Spec
from evolve.serving.websocket.frames import BINARY, CLOSE, PING, TEXT, close_payload, frame, masked_frame
from evolve.serving.websocket.reader import Close, Reader, Violation

_INPUTS: Final = Layout([Spec("observations", "FP32", (-1, 3))])
_OPEN: Final = control.encode_control(control.Open(1, "model"))
_HANDSHAKE: Final = (
    b"GET /infer HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: evolve.infer.v1\r\n\r\n"
)
# What may be said goodbye with: to a client's mistake, and never to a fault of ours.
_GOODBYES: Final = range(1000, 1010)
_TURNS: Final = 6


class _Transport:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.written = bytearray()
        self.is_over = False

    def get_extra_info(self, _name: str) -> tuple[str, int]:
        return ("127.0.0.1", 1)

    def write(self, data: bytes) -> None:
        self.written += data

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return self.is_over

    def can_write_eof(self) -> bool:
        return False

    def close(self) -> None:
        self.is_over = True

    abort = close


class _Client:
    """One connection or session after another, in a loop that is always the same."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.run_until_complete(self._open())

    async def _open(self) -> None:
        self._service = Service(ServiceSettings())
        self._service.models.put(self._service.read("model", "1", linear()))
        self._service.open()
        self._door = WebSocketDoor(self._service, DoorSettings())
        # A million knock here.
        self._door.may_knock = lambda: True  # type: ignore[method-assign]

    def connect(self, data: bytes) -> bool:
        return self._loop.run_until_complete(self._connect(data))

    def converse(self, data: bytes) -> bool:
        return self._loop.run_until_complete(self._converse(data))

    async def _connect(self, data: bytes) -> bool:
        transport, connection = _Transport(), Connection(self._door)
        connection.connection_made(cast(Any, transport))
        # In two pieces, which is where readers stumble.
        for piece in (data[: len(data) // 2], data[len(data) // 2 :]):
            connection.data_received(piece)
            await self._settle()
        connection.connection_lost(None)
        assert not self._door.held_bytes, "memory for messages was not given back"
        head, _, said = bytes(transport.written).partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101 "):
            assert not head or head.startswith((b"HTTP/1.1 4", b"HTTP/1.1 505 ")), head
            return False
        return _check(said)

    async def _converse(self, data: bytes) -> bool:
        sent: list[Reply] = []
        session = Session(self._service, sent.append)
        session.receive(_OPEN)
        code = 1000
        try:
            session.receive(data)
        except ProtocolError as error:
            code = error.code
        assert code in _GOODBYES
        await self._settle()
        answers = [bytes(one.content) for one in sent if not isinstance(one.content, control.Control)]
        assert session.requests == sum(one.requests for one in sent)
        return any(answer[0] == ANSWER for answer in answers)

    def listen(self, data: bytes) -> bool:
        return self._loop.run_until_complete(self._listen(data))

    async def _listen(self, data: bytes) -> bool:
        conversation, reader = (
            Conversation(lambda *_: None),
            Reader(limits.MAXIMUM_MESSAGE_BYTES, masked=False),
        )
        asking = self._loop.create_task(_ask_twice(conversation))
        await asyncio.sleep(0)
        try:
            for event in reader.feed(data):
                if isinstance(event, bytes | bytearray | memoryview | str):
                    conversation.receive(event)
                    await self._settle()
        except ProtocolError as error:
            _note(error)
        await self._settle()
        conversation.end(Unreachable("the end"))
        try:
            await asking
        except ClientError:
            return False
        return True

    async def _settle(self) -> None:
        for _ in range(_TURNS):
            await asyncio.sleep(0)


async def _ask_twice(conversation: Conversation) -> None:
    stream = await conversation.stream("model", "")
    inputs = [np.ones((2, 3), np.float32)]
    await asyncio.gather(conversation.ask(stream, inputs), conversation.ask(stream, inputs))


def _note(error: Exception) -> None:
    """A refusal is one sentence."""
    assert str(error)
    assert "\n" not in str(error)


def _check(said: bytes) -> bool:
    """Whether something was answered; all of it has to be whole."""
    reader = Reader(limits.MAXIMUM_MESSAGE_BYTES, masked=False)
    events = reader.feed(said)
    assert not reader.held_bytes
    for event in events:
        assert not isinstance(event, Violation), event
        assert not isinstance(event, Close) or event.code in _GOODBYES or event.code >= 3000, event
    return any(isinstance(event, memoryview) and event[0] == ANSWER for event in events)


_CLIENTS: Final[list[_Client]] = []


def _client() -> _Client:
    if not _CLIENTS:
        _CLIENTS.append(_Client())
    return _CLIENTS[0]


def connections(data: bytes) -> bool:
    """A handshake, and frames after it."""
    return _client().connect(data)


def conversations(data: bytes) -> bool:
    """A binary message of somebody who has opened a stream."""
    return _client().converse(data)


def answers(data: bytes) -> bool:
    """What a service says to our client: texts and frames, masked by nobody."""
    return _client().listen(data)


def _requests(count: int, rows: int) -> bytes:
    return bytes(_INPUTS.encode(REQUEST, 1, range(count), [np.ones((count * rows, 3), np.float32)]))


def _fragments(opcode: int, payload: bytes, between: bytes) -> bytes:
    """A message in two frames, with something between them."""
    middle = len(payload) // 2
    first, second = bytearray(masked_frame(opcode, payload[:middle])), masked_frame(0, payload[middle:])
    first[0] &= 0x7F
    return bytes(first) + between + second


_BEGIN: Final = _HANDSHAKE + masked_frame(TEXT, _OPEN.encode())
CONNECTIONS: Final = [
    _BEGIN + masked_frame(BINARY, _requests(2, 3)) + masked_frame(PING, b"there?"),
    _BEGIN
    + _fragments(BINARY, _requests(3, 1), masked_frame(PING, b"?"))
    + masked_frame(BINARY, _requests(1, 9))
    + masked_frame(PING, bytes(125)) * 6
    + masked_frame(CLOSE, close_payload(1000, "done")),
    _HANDSHAKE + _fragments(TEXT, _OPEN.encode(), b"") + masked_frame(BINARY, _requests(9, 4)),
    # Masked with zeros: a mutation hits what is meant.
    _BEGIN + b"\x82\x9c\0\0\0\0" + _requests(1, 1),
]
_SPECS: Final = (Spec("observations", "FP32", (-1, 3)),), (Spec("actions", "FP32", (-1, 3)),)
_SAID: Final = frame(TEXT, control.encode_control(control.Welcome(8, 4096)).encode())
_OPENED: Final = frame(TEXT, control.encode_control(control.Opened(0, "model", "1", *_SPECS)).encode())
_ANSWERS: Final = bytes(_INPUTS.encode(ANSWER, 0, range(2), [np.ones((4, 3), np.float32)]))
ANSWERS: Final = [
    _SAID + _OPENED + frame(BINARY, _ANSWERS),
    _SAID + _OPENED + frame(PING, b"?") + frame(BINARY, _ANSWERS[40:]) + frame(BINARY, _ANSWERS[:40]),
]
CONVERSATIONS: Final = [_requests(1, 1), _requests(4, 2), _requests(1, 5) + _requests(2, 1)]
