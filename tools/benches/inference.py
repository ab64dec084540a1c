"""Suite inference: each door of `evolve serve` beside `session.run` alone, for requests of 1 to 256 rows.

The session's calls a second are the peer: what a door reaches of them is what is left of the model's speed.
Other model servers come last, as peers of our HTTP door. The server has a core, the client another one; all
is measured in one run.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from benches.orchestrator import run
from benches.peers import PeerEnvironment
from benches.report import Row, compare
from provision.console import Console
from provision.paths import Cache, Checkout, make_folder
from provision.ready import ensure_ready

RAW = "session.run"
# Of the issue that ordered the service: a share of the session's calls, or requests a second.
SHARES = {("HTTP binary", 64): 0.5, ("WebSocket", 64): 0.6}
RATES = {("HTTP JSON", 1): 25_000.0, ("gRPC stream", 64): 8_000.0}
SLOWEST_MILLISECONDS = 1.0
# The door that peers have too, bytes over HTTP, and how much quicker it shall be than the best of them.
AGAINST_PEERS = "HTTP binary"
PEER_GOAL = 5.0
PEER_GOAL_ROWS = 64

FIGURES = {
    "per_second": ("", "requests/s"),
    "p50_ms": (", p50", "ms"),
    "p99_ms": (", p99", "ms"),
    "cpu_us": (", processor time of the server", "µs"),
}

Measured = dict[tuple[str, int], dict[str, float]]


def measure(checkout: Checkout, cache: Cache, console: Console) -> list[Row]:
    # The runtime and the peers' libraries are in the development requirements.
    python = ensure_ready(True, checkout, cache, console).python
    peer_python = PeerEnvironment(checkout, cache, "inference").ensure(console)
    with tempfile.TemporaryDirectory(prefix="evolve-bench-") as folder:
        with console.step("Asking each door", "Each door was asked"):
            lines = _lines(checkout, python, "measure.py", folder)
        with console.step("Asking the peers", "The peers were asked"):
            theirs = _lines(checkout, python, "measure_peers.py", folder, str(peer_python))
    _draw(checkout, python, lines + theirs)
    measured, peers = _read(lines), _read(theirs)
    rows = [row for key in measured if key[0] != RAW for row in _rows(measured, *key)]
    rows += peer_rows(measured, peers)
    return sorted(rows, key=lambda row: row.goal == "-")


def _read(lines: list[str]) -> Measured:
    entries = [json.loads(line) for line in lines if line.startswith("{")]
    return {(entry["door"], entry["rows"]): entry for entry in entries}


def peer_rows(measured: Measured, peers: Measured) -> list[Row]:
    """Ours beside the best peer, by the goal, and beside each of them."""
    rates = {name: one["per_second"] for (name, count), one in peers.items() if count == PEER_GOAL_ROWS}
    best = max(rates, key=lambda name: rates[name])
    ours = measured[AGAINST_PEERS, PEER_GOAL_ROWS]["per_second"]
    ratio = ours / rates[best]
    goal = f"at least {PEER_GOAL:g}x"
    name = f"{_named(AGAINST_PEERS, PEER_GOAL_ROWS)} beside the best peer"
    rows = [Row(name, "requests/s", ours, rates[best], best, goal, ratio, ratio >= PEER_GOAL)]
    for peer, count in peers:
        rows += _beside(peer, count, measured[AGAINST_PEERS, count], peers[peer, count])
    return rows


def _beside(peer: str, count: int, ours: dict[str, float], theirs: dict[str, float]) -> list[Row]:
    name = f"{_named(AGAINST_PEERS, count)} beside {peer}"
    rows = []
    for key, (what, unit) in FIGURES.items():
        ratio = ours[key] / theirs[key] if key == "per_second" else theirs[key] / ours[key]
        rows.append(Row(f"{name}{what}", unit, ours[key], theirs[key], peer, "-", ratio, met=True))
    return rows


def _named(door: str, count: int) -> str:
    return f"{door}, {count} row{'s' if count > 1 else ''}"


def _rows(measured: Measured, door: str, count: int) -> list[Row]:
    """Throughput, latencies, and what it cost; goals stand where the issue has any."""
    seen, raw = measured[door, count], measured[RAW, count]["per_second"]
    ours, name = seen["per_second"], _named(door, count)
    goal = SHARES.get((door, count), 0.0) * raw or RATES.get((door, count))
    if goal:
        rows = [compare(name, "requests/s", ours, {RAW: raw}, goal=goal, higher_is_better=True)]
    else:
        rows = [Row(name, "requests/s", ours, raw, RAW, "-", ours / raw, met=True)]
    for quantile in ("p50", "p99"):
        what, value = f"{name}, {quantile}", seen[f"{quantile}_ms"]
        if quantile == "p99" and count == 1:
            rows.append(compare(what, "ms", value, {}, goal=SLOWEST_MILLISECONDS, higher_is_better=False))
        else:
            rows.append(Row(what, "ms", value, None, None, "-", None, met=True))
    cpu, alone = seen["cpu_us"], measured[RAW, count]["cpu_us"]
    spent = f"{name}, processor time of the server"
    return [*rows, Row(spent, "µs", cpu, alone, RAW, "-", alone / cpu, met=True)]


def _draw(checkout: Checkout, python: Path, lines: list[str]) -> None:
    results = make_folder(checkout.root / "bench" / "results")
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.write("\n".join(lines))
        file.flush()
        _lines(checkout, python, "plot.py", file.name, str(results / "inference.png"))


def _lines(checkout: Checkout, python: Path, script: str, *words: str) -> list[str]:
    environment = {"PYTHONPATH": str(checkout.root / "py_orchestrator" / "src")}
    lines: list[str] = []
    run([python, checkout.root / "bench" / "inference" / script, *words], environment, lines)
    return lines
