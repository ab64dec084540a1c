"""Rows of measurements as a table, as JSON and as CSV.

Never measures anything itself.
"""

from __future__ import annotations

import csv
import io
import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

from provision.paths import make_folder


@dataclass(frozen=True)
class Row:
    """One figure of ours, the best peer's, and how they compare. A ratio above 1 is in our favour."""

    name: str
    unit: str
    ours: float
    peer: float | None
    peer_name: str | None
    goal: str
    ratio: float | None
    met: bool


def compare(
    name: str, unit: str, ours: float, peers: dict[str, float], *, goal: float | None, higher_is_better: bool
) -> Row:
    """A row against the best of the peers; met when the goal is reached, or without a goal the peer."""
    best = max if higher_is_better else min
    peer_name = best(peers, key=lambda peer: peers[peer]) if peers else None
    peer = peers[peer_name] if peer_name else None
    ratio = None if peer is None else (ours / peer if higher_is_better else peer / ours)
    if goal is None:
        return Row(name, unit, ours, peer, peer_name, "the best peer", ratio, ratio is None or ratio >= 1)
    met = ours >= goal if higher_is_better else ours <= goal
    sign = "at least" if higher_is_better else "at most"
    return Row(name, unit, ours, peer, peer_name, f"{sign} {figure(goal)}", ratio, met)


def figure(value: float | None) -> str:
    """Three significant digits, as people write them."""
    if value is None:
        return "-"
    for size, letter in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def table(rows: list[Row]) -> str:
    header = ("measurement", "unit", "ours", "best peer", "", "ratio", "goal", "met")
    lines = [header]
    for row in rows:
        ratio = "-" if row.ratio is None else f"{row.ratio:.2f}x"
        peer = (figure(row.peer), row.peer_name or "-")
        lines.append(
            (row.name, row.unit, figure(row.ours), *peer, ratio, row.goal, "yes" if row.met else "no")
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def write(folder: Path, suite: str, rows: list[Row]) -> str:
    """Write SUITE.json and SUITE.csv whole, by renaming; says where they are."""
    entries = [asdict(row) for row in rows]
    document = {"suite": suite, "machine": machine(), "rows": entries}
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(entries[0]) if entries else ["name"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(entries)
    for suffix, content in (("json", json.dumps(document, indent=2) + "\n"), ("csv", text.getvalue())):
        temporary = make_folder(folder) / f".{suite}.{suffix}.part"
        temporary.write_text(content, encoding="utf-8")
        os.replace(temporary, folder / f"{suite}.{suffix}")
    return f"written to bench/results/{suite}.json and .csv"


def machine() -> dict[str, str | int]:
    """What the figures depend on; never a host name."""
    return {
        "system": platform.system(),
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
