"""The `tools/check` command: every lint, two at a time, each one line; details only on failure.

Two lanes, because cargo's own lock would make its lints wait for each other in any case.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from checks import godot_api, godot_types, tidiness
from checks.counting import Count
from provision import processes
from provision.paths import Cache, Checkout, this_checkout, user_cache
from provision.ready import Ready, ensure_ready
from provision.rust import cargo_environment
from provision.stamps import files_under

LINT_SECONDS = 900.0
TAIL_LINES = 200
SCRIPTS = ("evolve", "test", "check", "bench", "package", "screenshots")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    ok: bool
    output: str = ""


@dataclass(frozen=True)
class Lint:
    name: str
    run: Callable[[], Result]


def main() -> int:
    argparse.ArgumentParser(
        prog="tools/check", description="Run every lint and tidiness check; exit code 0 when all are clean."
    ).parse_args()
    count = run(
        this_checkout(), user_cache(), ensure_ready(development=True), lambda text: print(text, flush=True)
    )
    print(f"\n{count}")
    return 1 if count.failed else 0


def run(checkout: Checkout, cache: Cache, ready: Ready, say: Say) -> Count:
    count = Count()
    lock = threading.Lock()

    def work(lane: list[Lint]) -> None:
        for lint in lane:
            started = time.monotonic()
            result = lint.run()
            with lock:
                say(
                    f"{'ok    ' if result.ok else 'FAILED'}  {lint.name} ({time.monotonic() - started:.1f} s)"
                )
                if not result.ok:
                    say(_indented(result.output))
                count.add(Count(passed=1) if result.ok else Count(failed=1))

    with ThreadPoolExecutor(2) as pool:
        futures = [
            pool.submit(work, lane) for lane in (cargo_lane(checkout, cache), other_lane(checkout, ready))
        ]
        try:
            for future in futures:
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            processes.end_all()
            raise
    return count


def cargo_lane(checkout: Checkout, cache: Cache) -> list[Lint]:
    environment = cargo_environment(cache)
    strict = {**environment, "RUSTDOCFLAGS": "-D warnings"}

    def lint(name: str, arguments: str, environment: dict[str, str]) -> Lint:
        return Lint(name, partial(_command, ["cargo", *arguments.split()], environment, checkout.rust))

    return [
        lint("cargo fmt", "fmt --all --check", environment),
        lint("cargo clippy", "clippy --workspace --all-targets --locked -- -D warnings", environment),
        lint("cargo doc", "doc --workspace --no-deps --locked --lib", strict),
    ]


def other_lane(checkout: Checkout, ready: Ready) -> list[Lint]:
    lints = [*_python_lints(checkout, ready), *_gdscript_lints(checkout, ready)]
    lints += [Lint(name, partial(_rule, rule, checkout)) for name, rule in tidiness.RULES.items()]
    return lints


def _python_lints(checkout: Checkout, ready: Ready) -> list[Lint]:
    root, python = checkout.root, [str(ready.python), "-m"]
    scripts = [root / "tools" / name for name in SCRIPTS if (root / "tools" / name).is_file()]
    places = [str(place) for place in (root / "py_orchestrator", root / "tools", *scripts)]
    ruff_cache = ["--quiet", "--cache-dir", str(checkout.stamps / "ruff")]
    mypy = [*python, "mypy", "--strict", "--cache-dir", str(checkout.stamps / "mypy")]
    packages = [
        part
        for folder in sorted((root / "tools").glob("*/__init__.py"))
        for part in ("-p", folder.parent.name)
    ]
    evolve = ["--config-file", str(root / "py_orchestrator" / "pyproject.toml"), "-p", "evolve"]

    def lint(name: str, command: list[str], **environment: str) -> Lint:
        return Lint(name, partial(_command, command, environment, root))

    return [
        lint("ruff check", [*python, "ruff", "check", *ruff_cache, *places]),
        lint("ruff format", [*python, "ruff", "format", "--check", *ruff_cache, *places]),
        lint("mypy evolve", [*mypy, *evolve], MYPYPATH=str(checkout.python_source)),
        lint("mypy tools", [*mypy, *packages], MYPYPATH=str(root / "tools")),
    ]


def _gdscript_lints(checkout: Checkout, ready: Ready) -> list[Lint]:
    scripts = [str(file) for file in gdscript_files(checkout)]
    if not scripts:
        return []
    formatter = [str(ready.python), "-m", "gdtoolkit.formatter", "--check", *scripts]
    linter = [str(ready.python), "-m", "gdtoolkit.linter", *scripts]
    return [
        Lint("gdformat", partial(_command, formatter, {}, checkout.root)),
        Lint("gdlint", partial(_command, linter, {}, checkout.root)),
        Lint("GDScript types", partial(_types, checkout, ready.godot)),
        Lint("Godot 4.4 API", partial(_rule, godot_api.check, checkout)),
    ]


def gdscript_files(checkout: Checkout) -> list[Path]:
    """Each script once: the project's link to the add-on is not followed."""
    places = (checkout.addons, checkout.project, checkout.root / "bench")
    folders = [folder for folder in places if folder.is_dir()]
    return sorted(file for folder in folders for file in files_under(folder) if file.suffix == ".gd")


def _command(command: list[str], environment: dict[str, str], cwd: Path | None = None) -> Result:
    try:
        outcome = processes.run(
            command, environment=environment, cwd=cwd, seconds=LINT_SECONDS, tail_lines=TAIL_LINES
        )
    except FileNotFoundError:
        return Result(False, f"{command[0]} is missing")
    if outcome.timed_out:
        return Result(False, f"it took longer than {LINT_SECONDS:.0f} s\n{outcome.tail}")
    return Result(outcome.ok, f"$ {' '.join(command[:12])}\n{outcome.tail}")


def _types(checkout: Checkout, engine: Path) -> Result:
    return _verdict(godot_types.check(checkout, engine))


def _rule(rule: Callable[[Checkout], list[str]], checkout: Checkout) -> Result:
    return _verdict(rule(checkout))


def _verdict(findings: list[str]) -> Result:
    return Result(not findings, "\n".join(findings))


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
