"""A file of keys that is read anew when it changes, so that a key can be added or revoked while serving."""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from evolve.errors import EvolveUserError, storage_error
from evolve.serving.security.keys import KeyRing, read_keys, write_keys
from evolve.storage.durable import write_durably

_LOG: Final = logging.getLogger("evolve.serving")
# A look costs a microsecond: once a second nobody notices.
_SECONDS_BETWEEN_LOOKS: Final = 1.0
_OTHERS_MAY_WRITE: Final = 0o002
_MAXIMUM_BYTES: Final = 8 * 1024 * 1024


class KeysFile:
    """The keys of a file. A file that went bad or away changes nothing: the keys from before hold."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self.path = path
        self._clock = clock
        self._stamp = _stamp(path)
        self._looked = clock()
        self._ring = load_keys(path)

    def ring(self) -> KeyRing:
        """The keys as the file has them, at most a second ago."""
        now = self._clock()
        if now - self._looked >= _SECONDS_BETWEEN_LOOKS:
            self._looked = now
            self._look()
        return self._ring

    def _look(self) -> None:
        stamp = _stamp(self.path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._ring = load_keys(self.path)
        except EvolveUserError as error:
            _LOG.warning("%s; the keys from before hold", error)
        else:
            _LOG.info("%s has changed: %d keys hold now", self.path, len(self._ring.keys))


def load_keys(path: Path) -> KeyRing:
    """Read a file of keys, or say in a sentence why not."""
    try:
        status = path.stat()
        data = path.read_bytes() if status.st_size <= _MAXIMUM_BYTES else b""
    except OSError as error:
        raise EvolveUserError(f"the keys in {path} cannot be read: {error.strerror or error}") from error
    if status.st_size > _MAXIMUM_BYTES:
        raise EvolveUserError(f"{path} is no file of keys: it has more than {_MAXIMUM_BYTES} bytes")
    if os.name != "nt" and status.st_mode & _OTHERS_MAY_WRITE:
        raise EvolveUserError(f"everybody may write to {path} and make a key: 'chmod o-w {path}'")
    return read_keys(data, str(path))


def save_keys(path: Path, ring: KeyRing) -> None:
    """Replace the file of keys as a whole."""
    try:
        write_durably(path, write_keys(ring))
    except OSError as error:
        raise storage_error(error, path) from error


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except OSError:
        return (0, 0, 0)
    return (status.st_mtime_ns, status.st_size, status.st_ino)
