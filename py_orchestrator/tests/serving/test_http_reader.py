"""Bytes become the same requests however they are cut, and nothing that is no request gets through."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from tests.serving.http_server import request

from evolve.serving.doors.http import limits
from evolve.serving.doors.http.budget import Budget
from evolve.serving.doors.http.messages import Answer, Head, Request, refusal
from evolve.serving.doors.http.reader import Reader

CHUNKED = (
    b"POST /infer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    b'4\r\n{"in\r\n3;x=y\r\n":1\r\n1\r\n}\r\n0\r\nExpect: no\r\n\r\n'
)
SEVERAL = [
    request("POST", "/infer", {"inputs": [1.0, 2.0]}),
    request("GET", "/v2?x=y", Origin="http://b", Authorization="Bearer c"),
    CHUNKED,
    request("POST", "/infer", {"inputs": [3.0]}),
    request("POST", "/infer", {"inputs": [4.0]}),
]


def reader(budget: Budget | None = None) -> Reader:
    return Reader(budget or Budget(), lambda _head: None)


def facts(requests: list[Request]) -> list[tuple[object, ...]]:
    return [
        (one.head.method, one.head.target, one.head.headers, bytes(one.body), one.is_last, one.refusal)
        for one in requests
    ]


WHOLE = facts([one for data in SEVERAL for one in reader().feed(data)])


def test_the_requests_are_what_was_sent() -> None:
    assert [one[3] for one in WHOLE] == [
        b'{"inputs": [1.0, 2.0]}',
        b"",
        b'{"in":1}',
        b'{"inputs": [3.0]}',
        b'{"inputs": [4.0]}',
    ]
    assert WHOLE[1][:2] == (b"GET", b"/v2?x=y")
    # What stands behind a body says nothing of the request.
    assert WHOLE[2][2] == {b"host": b"a", b"transfer-encoding": b"chunked"}


def test_every_cut_gives_the_same_requests() -> None:
    data = b"".join(SEVERAL)
    for cut in range(1, len(data)):
        one = reader()
        assert facts([*one.feed(data[:cut]), *one.feed(data[cut:])]) == WHOLE


@settings(max_examples=100)
@given(some.lists(some.integers(1, 60), min_size=1, max_size=100), some.integers(1, 3))
def test_many_cuts_give_the_same_requests_on_a_connection_that_knows_the_heads(
    sizes: list[int], times: int
) -> None:
    budget = Budget()
    for data in SEVERAL * times:
        reader(budget).feed(data)
    one, found = reader(budget), []
    data = b"".join(SEVERAL)
    for size in sizes:
        found += one.feed(data[:size])
        data = data[size:]
    found += one.feed(data)
    assert facts(found) == WHOLE
    one.release()


@given(some.binary(max_size=300), some.integers(0, 400), some.integers(0, 300))
def test_no_bytes_make_it_fail_and_all_memory_comes_back(noise: bytes, place: int, length: int) -> None:
    budget = Budget()
    data = b"".join(SEVERAL)
    one = reader(budget)
    held = 0
    for piece in (data[:place] + noise, data[place + length :]):
        found = one.feed(piece)
        held += sum(each.held for each in found)
        assert all(each.refusal is None for each in found[:-1])
    one.release()
    assert budget.free + held == limits.MAXIMUM_HELD


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (request("POST", "/infer", b"{}", Content_Length="2", Transfer_Encoding="chunked"), 400),
        (request("POST", "/infer", Transfer_Encoding="gzip, chunked"), 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400),
        (request("POST", "/infer", b"x", Content_Length="-1"), 400),
        (request("POST", "/infer", b"x", Content_Length="9" * 30), 400),
        (request("POST", "/infer", b"x", Content_Length=str(limits.MAXIMUM_BODY + 1)), 413),
        (request("GET", "/" + "a" * limits.MAXIMUM_TARGET), 414),
        (request("GET", "/", **{f"x{number}": "y" for number in range(limits.MAXIMUM_HEADERS)}), 431),
        (request("GET", "/", x="y" * limits.MAXIMUM_HEADER_BYTES), 431),
        (request("POST", "/infer", b"x", Expect="200-ok"), 417),
        (request("GET", "/", Connection="Upgrade", Upgrade="websocket"), 400),
        (CHUNKED.partition(b"4\r\n")[0] + b"1\r\nx\r\n" * (limits.MAXIMUM_CHUNKS + 1), 413),
    ],
)
def test_what_breaks_a_rule_is_refused_and_nothing_after_it_is_read(data: bytes, status: int) -> None:
    one = reader()
    found = [*one.feed(data), *one.feed(SEVERAL[0])]
    assert [each.refusal.status if each.refusal else 0 for each in found] == [status]
    assert found[0].is_last


@pytest.mark.parametrize("part", [b"X: ", b"GET / HTTP/1.1\r\nHost: a\r\nX: "])
def test_a_head_that_never_ends_is_refused_before_it_fills_the_memory(part: bytes) -> None:
    one = reader()
    one.feed(b"GET / HTTP/1.1\r\nHost: a\r\n")
    found = [*one.feed(part)]
    sent = 0
    while not found:
        found = one.feed(b"y" * 1_000)
        sent += 1_000
        assert sent <= limits.MAXIMUM_FRAMING + 1_000
    assert found[0].refusal is not None


def test_a_body_without_a_length_ends_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAXIMUM_BODY", 1_000)
    one = reader()
    one.feed(CHUNKED.partition(b"4\r\n")[0])
    found = one.feed(b"200\r\n" + b"x" * 512 + b"\r\n") + one.feed(b"200\r\n" + b"x" * 512 + b"\r\n")
    assert [each.refusal.status for each in found if each.refusal] == [413]


def test_when_bodies_of_all_callers_fill_the_memory_others_are_told_to_come_later() -> None:
    budget = Budget(free=100)
    first = reader(budget)
    first.feed(request("POST", "/infer", b"x" * 80))
    (refused,) = reader(budget).feed(request("POST", "/infer", b"x" * 80))
    assert refused.refusal is not None
    assert refused.refusal.status == 503
    assert b"Retry-After: 1" in refused.refusal.headers
    assert budget.free == 20


def test_a_request_that_asks_before_it_sends_is_told_to_go_on_once() -> None:
    one = reader()
    data = request("POST", "/infer", b"{}", Expect="100-continue")
    assert one.feed(data[:-2]) == []
    assert one.owes_continue
    assert facts(one.feed(data[-2:]))[0][3] == b"{}"
    assert not one.owes_continue


class Forgetful(Budget):
    """Everything is read with care, as if for the first time."""

    def remember(self, data: bytes, head: Head, length: int) -> None:
        """Keep nothing."""


PLAIN = [
    request("POST", "/infer", {"inputs": [1.0, 2.0]}),
    request("POST", "/infer", {"inputs": [3.0]}, Authorization="Bearer c"),
    request("POST", "/v2/models/a/infer", b"\r\n\r\n12", Inference_Header_Content_Length="2"),
    SEVERAL[1],
]


@some.composite
def alike(draw: some.DrawFn) -> bytes:
    """Requests that came before, some of them changed in a few bytes."""
    data = bytearray(b"".join(draw(some.lists(some.sampled_from(PLAIN), min_size=1, max_size=4))))
    for _ in range(draw(some.integers(0, 3))):
        place = draw(some.integers(0, len(data)))
        piece = draw(
            some.sampled_from([b"", b"\r\n", b"\r\n\r\n", b"\n", b":", b"0", b"9"]) | some.binary(max_size=4)
        )
        data[place : place + draw(some.integers(0, 4))] = piece
    return bytes(data)


@settings(max_examples=400)
@given(alike(), some.integers(0, 400), some.integers(60, 400))
def test_a_head_that_is_known_is_read_as_it_would_be_with_care(data: bytes, cut: int, free: int) -> None:
    def read(budget: Budget) -> tuple[object, ...]:
        budget.free = free
        asked: list[bytes] = []

        def examine(one: Request) -> Answer | None:
            asked.append(one.head.target)
            return refusal(401, "no") if one.head.authorization else None

        one = Reader(budget, examine)
        found = [*one.feed(data[:cut]), *one.feed(data[cut:])]
        held = sum(each.held for each in found)
        one.release()
        return facts(found), [each.head.host for each in found], asked, one.is_over, budget.free + held

    known = Budget()
    for one in PLAIN:
        reader(known).feed(one)
    assert len(known.heads) == 3
    assert read(known) == read(Forgetful())
