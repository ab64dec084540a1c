"""Remembers what each step was made from, so that a run with nothing to do takes no time.

A stamp is a digest of a step's inputs, written only after the step succeeded. Never holds anything
that cannot be deleted: without stamps every step simply runs again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from provision.paths import make_folder

# Larger files (a native library) count by size and time: hashing them would cost the no-op run.
HASHED_BYTES = 1 << 20
SKIPPED_FOLDERS = frozenset({"target", ".godot", "__pycache__", ".git"})


class Stamps:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def matches(self, name: str, digest: str) -> bool:
        try:
            return (self._folder / name).read_text(encoding="ascii") == digest
        except (OSError, ValueError):
            return False

    def write(self, name: str, digest: str) -> None:
        temporary = make_folder(self._folder) / f"{name}.part"
        temporary.write_text(digest, encoding="ascii")
        os.replace(temporary, self._folder / name)

    def forget(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)


def digest_of(*inputs: object) -> str:
    return hashlib.sha256("\0".join(str(part) for part in inputs).encode()).hexdigest()


def digest_of_files(base: Path, files: Iterable[Path]) -> str:
    """One digest over names and contents, whatever order the system lists them in."""
    whole = hashlib.sha256()
    for file in sorted(files):
        whole.update(file.relative_to(base).as_posix().encode() + b"\0")
        status = file.stat()
        if status.st_size > HASHED_BYTES:
            whole.update(f"{status.st_size}/{status.st_mtime_ns}".encode())
        else:
            whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def files_under(folder: Path, skipped: frozenset[str] = SKIPPED_FOLDERS) -> Iterator[Path]:
    """Every file, not following links (the project's addons folder is one)."""
    for base, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in skipped and not is_link(Path(base, name))]
        yield from (Path(base, name) for name in names)


def is_link(path: Path) -> bool:
    """A symbolic link, or on Windows a junction, which Python 3.11 does not call a link."""
    try:
        status = path.lstat()
    except OSError:
        return False
    return path.is_symlink() or getattr(status, "st_reparse_tag", 0) == 0xA0000003


def replace_file(source: Path, destination: Path) -> bool:
    """Put a copy in place by renaming, so that a program that has the old one open keeps it.

    Copying over a loaded library is reported to crash the editor. An equal file stays untouched.
    """
    if destination.is_file() and destination.read_bytes() == source.read_bytes():
        return False
    temporary = make_folder(destination.parent) / f".{destination.name}.part"
    temporary.write_bytes(source.read_bytes())
    temporary.chmod(source.stat().st_mode)
    try:
        os.replace(temporary, destination)
    except PermissionError:
        # Windows refuses to replace a loaded library, but lets it be renamed out of the way.
        aside = destination.with_name(f".{destination.name}.{os.getpid()}.old")
        os.replace(destination, aside)
        os.replace(temporary, destination)
    return True
