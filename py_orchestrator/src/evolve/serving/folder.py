"""A repository on the disk: what lies in it, by names that can never lead out of it."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evolve.serving.errors import ModelRefused, NotFound, StorageFailed, Taken
from evolve.storage.durable import synchronise_folder

# No dot names, no separators: a name can never leave the repository's folder.
NAME: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
_VERSION: Final = re.compile(r"[0-9]{1,18}")
# Versions are compared as numbers: 01 would be 1 under another name.
_NEW_VERSION: Final = re.compile(r"[1-9][0-9]{0,17}")


def check_name(name: str) -> str:
    """A model's name, or ModelRefused."""
    if not NAME.fullmatch(name):
        raise ModelRefused(
            f"'{name[:80]}' is no name for a model: letters, digits, '.', '_' and '-', beginning with no dot"
        )
    return name


def check_version(version: str) -> str:
    """The version that a new model is to have, or ModelRefused."""
    if not _NEW_VERSION.fullmatch(version):
        raise ModelRefused(
            f"'{version[:20]}' is no version for a model: a number from 1 on, without zeros before it"
        )
    return version


@dataclass(frozen=True)
class Stored:
    """A version of a model as it lies in a repository's folder."""

    name: str
    version: str
    path: Path


class Folder:
    """A repository on the disk: NAME/VERSION/model.onnx, as Triton has it, or NAME.onnx for version 1."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()

    def index(self) -> list[Stored]:
        """Every version that is there."""
        found = [*self._flat(), *self._nested()]
        return sorted(found, key=lambda one: (one.name, int(one.version)))

    def passed_over(self) -> list[str]:
        """Models that lie where none is looked for, or are called what no model may be."""
        known = {one.path for one in self.index()}
        found = {
            path
            for depth in ("*", "*/*", "*/*/*")
            for path in self.path.glob(f"{depth}.onnx")
            if path.is_file()
        }
        shown = sorted(str(path.relative_to(self.path)) for path in found - known)
        return [one for one in shown if not one.startswith(".")]

    def versions(self, name: str) -> list[Stored]:
        """The versions of one model; NotFound when there are none."""
        check_name(name)
        found = [one for one in self.index() if one.name == name]
        if not found:
            raise NotFound(f"the repository has no model '{name}'")
        return found

    def find(self, name: str, version: str) -> Stored | None:
        """A version that is there."""
        return next((one for one in self.index() if (one.name, one.version) == (name, version)), None)

    def place(self, partial: Path, name: str, version: str) -> Path:
        """Make a file a version of a model, in one step; its place, which the caller has to synchronise."""
        old = self.find(name, version)
        path = self.path / name / version / "model.onnx" if old is None else old.path
        if not self._is_inside(path.parent):
            raise Taken(f"{name} is a link that leads out of the repository: take another name")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial.replace(path)
        except OSError as error:
            raise StorageFailed(f"the repository cannot be written: {error.strerror or error}") from error
        return path

    def erase(self, stored: Stored) -> None:
        """Take a version away, and what is empty without it."""
        try:
            stored.path.unlink()
            with suppress(OSError):  # other versions are there
                if stored.path.parent != self.path:
                    stored.path.parent.rmdir()
                    stored.path.parent.parent.rmdir()
        except OSError as error:
            raise StorageFailed(f"the repository cannot be written: {error.strerror or error}") from error

    def _flat(self) -> Iterable[Stored]:
        for path in self.path.glob("*.onnx"):
            if NAME.fullmatch(path.stem) and self._is_inside(path) and path.is_file():
                yield Stored(path.stem, "1", path)

    def _nested(self) -> Iterable[Stored]:
        for path in self.path.glob("*/*/model.onnx"):
            version, name = path.parent.name, path.parent.parent.name
            if NAME.fullmatch(name) and _VERSION.fullmatch(version) and self._is_inside(path):
                yield Stored(name, version, path)

    def _is_inside(self, path: Path) -> bool:
        """Links may not lead out of the repository."""
        return path.resolve().is_relative_to(self.path)


def synchronise(folder: Path, root: Path) -> None:
    """Make what was renamed below the root survive a power cut."""
    while True:
        if folder.is_dir():
            synchronise_folder(folder)
        if folder == root:
            return
        folder = folder.parent
