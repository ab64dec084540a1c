"""Suite inference: each door of `evolve serve` beside `session.run` alone, for requests of 1 to 256 rows.

The session's calls a second are the peer: what a door reaches of them is what is left of the model's speed.
The server has a core, the client another one; all is measured in one run.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from benches.orchestrator import run
from benches.report import Row, compare
from provision.console import Console
from provision.paths import Cache, Checkout, make_folder
from provision.ready import ensure_ready

RAW = "session.run"
# Of the issue that ordered the service: a share of the session's calls, or requests a second.
SHARES = {("HTTP binary", 64): 0.5, ("WebSocket", 64): 0.6}
RATES = {("HTTP JSON", 1): 25_000.0, ("gRPC stream", 64): 8_000.0}
SLOWEST_MILLISECONDS = 1.0

Measured = dict[tuple[str, int], dict[str, float]]


def measure(checkout: Checkout, cache: Cache, console: Console) -> list[Row]:
    # The runtime and the peers' libraries are in the development requirements.
    python = ensure_ready(True, checkout, cache, console).python
    with (
        tempfile.TemporaryDirectory(prefix="evolve-bench-") as folder,
        console.step("Asking each door", "Each door was asked"),
    ):
        lines = _lines(checkout, python, "measure.py", folder)
    entries = [json.loads(line) for line in lines if line.startswith("{")]
    _draw(checkout, python, lines)
    measured: Measured = {(entry["door"], entry["rows"]): entry for entry in entries}
    rows = [row for key in measured if key[0] != RAW for row in _rows(measured, *key)]
    return sorted(rows, key=lambda row: row.goal == "-")


def _rows(measured: Measured, door: str, count: int) -> list[Row]:
    """Throughput, latencies, and what it cost; goals stand where the issue has any."""
    seen, raw = measured[door, count], measured[RAW, count]["per_second"]
    ours, name = seen["per_second"], f"{door}, {count} row{'s' if count > 1 else ''}"
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
