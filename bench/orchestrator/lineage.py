"""What it costs a run to keep who descended from whom: time and room for each generation.

    lineage.py [MEMBERS [GENERATIONS]]

Reports of a real run of xor go into two histories, into one of them without
the births.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from evolve import Evolution, complete_config, world_config
from evolve.storage.history import History

if TYPE_CHECKING:
    from evolve._native import GenerationReport


def main(members: int, generations: int) -> None:
    """Measure both, taking turns generation by generation."""
    config = json.loads(world_config("xor"))
    config["populations"][0]["size"] = members
    evolution = Evolution(complete_config(json.dumps(config)), 7)
    with tempfile.TemporaryDirectory(prefix="evolve-bench-") as folder:
        paths = [Path(folder) / name for name in ("with.sqlite", "without.sqlite")]
        histories = [History.begin(path, {}, 0, [], print) for path in paths]
        seconds = [0.0, 0.0, 0.0]
        for _ in range(generations):
            started = time.process_time()
            report = next_report(evolution)
            times = [time.process_time() - started]
            for history, births in zip(histories, (report["lineage"], []), strict=True):
                started = time.process_time()
                history.append({**report, "lineage": births}, 0.0, {})
                times.append(time.process_time() - started)
            seconds = [total + one for total, one in zip(seconds, times, strict=True)]
        for history in histories:
            history.close()
        sizes = [path.stat().st_size for path in paths]
    played, kept, bare = (1e3 * total / generations for total in seconds)
    print(
        f"{members:,} members, {generations:,} generations: {played:.2f} ms a generation to play and breed, "
        f"{kept:.2f} ms for its history, {bare:.2f} ms of it without births; "
        f"{sizes[0] / 1e6:.1f} MB with births, {sizes[1] / 1e6:.1f} MB without"
    )


def next_report(evolution: Evolution) -> "GenerationReport":
    """Play and breed a generation."""
    while True:
        batch = evolution.ask(1 << 20)
        assert batch is not None
        report = evolution.tell(batch.evaluate("xor"))["report"]
        if report is not None:
            return report


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*given, *[150, 1_000][len(given) :])
