"""A body that is not kept in memory reaches its sink whole, whatever comes of the request."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.serving.http_server import request

from evolve.serving.doors.http import limits
from evolve.serving.doors.http.budget import Budget
from evolve.serving.doors.http.messages import Request
from evolve.serving.doors.http.reader import Reader
from evolve.serving.errors import Overloaded

BODY = bytes(range(256)) * 4


@dataclass
class Bucket:
    """A sink that remembers, and that is full at some time."""

    maximum_bytes: int = len(BODY)
    room: int = len(BODY)
    taken: bytes = b""
    discarded: int = field(default=0)

    def write(self, piece: bytes) -> None:
        if len(self.taken) + len(piece) > self.room:
            raise Overloaded("there is no room")
        self.taken += piece

    def discard(self) -> None:
        self.discarded += 1


def reader_into(bucket: Bucket, budget: Budget | None = None) -> Reader:
    def examine(one: Request) -> None:
        one.sink = bucket

    return Reader(budget or Budget(), examine)


@given(some.lists(some.integers(1, 400), max_size=20), some.booleans())
def test_every_cut_gives_the_sink_the_same_bytes_and_takes_no_memory(sizes: list[int], chunked: bool) -> None:
    data = request("PUT", "/", BODY)
    if chunked:
        head = request("PUT", "/", None, Transfer_Encoding="chunked")
        data = head + b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
    budget, bucket = Budget(), Bucket()
    one, found = reader_into(bucket, budget), []
    for size in sizes:
        found += one.feed(data[:size])
        data = data[size:]
    found += one.feed(data) if data else []
    assert [(each.refusal, each.body, each.held) for each in found] == [(None, b"", 0)]
    assert (bucket.taken, bucket.discarded, budget.free) == (BODY, 0, limits.MAXIMUM_HELD)


def test_a_sink_has_a_limit_of_its_own() -> None:
    bucket = Bucket(maximum_bytes=len(BODY) - 1)
    (found,) = reader_into(bucket).feed(request("PUT", "/", BODY))
    assert found.refusal is not None
    assert (found.refusal.status, bucket.taken, bucket.discarded) == (413, b"", 1)


def test_the_limit_may_be_above_that_of_other_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAXIMUM_BODY", 100)
    (found,) = reader_into(Bucket()).feed(request("PUT", "/", BODY))
    assert found.refusal is None


def test_a_sink_that_takes_no_more_ends_the_request_in_its_words() -> None:
    bucket = Bucket(room=10)
    one = reader_into(bucket)
    data = request("PUT", "/", BODY)
    found = [*one.feed(data[:-900]), *one.feed(data[-900:])]
    assert [each.refusal.status for each in found if each.refusal] == [503]
    assert b"there is no room" in (found[0].refusal.body if found[0].refusal else b"")
    assert (one.is_over, bucket.discarded) == (True, 1)


def test_a_caller_who_hangs_up_midway_leaves_nothing() -> None:
    bucket = Bucket()
    one = reader_into(bucket)
    one.feed(request("PUT", "/", BODY)[:-1])
    one.release()
    assert bucket.discarded == 1


def test_the_head_of_a_body_that_goes_to_a_sink_is_never_remembered() -> None:
    budget = Budget()
    for _ in range(2):
        bucket = Bucket()
        (found,) = reader_into(bucket, budget).feed(request("PUT", "/", b""))
        assert found.sink is bucket
    assert budget.heads == {}
