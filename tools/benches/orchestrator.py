"""Suite orchestrator: what the way over the wire costs, and how a scene trains on one, two and four workers.

The scene is trained in one engine first, without Python; then by the orchestrator, from the same seed. Whole
generations are compared, checkpoints included, so that nothing of the orchestrator is left out. Rounds take
turns, and the median counts.
"""

from __future__ import annotations

import csv
import json
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from benches.report import Row, compare
from benches.scenes import Bench, speed_of
from provision import processes
from provision.console import Console, SetupError
from provision.paths import Cache, Checkout
from provision.ready import Ready, ensure_ready

SCENE_NAME = "cars"
SCENE = "res://demos/cars/cars.tscn"
GENERATIONS = 12
# The first generations wait for workers that start, and for shaders and scripts that are read.
WARM_UP = 3
ROUNDS = 3
WORKERS = (1, 2, 4)
SECONDS = 540.0

ROUND_TRIP_GOAL = 400.0
EVALUATIONS_GOAL = 100_000.0
OVERHEAD_GOAL = 2.0
CEILING_GOAL = 0.8
# A run of a million generations would take 64 MB more.
MEMORY_GOAL = 64.0
FASTER_GOAL = 50.0
SMALLER_GOAL = 5.0


@dataclass(frozen=True)
class Pace:
    """How a run went, behind its warm-up."""

    seconds: float
    steps_per_second: float


@dataclass(frozen=True)
class Scenes:
    """Trains the scene in one engine, and by the orchestrator."""

    checkout: Checkout
    ready: Ready
    folder: Path

    def in_one_engine(self, turn: int) -> Pace:
        out = self.folder / f"engine-{turn}"
        words = ["--headless", "--fixed-fps", "60", "--path", str(self.checkout.project), SCENE, "--"]
        words += ["--evolve-generations", str(GENERATIONS), "--evolve-seed", "7", "--evolve-out", str(out)]
        run([self.ready.godot, *words], {})
        return pace(out)

    def by_workers(self, workers: int, turn: int) -> Pace:
        out = self.folder / f"workers-{workers}-{turn}"
        scene = self.checkout.project / SCENE.removeprefix("res://")
        words = ["train", str(scene), "--generations", str(GENERATIONS), "--seed", "7", "--quiet"]
        words += ["--workers", str(workers), "--out", str(out)]
        run([self.ready.python, "-m", "evolve", *words], {"GODOT": str(self.ready.godot)})
        return pace(out)


def measure(checkout: Checkout, cache: Cache, console: Console) -> list[Row]:
    ready = ensure_ready(False, checkout, cache, console)
    with tempfile.TemporaryDirectory(prefix="evolve-bench-") as folder:
        with console.step("Sending frames to and fro", "Frames were sent to and fro"):
            rows = wire_rows(checkout, ready, Path(folder))
        return rows + scene_rows(Scenes(checkout, ready, Path(folder)), console)


def wire_rows(checkout: Checkout, ready: Ready, folder: Path) -> list[Row]:
    lines: list[str] = []
    script = checkout.root / "bench" / "orchestrator" / "measure.py"
    run([ready.python, script, folder], {}, lines)
    found = {entry["name"]: entry for entry in map(json.loads, lines)}
    trip = found["round trip of one unit"]
    rows = [
        ratio_row(name, found[name], goal)
        for name, goal in (
            ("1,000 genomes written, JSON arrays as lists", FASTER_GOAL),
            ("1,000 genomes written, JSON a record a gene", FASTER_GOAL),
            ("1,000 genomes read, JSON arrays as lists", FASTER_GOAL),
            ("1,000 genomes read, JSON a record a gene", FASTER_GOAL),
            ("bytes of a genome, JSON arrays as lists", SMALLER_GOAL),
            ("bytes of a genome, JSON a record a gene", SMALLER_GOAL),
            ("4 MB to numpy", FASTER_GOAL),
        )
    ]
    rows += [
        compare(
            "round trip of one unit, encoding and decoding included",
            "µs",
            trip["ours"],
            {"the bare frames": trip["bare"]},
            goal=ROUND_TRIP_GOAL,
            higher_is_better=False,
        )
    ]
    for workers in (1, 2):
        name = f"evaluations over the wire, {workers} workers"
        rows.append(
            compare(
                f"{name}, population of 10,000",
                "evaluations/s",
                found[name]["ours"],
                {},
                goal=EVALUATIONS_GOAL,
                higher_is_better=True,
            )
        )
    for how, most in (("don't grow", MEMORY_GOAL), ("grow", None)):
        memory = found[f"memory over 1,000 generations, genomes that {how}"]
        name = f"memory that 1,000 generations add to {memory['bare'] / 1024:.0f} MB, genomes that {how}"
        rows.append(compare(name, "kB", memory["ours"], {}, goal=most, higher_is_better=False))
    return rows


def ratio_row(name: str, entry: dict[str, Any], goal: float) -> Row:
    """A row whose goal is a ratio to the best of the peers."""
    row = compare(name, entry["unit"], entry["ours"], entry["peers"], goal=None, higher_is_better=False)
    return replace(row, goal=f"at least {goal:g}x", met=row.ratio is not None and row.ratio >= goal)


def scene_rows(scenes: Scenes, console: Console) -> list[Row]:
    alone: list[Pace] = []
    farms: dict[int, list[Pace]] = {workers: [] for workers in WORKERS}
    ceilings: list[float] = []
    bench = Bench(scenes.checkout, scenes.ready.godot, None, console)
    for turn in range(1, ROUNDS + 1):
        with console.step(f"Training {SCENE_NAME}, round {turn} of {ROUNDS}", f"{SCENE_NAME} were trained"):
            alone.append(scenes.in_one_engine(turn))
            for workers, paces in farms.items():
                paces.append(scenes.by_workers(workers, turn))
            ceilings.append(speed_of(bench.laps(SCENE), "physics"))
    cores = os.cpu_count() or 1
    overhead = 100 * (_seconds(farms[1]) / _seconds(alone) - 1)
    name = f"{SCENE_NAME}, a generation with one worker over one in the engine alone"
    rows = [compare(name, "%", overhead, {}, goal=OVERHEAD_GOAL, higher_is_better=False)]
    for workers in WORKERS[1:]:
        ideal = min(workers, cores)
        gain = _seconds(farms[1]) / _seconds(farms[workers])
        name = f"{SCENE_NAME}, {workers} workers over one, {cores} cores"
        rows.append(Row(name, "times", gain, float(ideal), "ideal", "-", gain / ideal, met=True))
    for workers in WORKERS[:2]:
        speed = median(one.steps_per_second for one in farms[workers])
        ceiling = workers * median(ceilings)
        part = speed / ceiling
        name, goal = f"{SCENE_NAME}, {workers} workers", f"at least {CEILING_GOAL:g}x"
        rows.append(
            Row(name, "agent-steps/s", speed, ceiling, "physics alone", goal, part, part >= CEILING_GOAL)
        )
    return rows


def pace(folder: Path) -> Pace:
    """The median generation of a run behind its warm-up."""
    with (folder / "metrics.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[WARM_UP:]
    seconds = [float(row["seconds"]) for row in rows]
    return Pace(median(seconds), sum(int(row["steps"]) for row in rows) / sum(seconds))


def run(command: list[str | Path], environment: dict[str, str], lines: list[str] | None = None) -> None:
    follow = None if lines is None else lines.append
    outcome = processes.run(
        command, environment={**os.environ, **environment}, seconds=SECONDS, on_line=follow
    )
    if not outcome.ok:
        raise SetupError(f"A run ended with exit code {outcome.code}: {outcome.tail.strip()[-600:]}")


def _seconds(paces: list[Pace]) -> float:
    return median(one.seconds for one in paces)
