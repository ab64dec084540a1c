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
    python = PeerEnvironment(checkout, cache, "nsga2").ensure(console)
    with console.step("Comparing ranks and crowding with the peers'", "Ranks and crowding agree"):
        run_beside_peers("agreement.py", checkout, python)
    with console.step("Measuring ours and the peers in turn", "Ours and the peers are measured"):
        return [_row(json.loads(line)) for line in run_beside_peers("measure.py", checkout, python)]


def run_beside_peers(script: str, checkout: Checkout, python: Path) -> list[str]:
    """What a script of bench/nsga2 prints; SetupError when it fails.

    The peers' environment imports our module from the sources: it needs nothing but numpy there.
    """
    sources = checkout.root / "py_orchestrator" / "src"
    if not any((sources / "evolve").glob("_native.*[od]")):
        raise SetupError("The engine's Python module is not built yet: run tools/test python once.")
    environment = {**os.environ, "PYTHONPATH": str(sources)}
    return _lines([python, checkout.root / "bench" / "nsga2" / script], environment)


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
