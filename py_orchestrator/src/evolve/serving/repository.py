"""The models that are served: loaded, replaced and unloaded without dropping a request."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from evolve.serving import logs
from evolve.serving.batcher import Batcher, BatchSettings
from evolve.serving.errors import NotFound, NotReady, ServingError, Taken
from evolve.serving.folder import Folder, Stored, check_name, synchronise
from evolve.serving.model import Model


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
        stored = self._folder().versions(name)
        async with self._gate:
            self._loading.add(name)
            try:
                models = [await asyncio.to_thread(self._read, one) for one in stored]
            finally:
                self._loading.discard(name)
        for model in models:
            self.models.put(model)
            logs.say("loaded", model=name, version=model.version, providers=_providers(model))
        return [model.version for model in models]

    def check_free(self, name: str, version: str, *, replace: bool) -> bool:
        """Whether a version is there that may be replaced; Taken when it may not."""
        own = self._folder()
        known = {one.name for one in own.index()}
        if name not in known and any(served.name == name for served in self.models):
            raise Taken(f"the service was started with the model {name}, which is none of the repository")
        there = own.find(name, version) is not None
        if there and not replace:
            raise Taken(f"the model {name} has a version {version}: take another one, or add ?replace=true")
        return there

    async def take(self, name: str, version: str, partial: Path, *, replace: bool) -> tuple[Model, bool]:
        """Serve the model in a file, and make that a version in the folder; whether it replaced one."""
        folder = self._folder()
        async with self._gate:
            self._loading.add(name)
            try:
                model = await asyncio.to_thread(self._read, Stored(name, version, partial))
            finally:
                self._loading.discard(name)
            try:
                replaced = self.check_free(name, version, replace=replace)
                path = folder.place(partial, name, version)
            except ServingError:
                model.close()
                raise
            # Nothing may come between: what lies there is what is served.
            self.models.put(model)
            logs.say("uploaded", model=name, version=version, replaced=replaced, providers=_providers(model))
            await asyncio.to_thread(synchronise, path.parent, folder.path)
        return model, replaced

    async def erase(self, name: str, version: str) -> None:
        """Stop serving a version and delete its file; what it has taken, it answers."""
        folder = self._folder()
        async with self._gate:
            check_name(name)
            if (stored := folder.find(name, version)) is None:
                raise NotFound(f"the repository has no version '{version[:20]}' of a model '{name}'")
            folder.erase(stored)
            with suppress(NotFound):  # it was not loaded
                self.models.remove(name, version)
            logs.say("deleted", model=name, version=version)
            await asyncio.to_thread(synchronise, stored.path.parent, folder.path)

    def _folder(self) -> Folder:
        if self.folder is None:
            raise NotFound("this service has no repository: it serves the models that it was started with")
        return self.folder

    def _read(self, stored: Stored) -> Model:
        try:
            data = stored.path.read_bytes()
        except OSError as error:
            raise NotReady(f"{stored.name} cannot be read: {error.strerror}") from error
        return self._load(stored.name, stored.version, data)


def _providers(model: Model) -> list[list[str]]:
    """What really runs it, for each device."""
    return [lane.providers for lane in model.lanes]
