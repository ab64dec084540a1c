"""A file that is read anew when it changes; one that went bad or away changes nothing."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final, Generic, TypeVar

from evolve.errors import EvolveUserError

_LOG: Final = logging.getLogger("evolve.serving")
# A look costs a microsecond: once a second nobody notices.
_SECONDS_BETWEEN_LOOKS: Final = 1.0
Content = TypeVar("Content")


class WatchedFile(Generic[Content]):
    """What `read` makes of a file, as it was at most a second ago."""

    def __init__(self, path: Path, read: Callable[[Path], Content], clock: Callable[[], float]) -> None:
        self._path = path
        self._read = read
        self._clock = clock
        self._stamp = _stamp(path)
        self._looked = clock()
        self._content = read(path)

    def content(self) -> Content:
        now = self._clock()
        if now - self._looked >= _SECONDS_BETWEEN_LOOKS:
            self._looked = now
            self._look()
        return self._content

    def _look(self) -> None:
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._content = self._read(self._path)
        except EvolveUserError as error:
            _LOG.warning("%s; what it said before holds", error)
        else:
            _LOG.info("%s has changed and was read anew", self._path)


def read_small(path: Path, maximum: int, what: str) -> bytes:
    """A file's bytes; EvolveUserError when it cannot be read or is larger than any such file."""
    try:
        with path.open("rb") as file:
            data = file.read(maximum + 1)
    except OSError as error:
        raise EvolveUserError(f"{what} {path} cannot be read: {error.strerror or error}") from error
    if len(data) > maximum:
        raise EvolveUserError(f"{what} {path} has more than {maximum} bytes: name another file")
    return data


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except OSError:
        return (0, 0, 0)
    return (status.st_mtime_ns, status.st_size, status.st_ino)
