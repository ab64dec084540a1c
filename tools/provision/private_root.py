"""Turns a heap of Debian packages into a folder whose programs run with their own libraries.

Never looks at the system's libraries and never changes anything outside its folder.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from provision import processes
from provision.console import Console, SetupError

# Documentation and translations of 122 packages: 20 MB that an engine never opens.
UNUSED = ("doc", "man", "locale", "lintian", "bug", "info")


def build(archives: list[Path], root: Path, programs: Sequence[str], console: Console) -> Path:
    """Unpack into `root` under a temporary name, make it run from there, then give it its name."""
    building = root.with_name(root.name + ".part")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    for number, archive in enumerate(archives, start=1):
        console.progress(f"unpacking: {number} of {len(archives)}")
        outcome = processes.run(["dpkg-deb", "-x", archive, building])
        if not outcome.ok:
            # A damaged download would fail again on every later run.
            archive.unlink(missing_ok=True)
            raise SetupError(f"unpacking {archive.name} failed: {outcome.tail[-300:]}")
    for name in UNUSED:
        shutil.rmtree(building / "usr" / "share" / name, ignore_errors=True)
    _make_self_contained(building, root, programs)
    shutil.rmtree(root, ignore_errors=True)
    os.replace(building, root)
    return root


def _make_self_contained(building: Path, root: Path, programs: Sequence[str]) -> None:
    loader = find_loader(building)
    libraries = loader.parent
    patchelf: list[str | Path] = [loader, "--library-path", libraries, building / "usr" / "bin" / "patchelf"]
    for program in (building / "usr" / "bin" / name for name in programs):
        _run([*patchelf, "--set-interpreter", root / loader.relative_to(building), program])
        # DT_RPATH, not RUNPATH: it also serves the libraries' own dependencies and what they open at
        # run time, and LD_LIBRARY_PATH of the user's shell does not come before it.
        run_path = f"$ORIGIN/{os.path.relpath(libraries, program.parent)}"
        _run([*patchelf, "--force-rpath", "--set-rpath", run_path, program])
    for library in sorted(libraries.glob("*.so*")):
        if library.is_file() and not library.is_symlink():
            _localise(patchelf, library)


def find_loader(root: Path) -> Path:
    found = sorted(root.glob("usr/lib/*/ld-linux*.so.*")) + sorted(root.glob("lib/*/ld-linux*.so.*"))
    if not found:
        raise SetupError("the packages hold no program loader (ld-linux)")
    return found[0]


def _localise(patchelf: list[str | Path], library: Path) -> None:
    """A library with a run path of its own ignores the program's, so ours has to be in it."""
    asked = subprocess.run([*patchelf, "--print-rpath", library], capture_output=True, text=True, check=False)
    run_path = asked.stdout.strip()
    if asked.returncode == 0 and run_path:
        _run([*patchelf, "--set-rpath", local_run_path(run_path, library.parent.name), library])


def local_run_path(run_path: str, triplet: str) -> str:
    """The same folders as seen from the library: `/usr/lib/<triplet>/x` becomes `$ORIGIN/x`."""
    parts = ["$ORIGIN"]
    for part in run_path.split(":"):
        local = re.sub(rf"^(?:/usr)?/lib/{re.escape(triplet)}(?=/|$)", "$ORIGIN", part)
        if local not in parts:
            parts.append(local)
    return ":".join(parts)


def _run(command: list[str | Path]) -> None:
    outcome = processes.run(command)
    if not outcome.ok:
        raise SetupError(f"preparing {Path(command[-1]).name} failed: {outcome.tail[-300:]}")
