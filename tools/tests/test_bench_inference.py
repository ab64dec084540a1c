"""The inference suite: what it makes of figures, its own and the peers'."""

from __future__ import annotations

from benches import inference


def _seen(per_second: float) -> dict[str, float]:
    return {"per_second": per_second, "p50_ms": 1.0, "p99_ms": 2.0, "cpu_us": 1e6 / per_second}


def test_the_goal_is_measured_against_the_quickest_peer_at_64_rows() -> None:
    ours = {("HTTP binary", 1): _seen(9.0), ("HTTP binary", 64): _seen(100.0)}
    peers = {
        ("slow", 1): _seen(90.0),
        ("slow", 64): _seen(10.0),
        ("quick", 1): _seen(5.0),
        ("quick", 64): _seen(25.0),
    }
    first, *others = inference.peer_rows(ours, peers)
    assert (first.peer_name, first.ratio, first.met) == ("quick", 4.0, False)
    peers["quick", 64] = _seen(20.0)
    assert inference.peer_rows(ours, peers)[0].met
    assert [row.peer_name for row in others] == ["slow"] * 8 + ["quick"] * 8
    assert {row.goal for row in others} == {"-"}


def test_less_time_is_better_and_more_requests_are() -> None:
    rows = inference.peer_rows({("HTTP binary", 64): _seen(100.0)}, {("slow", 64): _seen(10.0)})
    assert {row.name.rpartition("slow")[2]: row.ratio for row in rows[1:]} == {
        "": 10.0,
        ", p50": 1.0,
        ", p99": 1.0,
        ", processor time of the server": 10.0,
    }
