"""The `tools/test` command: sets up, runs the suites one after the other, and closes with a count.

Never believes silence: a suite in which nothing was executed fails the run.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from checks import counting, lints
from checks.counting import Count
from checks.godot_tests import Driver
from provision import grpcurl, processes
from provision.console import Console, duration
from provision.paths import Cache, Checkout, this_checkout, user_cache
from provision.ready import Ready, ensure_ready
from provision.rust import cargo_environment

# Every crate but the two whose libraries only a host program (Godot, Python) can link.
RUST_CRATES = (
    "evolve-core",
    "evolve-format",
    "evolve-onnx",
    "evolve-worlds",
    "evolve-client",
    "evolve-sim",
)


@dataclass(frozen=True)
class Workshop:
    """What the suites need: where things are."""

    checkout: Checkout
    cache: Cache
    ready: Ready


def main() -> int:
    chosen = parse(sys.argv[1:])
    checkout, cache = this_checkout(), user_cache()
    shop = Workshop(checkout, cache, ensure_ready(development=True))
    counts = {name: _run_suite(name, shop) for name in SUITES if name in chosen}
    return close(counts)


def parse(arguments: list[str]) -> list[str]:
    """The suites asked for; all of them when none is named."""
    parser = argparse.ArgumentParser(
        prog="tools/test",
        description="Set up what is missing, then run every test there is; the last line counts them.",
    )
    parser.add_argument(
        "suites", nargs="*", metavar="SUITE", help=f"{', '.join(SUITES)}; all when none is named"
    )
    suites: list[str] = parser.parse_args(arguments).suites
    for name in suites:
        if name not in SUITES:
            parser.error(f"there is no suite {name}: name some of {', '.join(SUITES)}, or none for all")
    return suites or list(SUITES)


def close(counts: dict[str, Count]) -> int:
    """Print what was skipped and the closing line; 0 only when everything that ran passed."""
    total = Count()
    for name, count in counts.items():
        if count.executed == 0:
            count.failed += 1
            _say(f"{name}: no test was executed, which counts as a failure")
        total.add(count)
    if total.reasons:
        _say(f"\n{total.skipped} skipped; what was, and what else is noteworthy:")
        _say("\n".join(f"  {reason}" for reason in total.reasons))
    # Whoever reads it by machine knows this line, and nothing behind it.
    _say(f"\n{total.passed} passed, {total.failed} failed")
    return 1 if total.failed else 0


def _run_suite(name: str, shop: Workshop) -> Count:
    _say(f"\n{name}")
    started = time.monotonic()
    count = SUITES[name](shop)
    _say(f"{name}: {count} ({duration(time.monotonic() - started)})")
    return count


def run_lints(shop: Workshop) -> Count:
    return lints.run(shop.checkout, shop.cache, shop.ready, _say)


def run_rust(shop: Workshop) -> Count:
    which = ["--locked", *(part for crate in RUST_CRATES for part in ("-p", crate))]
    # The tests that are ignored by default are those that want the library.
    has_library = onnxruntime_folder(shop.checkout) is not None
    if not processes.run(["cargo", "nextest", "--version"], cwd=shop.checkout.rust).ok:
        every = ["--", "--include-ignored"] if has_library else []
        return _cargo(["cargo", "test", "--no-fail-fast", *which, *every], shop)
    every = ["--run-ignored", "all"] if has_library else []
    count = _cargo(["cargo", "nextest", "run", "--no-fail-fast", *which, *every], shop)
    # nextest does not run the examples in the documentation.
    count.add(_cargo(["cargo", "test", "--doc", *which], shop))
    return count


def onnxruntime_folder(checkout: Checkout) -> Path | None:
    """Where the wheel of the development environment has the library that Rust loads."""
    for packages in ("lib/python3*/site-packages", "Lib/site-packages"):
        for folder in checkout.environment.glob(f"{packages}/onnxruntime/capi"):
            return folder
    return None


def _cargo(command: list[str], shop: Workshop) -> Count:
    lines: list[str] = []

    def follow(line: str) -> None:
        lines.append(line)
        _say(line)

    environment = dict(cargo_environment(shop.cache))
    if (library := onnxruntime_folder(shop.checkout)) is not None:
        environment["EVOLVE_ONNXRUNTIME"] = str(library)
    outcome = processes.run(command, on_line=follow, cwd=shop.checkout.rust, environment=environment)
    return counting.with_exit_code(counting.of_cargo(lines), outcome.code, " ".join(command[:3]))


def run_python(shop: Workshop) -> Count:
    root = shop.checkout.root
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "junit.xml"
        command: list[str | Path] = [
            shop.ready.python,
            "-m",
            "pytest",
            "-c",
            root / "py_orchestrator" / "pyproject.toml",
        ]
        colour = ["--color=yes"] if sys.stdout.isatty() else []
        outcome = processes.run(
            [*command, "--rootdir", root, f"--junitxml={report}", *colour, *_python_tests(root)],
            on_line=_say,
            cwd=root,
            environment=_python_environment(shop),
        )
        count = counting.of_junit(report)
    if count is None:
        return Count(failed=1, reasons=[f"pytest ended with exit code {outcome.code} and left no report"])
    return counting.with_exit_code(count, outcome.code, "pytest")


def _python_environment(shop: Workshop) -> dict[str, str]:
    """Where the programs are that the tests call."""
    found = grpcurl.ensure(shop.cache, Console())
    folders = [str(shop.ready.python.parent), *([str(found.parent)] if found else [])]
    return {
        "GODOT": str(shop.ready.godot),
        "EVOLVE_CACHE": str(shop.cache.root),
        "PATH": os.pathsep.join([os.environ.get("PATH", os.defpath), *folders]),
    }


def _python_tests(root: Path) -> list[Path]:
    return [
        folder for folder in (root / "py_orchestrator" / "tests", root / "tools" / "tests") if folder.is_dir()
    ]


def run_godot(shop: Workshop) -> Count:
    return Driver(shop.ready.godot, shop.checkout.project, _say).run()


SUITES: dict[str, Callable[[Workshop], Count]] = {
    "lints": run_lints,
    "rust": run_rust,
    "python": run_python,
    "godot": run_godot,
}


def _say(text: str) -> None:
    print(text, flush=True)
