"""One orchestrator for one run folder.

The lock is the operating system's, held through an open file: it is gone the moment its process is, however
that one died, so that nobody ever has to delete a stale file.
"""

import os
import sys
import time
from pathlib import Path
from typing import IO, Final

from evolve.errors import EvolveUserError

_NAME: Final = "lock"
# Whoever asks who trains here (`is_held`) has the lock for a moment.
_TRIES: Final = 3
_PAUSE_SECONDS: Final = 0.05

if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[str]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _try(file: IO[str]) -> None:
        _take(file)
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _take(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _try(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)


class FolderLock:
    """Holds a run folder until `release`."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / _NAME).open("a+")
        if not self._taken():
            self._file.seek(0)
            holder = self._file.read().strip()
            self._file.close()
            raise EvolveUserError(
                f"another evolve{f' (process {holder})' if holder else ''} is training in {folder}: "
                "wait for it, stop it, or name another folder with --out FOLDER"
            )
        if sys.platform != "win32":  # a locked byte of Windows cannot be read by the one who asks
            self._file.truncate(0)
            self._file.write(f"{os.getpid()}\n")
            self._file.flush()

    def release(self) -> None:
        self._file.close()

    def _taken(self) -> bool:
        for last in range(_TRIES):
            try:
                _take(self._file)
            except OSError:
                time.sleep(_PAUSE_SECONDS if last < _TRIES - 1 else 0)
            else:
                return True
        return False


def is_held(folder: Path) -> bool | None:
    """Whether a program trains in the folder; None where nobody took the lock ever, as Godot's own runs."""
    try:
        with (folder / _NAME).open() as file:
            _try(file)
    except FileNotFoundError:
        return None
    except OSError:
        return True
    return False
