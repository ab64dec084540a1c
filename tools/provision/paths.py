"""Where things lie: one checkout, one cache per user, and the lock that guards the cache.

Never creates anything by being imported, and never touches a place outside these two trees.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from provision.console import SetupError

OPERATING_SYSTEM = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
ARCHITECTURE = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine().lower(), "x86_64")
LIBRARY_SUFFIX = {"windows": "dll", "macos": "dylib"}.get(OPERATING_SYSTEM, "so")
LIBRARY_PREFIX = "" if OPERATING_SYSTEM == "windows" else "lib"
PROGRAM_SUFFIX = ".exe" if OPERATING_SYSTEM == "windows" else ""


@dataclass(frozen=True)
class Checkout:
    """One clone of the repository. Tests build one in a temporary folder."""

    root: Path

    @property
    def rust(self) -> Path:
        return self.root / "rust"

    @property
    def addons(self) -> Path:
        return self.root / "addons"

    @property
    def project(self) -> Path:
        return self.root / "godot_project"

    @property
    def python_source(self) -> Path:
        return self.root / "py_orchestrator" / "src"

    @property
    def requirements(self) -> Path:
        return self.root / "tools" / "requirements"

    @property
    def stamps(self) -> Path:
        return self.root / ".setup"

    @property
    def environment(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        if OPERATING_SYSTEM == "windows":
            return self.environment / "Scripts" / "python.exe"
        return self.environment / "bin" / "python"

    @property
    def native_library(self) -> Path:
        # Godot asks for one library for both kinds of Mac; a build at home serves its own kind only.
        architecture = "universal" if OPERATING_SYSTEM == "macos" else ARCHITECTURE
        name = f"libevolve_native.{OPERATING_SYSTEM}.{architecture}.{LIBRARY_SUFFIX}"
        return self.addons / "evolve" / "bin" / name

    @property
    def python_extension(self) -> Path:
        name = "_native.pyd" if OPERATING_SYSTEM == "windows" else "_native.abi3.so"
        return self.python_source / "evolve" / name

    @property
    def simulator(self) -> Path:
        return self.root / "tools" / "bin" / f"evolve-sim{PROGRAM_SUFFIX}"


@dataclass(frozen=True)
class Cache:
    """What clones of one user share: the engine and the compiled crates."""

    root: Path

    @property
    def engine(self) -> Path:
        return self.root / "engine"

    @property
    def display(self) -> Path:
        return self.root / "display"

    @property
    def programs(self) -> Path:
        """What tests call and no user needs."""
        return self.root / "programs"

    @property
    def cargo_target(self) -> Path:
        return self.root / "target"


def this_checkout() -> Checkout:
    return Checkout(Path(__file__).resolve().parents[2])


def user_cache() -> Cache:
    named = os.environ.get("EVOLVE_CACHE")
    if named:
        return Cache(Path(named).expanduser().absolute())
    return Cache(_platform_cache_folder() / "evolve")


def _platform_cache_folder() -> Path:
    if OPERATING_SYSTEM == "windows":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if OPERATING_SYSTEM == "macos":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def make_folder(folder: Path) -> Path:
    """Create a folder and make sure that it can be written, or say in a sentence why not."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"The folder {folder} cannot be made ({error.strerror}): {_elsewhere(folder)}"
        ) from error
    if not os.access(folder, os.W_OK):
        raise SetupError(f"The folder {folder} cannot be written: {_elsewhere(folder)}")
    return folder


def _elsewhere(folder: Path) -> str:
    if folder.is_relative_to(this_checkout().root):
        return "make it writable, or clone Evolve into a folder of your own."
    return "make it writable, or name another folder in the environment variable EVOLVE_CACHE."


@contextmanager
def cache_lock(cache: Cache, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the cache for one set-up at a time; the system frees it if this process dies."""
    with (make_folder(cache.root) / "lock").open("a+") as handle:
        if not _try_lock(handle):
            waiting()
            while not _try_lock(handle):
                time.sleep(0.2)
        yield


def _try_lock(handle: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
