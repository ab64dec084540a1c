"""Suite soak: `evolve serve` for a while under callers of all kinds, that are killed, crooked and slow.

No time is measured. What counts is that everybody gets the right answer or an allowed refusal, and that
neither memory nor open files grow: once all callers are dead, the server has to be what it was.
"""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

from benches.report import Row
from provision import processes
from provision.console import Console, SetupError
from provision.paths import Cache, Checkout, make_folder
from provision.ready import ensure_ready

SECONDS = 120.0
# What the server's start and its end may take beside that.
LIMIT_SECONDS = 180.0
# Of memory, over the second half: less than that is how the allocator happens to lay things out.
GROWTH_MEGABYTES = 2.0

Sample = dict[str, float]


def measure(checkout: Checkout, cache: Cache, console: Console, seconds: float = SECONDS) -> list[Row]:
    if not Path("/proc/self/status").exists():
        raise SetupError("The soak suite reads the server's memory from /proc: it needs Linux.")
    python = ensure_ready(True, checkout, cache, console).python
    script = checkout.root / "bench" / "inference" / "soak.py"
    samples: list[Sample] = []
    summary: dict[str, Any] = {}

    def follow(line: str) -> None:
        entry = json.loads(line) if line.startswith("{") else {}
        if "summary" in entry:
            summary.update(entry["summary"])
        elif entry:
            samples.append(entry)
            console.progress(f"{entry['seconds']:.0f} s: {entry['memory_mb']:.0f} MB, {entry['files']} files")

    with (
        tempfile.TemporaryDirectory(prefix="evolve-soak-") as folder,
        console.step(f"Asking evolve serve for {seconds:g} s", "The soak is over"),
    ):
        outcome = processes.run(
            [python, script, folder, str(seconds)],
            environment={**os.environ, "PYTHONPATH": str(checkout.root / "py_orchestrator" / "src")},
            seconds=seconds + LIMIT_SECONDS,
            on_line=follow,
        )
    if not outcome.ok or not summary:
        raise SetupError(f"The soak ended with exit code {outcome.code}: {outcome.tail.strip()[-600:]}")
    for sentence in summary["failures"]:
        console.say(f"failure: {sentence}")
    write_samples(checkout.root / "bench" / "results" / "soak-memory.csv", samples)
    return rows_of(samples, summary)


def rows_of(samples: list[Sample], summary: dict[str, Any]) -> list[Row]:
    rests = [one for one in samples if one["rests"]]
    growth = growth_of(rests)
    failures, code = len(summary["failures"]), summary["exit_code"]
    left = float(summary["files_left"])
    what = f"{summary['kills']} callers killed, {summary['reloads']} reloads"
    return [
        Row(
            f"memory, growth over the second half of {samples[-1]['seconds']:.0f} s",
            "MB",
            growth,
            None,
            None,
            f"at most {GROWTH_MEGABYTES:g}",
            None,
            growth <= GROWTH_MEGABYTES,
        ),
        Row("memory at rest in the end", "MB", rests[-1]["memory_mb"], None, None, "-", None, met=True),
        Row("files left open", "count", left, None, None, "at most 0", None, left <= 0),
        Row("failures that are not allowed", "count", failures, None, None, "0", None, failures == 0),
        Row("exit code after SIGTERM", "code", code, None, None, "0", None, code == 0),
        Row(f"right answers; {what}", "count", summary["answers"], None, None, "-", None, met=True),
        Row("refused as it should be", "count", summary["refused"], None, None, "-", None, met=True),
    ]


def growth_of(rests: list[Sample]) -> float:
    """What the second half of the rests added, by the median slope of all pairs: no single one sways it."""
    half = rests[len(rests) // 2 :]
    slopes = [
        (later["memory_mb"] - earlier["memory_mb"]) / (later["seconds"] - earlier["seconds"])
        for earlier, later in combinations(half, 2)
    ]
    if not slopes:
        raise SetupError("The soak was too short to say anything: give it more --seconds.")
    return median(slopes) * (half[-1]["seconds"] - half[0]["seconds"])


def write_samples(path: Path, samples: list[Sample]) -> None:
    """The memory second by second, whole or not at all."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(samples[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(samples)
    temporary = make_folder(path.parent) / f".{path.name}.part"
    temporary.write_text(text.getvalue(), encoding="utf-8")
    os.replace(temporary, path)
