"""Finds an engine: the one named, the one on the PATH, one made earlier, or a new private one.

Never settles for less than the user named: a bad GODOT is an error, not a reason to look on.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from provision import debian, official
from provision.console import Console, SetupError, megabytes
from provision.paths import OPERATING_SYSTEM, Cache, make_folder
from provision.probes import Probes

NAMES = ("godot4", "godot")
# Debian's packages and what is in them at once; the official release needs a third of it.
ENGINE_SPACE = 1_000_000_000


@dataclass(frozen=True)
class Engine:
    path: Path
    version: str
    source: str


@dataclass(frozen=True)
class Attempt:
    """One way that was tried, and why it did not lead to an engine."""

    way: str
    reason: str


def find(cache: Cache, attempts: list[Attempt] | None = None) -> Engine | None:
    """The engine that is already there; the ways that failed are appended to `attempts`."""
    attempts = [] if attempts is None else attempts
    probes = Probes(cache.root / "engines.json")
    named = os.environ.get("GODOT")
    if named:
        return _named(named, probes)
    for name in NAMES:
        on_path = shutil.which(name)
        if on_path is None:
            attempts.append(Attempt(f"{name} on the PATH", "there is none"))
            continue
        answer = probes.ask(Path(on_path))
        if answer.version:
            return Engine(Path(on_path).absolute(), answer.version, "PATH")
        attempts.append(Attempt(f"{on_path}", answer.reason))
    for source, path in (
        ("official release", official.program(cache.engine)),
        ("Debian", _debian_program(cache)),
    ):
        if path.is_file():
            answer = probes.ask(path)
            if answer.version:
                return Engine(path, answer.version, source)
            attempts.append(Attempt(f"the engine made earlier ({path})", answer.reason))
    return None


def _named(named: str, probes: Probes) -> Engine:
    found = shutil.which(named)
    if found is None:
        raise SetupError(
            f"GODOT names {named}, which is not a program: correct the variable, "
            "or unset it to let Evolve find an engine."
        )
    answer = probes.ask(Path(found))
    if not answer.version:
        raise SetupError(
            f"GODOT names {named}, but {answer.reason}: name another engine, "
            "or unset GODOT to let Evolve find one."
        )
    return Engine(Path(found).absolute(), answer.version, "GODOT")


def _debian_program(cache: Cache) -> Path:
    return cache.engine / "debian" / "usr" / "bin" / "godot"


def provision(cache: Cache, console: Console) -> Engine:
    """The engine that is there, or a new private one; the error tells everything that was tried."""
    attempts: list[Attempt] = []
    engine = find(cache, attempts)
    if engine is not None:
        return engine
    require_space(cache.engine)
    try:
        official.provision(cache.engine, console)
    except SetupError as error:
        attempts.append(Attempt("the official release", str(error)))
    else:
        return _accept(cache, attempts)
    console.say(f"  The official release is out of reach ({attempts[-1].reason}).")
    closed = debian.is_usable()
    if closed:
        attempts.append(Attempt("Debian's package", closed))
        raise SetupError(_nothing_worked(attempts))
    console.say("  Taking Debian's package into a private folder instead.")
    try:
        debian.provision(cache.engine, console)
    except SetupError as error:
        attempts.append(Attempt("Debian's package", str(error)))
        raise SetupError(_nothing_worked(attempts)) from error
    return _accept(cache, attempts)


def require_space(folder: Path) -> None:
    """Before anything is tried: no other source would fit either."""
    free = shutil.disk_usage(make_folder(folder)).free
    if free < ENGINE_SPACE:
        raise SetupError(
            f"The engine needs {megabytes(ENGINE_SPACE)} in {folder} and {megabytes(free)} are free: "
            "free some space, or name a folder on another disk in EVOLVE_CACHE."
        )


def _accept(cache: Cache, attempts: list[Attempt]) -> Engine:
    engine = find(cache, attempts)
    if engine is None:
        raise SetupError(_nothing_worked(attempts))
    _link(cache, engine)
    return engine


def _link(cache: Cache, engine: Engine) -> None:
    """A short name that scripts and people can rely on, whatever the source."""
    if OPERATING_SYSTEM == "windows":
        return
    temporary = cache.engine / "godot.part"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(engine.path)
    os.replace(temporary, cache.engine / "godot")


def _nothing_worked(attempts: list[Attempt]) -> str:
    tried = "\n".join(f"  - {attempt.way}: {attempt.reason}" for attempt in attempts)
    return (
        f"No Godot 4.4 or newer was found, and none could be fetched. Tried:\n{tried}\n"
        "Install Godot 4.4 or newer and put it on the PATH, "
        "or name its program in the environment variable GODOT."
    )
