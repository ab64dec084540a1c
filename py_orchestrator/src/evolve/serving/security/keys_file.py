"""The file of keys, read and written as a whole; keys can be added and revoked while they are in use."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from evolve.errors import EvolveUserError, storage_error
from evolve.serving.security.keys import KeyRing, read_keys, write_keys
from evolve.serving.security.watched_file import WatchedFile, read_small
from evolve.storage.durable import write_durably

_OTHERS_MAY_WRITE: Final = 0o002
_MAXIMUM_BYTES: Final = 8 * 1024 * 1024


class KeysFile:
    """The keys of a file, as it is now."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._file = WatchedFile(path, load_keys, clock)

    def ring(self) -> KeyRing:
        return self._file.content()


def load_keys(path: Path) -> KeyRing:
    """Read a file of keys, or say in a sentence why not."""
    data = read_small(path, _MAXIMUM_BYTES, "the file of keys")
    if os.name != "nt" and path.stat().st_mode & _OTHERS_MAY_WRITE:
        raise EvolveUserError(f"everybody may write to {path} and make a key: 'chmod o-w {path}'")
    return read_keys(data, str(path))


def save_keys(path: Path, ring: KeyRing) -> None:
    """Replace the file of keys as a whole."""
    try:
        write_durably(path, write_keys(ring))
    except OSError as error:
        raise storage_error(error, path) from error
