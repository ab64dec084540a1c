"""Suite core: what the engine does with genomes, beside genoxide (Rust) and neat-python.

Goals come from the issue that ordered the engine; they were set for a machine of its own, so the
ratio to the best peer of the same run decides.
"""

from __future__ import annotations

import json
from pathlib import Path

from benches.peers import PeerEnvironment
from benches.report import Row, compare
from provision import processes, toolchain
from provision.console import Console, SetupError
from provision.paths import PROGRAM_SUFFIX, Cache, Checkout
from provision.rust import cargo_environment

GOALS = {
    "forward, one row": 10e6,
    "forward, 1024 rows a call": 150e6,
    "distance of two genomes": 3e6,
    "distance within a generation, slots included": 15e6,
    "10000 genomes to the nearest of 10": 5.0,
    "one generation without evaluation, population 150": 0.10,
    "one generation without evaluation, population 1000": 0.8,
    "one generation without evaluation, population 10000": 8.0,
}


def measure(checkout: Checkout, cache: Cache, console: Console) -> list[Row]:
    toolchain.require_cargo()
    toolchain.require_c_compiler()
    folder = checkout.root / "bench" / "core"
    python = PeerEnvironment(checkout, cache, "core").ensure(console)
    with console.step("Building the measurements", "The measurements are built"):
        _finished(
            processes.run(
                ["cargo", "build", "--release", "--locked"],
                cwd=folder,
                environment=cargo_environment(cache),
                on_line=console.progress,
            )
        )
    with console.step("Measuring ours and genoxide in turn", "Ours and genoxide are measured"):
        rust = _rows([cache.cargo_target / "release" / f"bench-core{PROGRAM_SUFFIX}"])
    with console.step("Measuring neat-python", "neat-python is measured"):
        neat_python = {
            str(row["name"]): row["value"] for row in _rows([python, folder / "neat_python_peer.py"])
        }
    return [_row(row, neat_python) for row in rust]


def _row(row: dict[str, object], neat_python: dict[str, object]) -> Row:
    name, unit = str(row["name"]), str(row["unit"])
    peers = {"genoxide": row["genoxide"], "neat-python": neat_python.get(name)}
    known = {peer: float(value) for peer, value in peers.items() if isinstance(value, (int, float))}
    ours = row["ours"]
    assert isinstance(ours, (int, float))
    return compare(name, unit, float(ours), known, goal=GOALS.get(name), higher_is_better=unit != "ms")


def _rows(command: list[str | Path]) -> list[dict[str, object]]:
    lines: list[str] = []
    _finished(processes.run(command, on_line=lines.append))
    return [json.loads(line) for line in lines]


def _finished(outcome: processes.Outcome) -> None:
    if not outcome.ok:
        raise SetupError(f"A measurement ended with exit code {outcome.code}: {outcome.tail.strip()[-600:]}")
