"""Models that come over the network: to a file beside their place, tried, loaded, put in place, served.

Nothing of the repository changes before a model is warm; then one rename changes it. An upload that ends in
the middle, the service with it or not, leaves what was there.
"""

import asyncio
import os
import time
from contextlib import suppress
from secrets import token_hex
from typing import Any, Final

from evolve.serving.admission import Admission
from evolve.serving.errors import NotFound, Overloaded, StorageFailed, TooLarge
from evolve.serving.folder import Folder, check_name, check_version
from evolve.serving.model import Model
from evolve.serving.repository import Repository

# Each may take 256 MB of the disk, and minutes.
MAXIMUM_AT_ONCE: Final = 4
# What nobody has written to for so long was left behind by a service that was killed.
_SECONDS_TO_KEEP: Final = 3600.0
_BEGINNING: Final = ".upload-"


class Upload:
    """The file of a model that is on its way: the door's sink for the body."""

    def __init__(self, uploads: "Uploads", folder: Folder, name: str, version: str, replace: bool) -> None:
        self.name = name
        self.version = version
        self.replace = replace
        self.maximum_bytes = uploads.maximum_bytes
        self.path = folder.path / f"{_BEGINNING}{token_hex(8)}"
        self._uploads = uploads
        self._bytes = 0
        try:
            self._file = self.path.open("xb")
        except OSError as error:
            raise _failed(error) from error
        uploads.open.add(self)

    def write(self, piece: bytes) -> None:
        self._bytes += len(piece)
        if self._bytes > self.maximum_bytes:
            raise TooLarge(f"the model has more than {self.maximum_bytes} bytes")
        try:
            self._file.write(piece)
        except OSError as error:
            raise _failed(error) from error

    def close(self) -> None:
        """Have all of it on the disk; blocks."""
        try:
            with self._file:
                self._file.flush()
                os.fsync(self._file.fileno())
        except OSError as error:
            raise _failed(error) from error

    def discard(self) -> None:
        self._uploads.open.discard(self)
        with suppress(OSError):  # what is full cannot be flushed either
            self._file.close()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


class Uploads:
    """Those of one service."""

    def __init__(self, repository: Repository, admission: Admission | None = None) -> None:
        self._repository = repository
        self._admission = admission or Admission()
        self.open: set[Upload] = set()
        if repository.folder is not None:
            _sweep(repository.folder)

    @property
    def maximum_bytes(self) -> int:
        return self._admission.trial.limits.bytes

    def begin(self, name: str, version: str, *, replace: bool) -> Upload:
        """Take a model's bytes from now on, unless it is clear already that it can't be taken."""
        folder = self._repository.folder
        if folder is None:
            raise NotFound("this service has no repository to put models in: start it with --repository")
        check_name(name)
        check_version(version)
        self._repository.check_free(name, version, replace=replace)
        if len(self.open) >= MAXIMUM_AT_ONCE:
            raise Overloaded(f"{MAXIMUM_AT_ONCE} models are being uploaded: come again a little later")
        return Upload(self, folder, name, version, replace)

    async def finish(self, upload: Upload) -> tuple[Model, dict[str, Any], bool]:
        """Serve a model that has come whole: it, what is known of it, and whether it took another's place."""
        try:
            await asyncio.to_thread(upload.close)
            facts = await self._admission.admit(upload.path)
            model, replaced = await self._repository.take(
                upload.name, upload.version, upload.path, replace=upload.replace
            )
        finally:
            upload.discard()
        return model, facts, replaced


def _failed(error: OSError) -> StorageFailed:
    return StorageFailed(f"the repository cannot be written: {error.strerror or error}")


def _sweep(folder: Folder) -> None:
    for path in folder.path.glob(f"{_BEGINNING}*"):
        with suppress(OSError):  # not ours to delete, or gone by now
            if path.stat().st_mtime < time.time() - _SECONDS_TO_KEEP:
                path.unlink()
