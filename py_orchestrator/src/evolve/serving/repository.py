"""The models that are served: loaded, replaced and unloaded without dropping a request."""

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from evolve.serving.batcher import Batcher, BatchSettings
from evolve.serving.errors import ModelRefused, NotFound, NotReady
from evolve.serving.model import Model

# No dot names, no separators: a name can never leave the repository's folder.
NAME: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
_VERSION: Final = re.compile(r"[0-9]{1,18}")


def check_name(name: str) -> str:
    """A model's name, or ModelRefused."""
    if not NAME.fullmatch(name):
        raise ModelRefused(
            f"'{name[:80]}' is no name for a model: letters, digits, '.', '_' and '-', beginning with no dot"
        )
    return name


@dataclass
class Served:
    """All versions of a model that are loaded, the newest last."""

    name: str
    versions: dict[str, Batcher] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sort()

    def sort(self) -> None:
        """Find the newest version, once and not with every call."""
        if self.versions:
            self.newest = self.versions[max(self.versions, key=int)]


def versions(served: Served) -> list[Batcher]:
    """All of them, the newest last."""
    return [served.versions[version] for version in sorted(served.versions, key=int)]


class Models:
    """What is loaded now. Replacing a version drains the old one: what it has taken, it answers."""

    def __init__(self, settings: BatchSettings) -> None:
        self._settings = settings
        self._served: dict[str, Served] = {}
        self._draining: set[asyncio.Task[None]] = set()

    def __iter__(self) -> Iterator[Served]:
        return iter(self._served.values())

    @property
    def names(self) -> list[str]:
        return list(self._served)

    def find(self, name: str, version: str = "") -> Batcher:
        """The batcher of a version, or of the newest one."""
        served = self._served.get(name)
        if served is None:
            raise NotFound(f"there is no model '{name[:80]}' here")
        if not version:
            return served.newest
        if (batcher := served.versions.get(version)) is None:
            known = ", ".join(sorted(served.versions, key=int))
            raise NotFound(f"the model {name} has no version '{version[:20]}': it has {known}")
        return batcher

    def put(self, model: Model, settings: BatchSettings | None = None) -> None:
        """Serve a model from now on; requests that the version before has taken are answered by it."""
        served = self._served.setdefault(model.name, Served(model.name))
        old = served.versions.get(model.version)
        served.versions[model.version] = Batcher(model, settings or self._settings)
        served.sort()
        if old is not None:
            self._retire(old)

    def remove(self, name: str, version: str = "") -> None:
        """Stop serving a version, or all of them."""
        self.find(name, version)
        served = self._served[name]
        for one in [version] if version else list(served.versions):
            self._retire(served.versions.pop(one))
        served.sort()
        if not served.versions:
            del self._served[name]

    async def drain(self) -> None:
        """Answer what was taken, take nothing more."""
        for served in list(self):
            self.remove(served.name)
        await asyncio.gather(*self._draining)

    def _retire(self, batcher: Batcher) -> None:
        async def end() -> None:
            try:
                await batcher.drain()
            finally:  # a drain that takes too long is cut short
                batcher.abort()
                batcher.model.close()

        task = asyncio.get_running_loop().create_task(end())
        self._draining.add(task)
        task.add_done_callback(self._draining.discard)


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

    def versions(self, name: str) -> list[Stored]:
        """The versions of one model; NotFound when there are none."""
        check_name(name)
        found = [one for one in self.index() if one.name == name]
        if not found:
            raise NotFound(f"the repository has no model '{name}'")
        return found

    def _flat(self) -> Iterable[Stored]:
        for path in self.path.glob("*.onnx"):
            if NAME.fullmatch(path.stem) and self._is_inside(path):
                yield Stored(path.stem, "1", path)

    def _nested(self) -> Iterable[Stored]:
        for path in self.path.glob("*/*/model.onnx"):
            version, name = path.parent.name, path.parent.parent.name
            if NAME.fullmatch(name) and _VERSION.fullmatch(version) and self._is_inside(path):
                yield Stored(name, version, path)

    def _is_inside(self, path: Path) -> bool:
        """Links may not lead out of the repository."""
        return path.resolve().is_relative_to(self.path)


Loader = Callable[[str, str, bytes], Model]


class Repository:
    """What lies in a folder, and how it gets from there into service."""

    def __init__(self, models: Models, folder: Folder | None, load: Loader) -> None:
        self.models = models
        self.folder = folder
        self._load = load
        # One at a time: loading is what takes memory.
        self._gate = asyncio.Lock()
        self._loading: set[str] = set()

    def is_loading(self, name: str) -> bool:
        return name in self._loading

    async def load(self, name: str) -> list[str]:
        """Load every version of a model anew, or for the first time; gives the versions."""
        if self.folder is None:
            raise NotFound("this service has no repository: it serves the models that it was started with")
        stored = self.folder.versions(name)
        async with self._gate:
            self._loading.add(name)
            try:
                models = [await asyncio.to_thread(self._read, one) for one in stored]
            finally:
                self._loading.discard(name)
        for model in models:
            self.models.put(model)
        return [model.version for model in models]

    def _read(self, stored: Stored) -> Model:
        try:
            data = stored.path.read_bytes()
        except OSError as error:
            raise NotReady(f"{stored.name} cannot be read: {error.strerror}") from error
        return self._load(stored.name, stored.version, data)
