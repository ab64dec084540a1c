"""Our connection with hyper-h2 as the caller: whatever is said is understood, however it is cut."""

import random
from dataclasses import dataclass, field

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, Event, ResponseReceived, StreamEnded, StreamReset, TrailersReceived
from tests.serving.http2.machine import FIELDS, Machine


@dataclass
class Client:
    """Sends bodies on streams of one connection, as far as the windows go, and gathers what comes back."""

    chance: random.Random
    machine: Machine
    waiting: dict[int, bytes] = field(default_factory=dict)
    came: dict[int, bytes] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)
    trailers: dict[int, list[tuple[bytes, bytes]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.h2 = H2Connection(H2Configuration(client_side=True, header_encoding=None))
        self.h2.initiate_connection()

    def open(self, body: bytes) -> int:
        number = self.h2.get_next_available_stream_id()
        self.h2.send_headers(number, FIELDS)
        self.waiting[number], self.came[number] = body, b""
        return number

    def send(self) -> None:
        """A piece of some stream, as large as there is room for."""
        number = self.chance.choice(list(self.waiting))
        body = self.waiting[number]
        room = min(self.h2.local_flow_control_window(number), self.h2.max_outbound_frame_size)
        size = min(room, self.chance.randrange(1, 20_000))
        self.waiting[number] = body[size:]
        is_last = size >= len(body)
        padding = self.chance.choice([None, 0, 7]) if 0 < size < room - 8 else None
        if body[:size] or is_last:
            self.h2.send_data(number, body[:size], end_stream=is_last, pad_length=padding)
        if is_last:
            del self.waiting[number]

    def exchange(self) -> None:
        """What either has written reaches the other, in pieces of any size."""
        sent = self.h2.data_to_send()
        while sent:
            size = self.chance.randrange(1, 30_000)
            self.machine.connection.receive(sent[:size])
            sent = sent[size:]
        while data := self.machine.connection.take():
            for event in self.h2.receive_data(data):
                self.take(event)
            self.machine.connection.go_on()

    def take(self, event: Event) -> None:
        if isinstance(event, DataReceived):
            self.came[event.stream_id] += event.data
            self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, TrailersReceived):
            self.trailers[event.stream_id] = list(event.headers)
        elif isinstance(event, StreamEnded):
            self.ended.add(event.stream_id)
        elif isinstance(event, ResponseReceived):
            assert dict(event.headers) == {b":status": b"200"}
        else:
            assert not isinstance(event, StreamReset)


@pytest.mark.parametrize("seed", range(12))
def test_everything_that_is_sent_comes_back(seed: int) -> None:
    chance = random.Random(seed)
    client = Client(chance, Machine(answers=True, greeted=False))
    bodies: dict[int, bytes] = {}
    while len(client.ended) < 20:
        if len(bodies) < 20 and chance.random() < 0.3:
            body = chance.randbytes(chance.choice([0, 1, 1_000, 16_384, 70_000, 1_500_000]))
            bodies[client.open(body)] = body
        elif client.waiting:
            client.send()
        client.exchange()
    assert client.came == bodies
    assert all(client.trailers[number] == [(b"status", b"0")] for number in bodies)
    assert not client.machine.connection.streams
    assert not client.machine.connection.is_over


def test_streams_that_the_caller_takes_back_are_gone_and_others_are_not() -> None:
    chance = random.Random(1)
    client = Client(chance, Machine(answers=True, greeted=False))
    kept, dropped = client.open(b"kept"), client.open(b"dropped" * 10_000)
    client.exchange()
    client.h2.reset_stream(dropped)
    del client.waiting[dropped]
    client.exchange()
    client.send()
    client.exchange()
    assert client.came[kept] == b"kept"
    assert ("closed", dropped) in client.machine.events
