"""A stream: a model that a connection calls by a number, and the frames it understands."""

from evolve.serving.batcher import Batcher
from evolve.serving.errors import BadInput, Changed
from evolve.serving.frames.layout import Layout, is_streamable
from evolve.serving.model import Model
from evolve.serving.repository import Models


class Stream:
    """Looks the model up for every call: a version may be replaced or unloaded meanwhile."""

    def __init__(self, number: int, models: Models, name: str, version: str) -> None:
        self.number = number
        self.name = name
        # As it was asked for: empty goes on with the newest one.
        self.version = version
        self._models = models
        self.model = models.find(name, version).model
        _check_streamable(self.model)
        self.inputs = Layout(self.model.inputs)
        self.outputs = Layout(self.model.outputs)

    def batcher(self) -> Batcher:
        """Whoever computes now; Changed when it takes or gives something else."""
        batcher = self._models.find(self.name, self.version)
        model = batcher.model
        if model is not self.model:
            if (model.inputs, model.outputs) != (self.model.inputs, self.model.outputs):
                raise Changed(
                    f"version {model.version} of {self.name} has other tensors than version "
                    f"{self.model.version}, which this stream was opened for: open another stream"
                )
            self.model = model
        return batcher


def _check_streamable(model: Model) -> None:
    if not is_streamable([*model.inputs, *model.outputs]):
        raise BadInput(
            "model",
            f"{model.name} has tensors without rows, or with more sizes left open, which streams cannot "
            "carry: call it by HTTP or gRPC",
        )
