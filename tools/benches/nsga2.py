"""Suite nsga2: sorts and whole runs from Python, beside moocore and pymoo in one process.

Before anything is measured the ranks and distances are compared with theirs: a fast wrong answer is
worth nothing. Goals come from the issue that ordered the engine.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from benches.peers import PeerEnvironment
from benches.report import Row, compare
from provision import processes
from provision.console import Console, SetupError
from provision.paths import Cache, Checkout

GOALS = {
    "sort of 1000, 2 objectives": 0.03,
    "sort of 10000, 2 objectives": 0.5,
    "sort of 1000, 3 objectives": 0.07,
    "sort of 10000, 3 objectives": 1.8,
    "NSGA-II on ZDT1, 25000 evaluations": 25.0,
}


def measure(checkout: Checkout, cache: Cache, console: Console) -> list[Row]:
    sources = checkout.root / "py_orchestrator" / "src"
    if not any((sources / "evolve").glob("_native.*[od]")):
        raise SetupError("The engine's Python module is not built yet: run tools/test python once.")
    folder = checkout.root / "bench" / "nsga2"
    python = PeerEnvironment(checkout, cache, "nsga2").ensure(console)
    # The peers' environment imports our module from the sources: it needs nothing but numpy there.
    environment = {**os.environ, "PYTHONPATH": str(sources)}
    with console.step("Comparing ranks and crowding with the peers'", "Ranks and crowding agree"):
        _lines([python, folder / "agreement.py"], environment)
    with console.step("Measuring ours and the peers in turn", "Ours and the peers are measured"):
        return [_row(json.loads(line)) for line in _lines([python, folder / "measure.py"], environment)]


def _row(row: dict[str, object]) -> Row:
    name, unit, ours, peers = str(row["name"]), str(row["unit"]), row["ours"], row["peers"]
    assert isinstance(ours, (int, float))
    assert isinstance(peers, dict)
    return compare(name, unit, float(ours), peers, goal=GOALS.get(name), higher_is_better=unit != "ms")


def _lines(command: list[str | Path], environment: dict[str, str]) -> list[str]:
    lines: list[str] = []
    outcome = processes.run(command, environment=environment, on_line=lines.append)
    if not outcome.ok:
        raise SetupError(f"A measurement ended with exit code {outcome.code}: {outcome.tail.strip()[-600:]}")
    return lines
