"""The service behind all doors: one scheduler, one repository, one truth about whether it is ready.

A door turns its bytes into `Call`s and the answers into its bytes, and decides nothing else.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evolve.serving.batcher import Batcher, Done, Ticket
from evolve.serving.errors import BadInput, NotReady
from evolve.serving.folder import Folder
from evolve.serving.model import Model, load
from evolve.serving.providers import choose_devices
from evolve.serving.repository import Models, Repository
from evolve.serving.settings import ServiceSettings
from evolve.serving.tensors import Array, check_values
from evolve.serving.uploads import Uploads


@dataclass(slots=True)
class Call:
    """A checked request: the inputs in the model's order, and how many rows they are."""

    batcher: Batcher
    feeds: Sequence[Array]
    rows: int

    @property
    def model(self) -> Model:
        return self.batcher.model

    def submit(self, done: Done, requests: int = 1) -> Ticket:
        return self.batcher.submit(self.feeds, self.rows, done, requests)

    async def wait(self) -> list[Array]:
        return await self.batcher.infer(self.feeds, self.rows)


class Service:
    """Made inside the event loop that serves it."""

    def __init__(self, settings: ServiceSettings, folder: Folder | None = None) -> None:
        self.settings = settings
        self.devices = choose_devices(settings.devices, settings.allow_cpu)
        self.models = Models(settings.batches)
        self.repository = Repository(self.models, folder, self.read)
        self.uploads = Uploads(self.repository)
        self._is_ready = False
        self._is_ending = False

    def read(self, name: str, version: str, data: bytes) -> Model:
        """Load and warm up a model; blocks, so call it in a thread once doors are open."""
        settings = self.settings
        return load(name, version, data, self.devices, settings.threads, settings.allow_cpu)

    @property
    def is_ready(self) -> bool:
        """Whether every model that it was started with is warm, and it is not about to end."""
        return self._is_ready and not self._is_ending

    @property
    def is_ending(self) -> bool:
        """Whether it takes no more calls."""
        return self._is_ending

    def open(self) -> None:
        """Everything is loaded: callers may come."""
        self._is_ready = True

    async def end(self, seconds: float) -> bool:
        """Turn ready off, answer what was taken; False when that took longer than it may."""
        self._is_ending = True
        try:
            async with asyncio.timeout(seconds):
                await self.models.drain()
        except TimeoutError:
            return False
        return True

    def check(self) -> None:
        """NotReady for whoever comes too late."""
        if self._is_ending:
            raise NotReady("the service is about to end")

    def find(self, name: str, version: str) -> Batcher:
        """The queue of a model's version, or of its newest one."""
        self.check()
        return self.models.find(name, version)

    def call(self, name: str, version: str, inputs: Mapping[str, Array], *, checked: bool = False) -> Call:
        """Check tensors that have the right types and shapes each; `checked` when the values were seen."""
        return call_of(self.find(name, version), inputs, checked=checked)


def call_of(batcher: Batcher, inputs: Mapping[str, Array], *, checked: bool = False) -> Call:
    """The same for a batcher that was found already."""
    model = batcher.model
    feeds = []
    for spec in model.inputs:
        if (array := inputs.get(spec.name)) is None:
            raise BadInput("inputs", f"{spec.name} is missing: {model.name} takes {_names(model)}")
        if not checked:
            check_values(spec, array)
        feeds.append(array)
    if len(inputs) > len(feeds):
        strange = next(name for name in inputs if all(spec.name != name for spec in model.inputs))
        raise BadInput("inputs", f"{strange[:80]} is unknown: {model.name} takes {_names(model)}")
    return Call(batcher, feeds, _rows(model, feeds))


def _rows(model: Model, feeds: Sequence[Array]) -> int:
    """How many rows all of the inputs have; a model without rows is called as a whole."""
    if not model.batches:
        return 1
    rows = int(feeds[0].shape[0])
    for spec, array in zip(model.inputs, feeds, strict=True):
        if array.shape[0] != rows:
            raise BadInput(
                f"inputs.{spec.name}.shape",
                f"has {array.shape[0]} rows, but {model.inputs[0].name} has {rows}",
            )
    if rows == 0:
        raise BadInput(f"inputs.{model.inputs[0].name}.shape", "has no rows")
    return rows


def _names(model: Model) -> str:
    return ", ".join(spec.name for spec in model.inputs)
