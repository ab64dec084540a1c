"""The `tools/bench` command: runs suites, prints their tables, writes their results.

Never judges by absolute times alone: each row has the best peer of the same run beside it. A missed
goal is no failure of the command; it stands in the table for everybody to see.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from benches import chaos, core, godot, inference, nsga2, orchestrator, report, scenes, soak
from benches.report import Row
from provision.console import Console, duration
from provision.paths import this_checkout, user_cache

Suite = Callable[..., list[Row]]

SUITES: dict[str, tuple[str, Suite]] = {
    "chaos": ("a run whose workers and orchestrators are killed, beside an undisturbed one", chaos.measure),
    "core": ("operators and generations in Rust, beside genoxide and neat-python", core.measure),
    "godot": ("the native Godot classes, beside plain GDScript in one engine", godot.measure),
    "inference": (
        "evolve serve by each of its doors, beside the model alone and four other servers",
        inference.measure,
    ),
    "nsga2": ("selection and NSGA-II from Python, beside moocore and pymoo", nsga2.measure),
    "orchestrator": ("what the wire costs, and a scene on one, two and four workers", orchestrator.measure),
    "scenes": ("whole demos in Godot, beside their physics alone and Godot RL Agents", scenes.measure),
    "soak": ("evolve serve for minutes or hours under callers that die, err and dawdle", soak.measure),
}


def main() -> int:
    options = _parse(sys.argv[1:])
    checkout, cache, console = this_checkout(), user_cache(), Console()
    for name in options.suite or list(SUITES):
        purpose, measure = SUITES[name]
        console.say(f"Suite {name}: {purpose}.")
        started = time.monotonic()
        more = {"seconds": options.seconds} if name == "soak" and options.seconds else {}
        rows = measure(checkout, cache, console, **more)
        written = report.write(checkout.root / "bench" / "results", name, rows)
        print(report.table(rows))
        print(f"\n{name}: {len(rows)} rows in {duration(time.monotonic() - started)}; {written}")
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    lines = "\n".join(f"  {name:12} {purpose}" for name, (purpose, _) in SUITES.items())
    parser = argparse.ArgumentParser(
        prog="tools/bench",
        description="Measure Evolve beside its peers, in one run; results go to bench/results.",
        epilog=f"suites:\n{lines}\n\nPeers are installed into the cache, never into your environment.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "suite",
        nargs="*",
        choices=[*SUITES, []],
        metavar="SUITE",
        help="which suites; all when none is named",
    )
    parser.add_argument(
        "--seconds",
        type=float,
        metavar="N",
        help=f"how long the soak takes, at least 60 (default: {soak.SECONDS:g}; an hour says more)",
    )
    options = parser.parse_args(arguments)
    if options.seconds is not None and options.suite != ["soak"]:
        parser.error("--seconds is for the soak alone: tools/bench soak --seconds N")
    if options.seconds is not None and not 60 <= options.seconds < float("inf"):
        parser.error("--seconds: a soak takes 60 or more")
    return options
