"""Suite godot: the native classes beside plain GDScript, in one headless engine.

The yardstick (bench/godot/yardstick) is what an experienced developer would write: typed, packed arrays,
floats of 64 bits. It gets the same genomes, and results that must agree are compared before a clock
starts. Goals come from the issue that ordered the classes, as ratios.
"""

from __future__ import annotations

import json
from pathlib import Path

from benches.report import Row
from checks.godot_tests import troubles
from provision import processes
from provision.console import Console, SetupError
from provision.paths import Cache, Checkout
from provision.ready import ensure_ready

PEER = "plain GDScript"
SECONDS = 540.0
GOALS = {
    "one forward pass a call": 90,
    "a population of 1024 in one call": 1_000,
    "1024 agents of one network in one call": 1_000,
    "sort of 100": 100,
    "mutation of 1000": 500,
    "crossover of 1000": 500,
    "species of 150": 100,
    "a generation of 167 without evaluation": 200,
    "50 generations of 167 on XOR": 200,
    "saving a population of 1000": 100,
    "loading a population of 1000": 100,
}


def measure(checkout: Checkout, cache: Cache, console: Console) -> list[Row]:
    ready = ensure_ready(False, checkout, cache, console)
    script = checkout.root / "bench" / "godot" / "bench.gd"
    # --fixed-fps as two arguments: as one string the engine ignores it.
    engine: list[str | Path] = [ready.godot, "--headless", "--fixed-fps", "60", "--path", checkout.project]
    lines: list[str] = []
    with console.step("Measuring ours and plain GDScript in turn", "Ours and GDScript are measured"):
        outcome = processes.run([*engine, "--script", script], seconds=SECONDS, on_line=lines.append)
        problems = troubles(lines)
        # Scripts that fail may still end with code 0; only the closing line says that all were measured.
        if not outcome.ok or problems or "done" not in lines:
            said = problems[0] if problems else outcome.tail.strip()[-600:]
            raise SetupError(f"A measurement ended with exit code {outcome.code}: {said}")
    return [row_of(json.loads(line)) for line in lines if line.startswith("{")]


def row_of(measured: dict[str, object]) -> Row:
    name, unit, ours, peer = (measured[key] for key in ("name", "unit", "ours", "peer"))
    assert isinstance(ours, float)
    assert isinstance(peer, float)
    ratio = peer / ours
    goal = next((goal for begin, goal in GOALS.items() if str(name).startswith(begin)), None)
    said = "to be quicker" if goal is None else f"at least {goal}x"
    return Row(str(name), str(unit), ours, peer, PEER, said, ratio, ratio >= (goal or 1))
