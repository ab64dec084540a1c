"""One orchestrator for one run folder.

The lock is the operating system's, held through an open file: it is gone the moment its process is, however
that one died, so that nobody ever has to delete a stale file.
"""

import os
import sys
from pathlib import Path
from typing import IO

from evolve.errors import EvolveUserError

if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[str]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FolderLock:
    """Holds a run folder until `release`."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "lock").open("a+")
        try:
            _take(self._file)
        except OSError:
            self._file.seek(0)
            holder = self._file.read().strip()
            self._file.close()
            raise EvolveUserError(
                f"another evolve{f' (process {holder})' if holder else ''} is training in {folder}: "
                "wait for it, stop it, or name another folder with --out FOLDER"
            ) from None
        if sys.platform != "win32":  # a locked byte of Windows cannot be read by the one who asks
            self._file.truncate(0)
            self._file.write(f"{os.getpid()}\n")
            self._file.flush()

    def release(self) -> None:
        self._file.close()
