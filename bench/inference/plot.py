"""Draws what measure.py printed: throughput and latency of each door, by the rows of a request.

plot.py LINES IMAGE
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt


def main(lines: Path, image: Path) -> None:
    doors: dict[str, list[dict[str, float]]] = defaultdict(list)
    for line in lines.read_text(encoding="utf-8").splitlines():
        if line.startswith("{"):
            entry = json.loads(line)
            doors[entry["door"]].append(entry)
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.5))
    for door, entries in doors.items():
        rows = [entry["rows"] for entry in entries]
        (drawn,) = left.plot(
            rows, [entry["rows"] * entry["per_second"] for entry in entries], "o-", label=door
        )
        right.plot(rows, [entry["p50_ms"] for entry in entries], "o-", color=drawn.get_color())
        right.plot(rows, [entry["p99_ms"] for entry in entries], "o:", color=drawn.get_color())
    left.set_ylabel("rows a second")
    right.set_ylabel("milliseconds to the answer: half of them, and 99 % (dotted)")
    for axes in (left, right):
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        axes.set_xlabel("rows of a request")
        axes.grid(alpha=0.3)
    left.legend()
    figure.tight_layout()
    figure.savefig(image, dpi=110)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
