"""Conducts the set-up: which steps there are, in which order, and what they leave behind.

Silent and quick when nothing is to be done. Never does a step's work itself.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from provision import godot, toolchain
from provision.console import Console, SetupError, duration, megabytes
from provision.paths import Cache, Checkout, cache_lock, make_folder, this_checkout, user_cache
from provision.project import ProjectStep
from provision.python_env import PythonStep
from provision.rust import RustStep

# What a build that is stopped by a full disk would need: crates 900 MB, environment 430 MB.
SPACE = 300_000_000


@dataclass(frozen=True)
class Ready:
    """What a command needs to know of the finished set-up."""

    godot: Path
    godot_version: str
    godot_source: str
    python: Path


class Step(Protocol):
    def is_done(self) -> bool: ...

    def run(self, console: Console) -> None: ...


def ensure_ready(
    development: bool,
    checkout: Checkout | None = None,
    cache: Cache | None = None,
    console: Console | None = None,
) -> Ready:
    """Set up whatever is missing. A no-op takes about 0.3 s, most of it starting Python and rustc."""
    checkout = checkout or this_checkout()
    cache = cache or user_cache()
    console = console or Console()
    ready = _already_ready(checkout, cache, development)
    if ready is not None:
        return ready
    started = time.monotonic()
    console.say("Evolve sets up what is missing or has changed.")
    with cache_lock(cache, lambda: console.say("Waiting for another set-up that is at work ...")):
        # Whoever lacks a compiler should hear it at once, not after a download of 150 MB.
        if not RustStep(checkout, cache).is_done():
            toolchain.require_cargo()
            toolchain.require_c_compiler()
        engine = _engine(cache, console)
        for step in _steps(checkout, cache, development, engine):
            if not step.is_done():
                _require_space(checkout.root)
                step.run(console)
    console.say(f"Evolve is set up ({duration(time.monotonic() - started)}).")
    return _ready(checkout, engine)


def _already_ready(checkout: Checkout, cache: Cache, development: bool) -> Ready | None:
    engine = godot.find(cache)
    if engine is None or not all(step.is_done() for step in _steps(checkout, cache, development, engine)):
        return None
    return _ready(checkout, engine)


def _ready(checkout: Checkout, engine: godot.Engine) -> Ready:
    return Ready(engine.path, engine.version, engine.source, checkout.python)


def _engine(cache: Cache, console: Console) -> godot.Engine:
    engine = godot.find(cache)
    if engine is None:
        with console.step("Fetching the Godot engine", "The Godot engine is ready"):
            engine = godot.provision(cache, console)
    return engine


def _steps(checkout: Checkout, cache: Cache, development: bool, engine: godot.Engine) -> Iterator[Step]:
    yield PythonStep(checkout, development)
    yield RustStep(checkout, cache)
    yield ProjectStep(checkout, engine)


def _require_space(folder: Path) -> None:
    free = shutil.disk_usage(make_folder(folder)).free
    if free < SPACE:
        raise SetupError(
            f"Only {megabytes(free)} are free on the disk of {folder}, "
            f"and the set-up needs {megabytes(SPACE)}: free some space, then run this again."
        )
