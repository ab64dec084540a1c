"""One session of onnxruntime for every population that fits its shape.

Weights and topology are bound once a generation; a step moves observations and actions and nothing else.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from evolve.errors import EvolveUserError

if TYPE_CHECKING:
    from evolve._native import GraphShape

_CPU: Final = "CPUExecutionProvider"
_DEVICES: Final = {"CUDAExecutionProvider": "cuda", "TensorrtExecutionProvider": "cuda"}
Floats = NDArray[np.float32]
# What PopulationPlan.tables gives.
Tables = Sequence[tuple[str, bool, list[int], bytearray]]


class PopulationSession:
    """A graph in a runtime, with whatever is bound to it."""

    def __init__(self, shape: "GraphShape", providers: Sequence[str], threads: int) -> None:
        self.shape = shape
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(shape.model(), options, providers=list(providers))
        self.provider = _provider_of(self._session, providers[0])
        self._device = _DEVICES.get(self.provider, "cpu")
        self._binding = self._session.io_binding()
        self._tables: dict[str, Any] = {}
        # By rows a genome: powers of two, so there are few.
        self._buffers: dict[int, _Buffers] = {}
        self._bound = 0
        self.generation_bytes = 0

    def load(self, tables: Tables) -> None:
        """Bind a generation: its topology and its weights, where those of the one before were."""
        self.generation_bytes = 0
        for name, holds_places, sides, data in tables:
            values = np.frombuffer(data, np.int32 if holds_places else np.float32).reshape(sides)
            self.generation_bytes += values.nbytes
            if name in self._tables:
                self._tables[name].update_inplace(values)
            else:
                self._tables[name] = self._on_device(values)
                self._binding.bind_ortvalue_input(name, self._tables[name])

    def buffers(self, rows: int) -> tuple[Floats, Floats]:
        """Where the observations of so many rows a genome go, and where their actions will stand."""
        if rows not in self._buffers:
            sides = (self.shape.genomes, rows)
            observations = np.zeros((*sides, self.shape.inputs), np.float32)
            actions = np.zeros((*sides, self.shape.outputs), np.float32)
            self._buffers[rows] = _Buffers(
                observations, actions, self._on_device(observations), self._on_device(actions)
            )
        held = self._buffers[rows]
        return held.observations, held.actions

    def run(self, rows: int) -> None:
        """One step of everybody; reads and fills the buffers of that number of rows."""
        held = self._buffers[rows]
        if self._bound != rows:
            self._binding.bind_ortvalue_input("observations", held.given)
            self._binding.bind_ortvalue_output("actions", held.taken)
            self._bound = rows
        if self._device != "cpu":
            held.given.update_inplace(held.observations)
        self._session.run_with_iobinding(self._binding)
        if self._device != "cpu":
            held.actions[...] = held.taken.numpy()

    def _on_device(self, values: NDArray[Any]) -> Any:  # noqa: ANN401 - onnxruntime has no types
        # On the CPU the value lies where the array lies: what one changes the other sees.
        return onnxruntime.OrtValue.ortvalue_from_numpy(values, self._device, 0)


class _Buffers:
    """The two ends of a step, here and on the device."""

    def __init__(self, observations: Floats, actions: Floats, given: Any, taken: Any) -> None:  # noqa: ANN401
        self.observations, self.actions = observations, actions
        self.given, self.taken = given, taken


def check_providers(providers: Sequence[str]) -> None:
    """Refuse what this onnxruntime was not built with: it would pass over it in silence."""
    there = onnxruntime.get_available_providers()
    missing = [name for name in providers if name not in there]
    if missing or not providers:
        raise EvolveUserError(
            f"onnxruntime has no {', '.join(missing) or 'provider to run on'} here: "
            f"name some of {', '.join(there)}"
        )


def _provider_of(session: Any, wanted: str) -> str:  # noqa: ANN401
    """The provider in use, which is not always the one that was asked for."""
    used: str = session.get_providers()[0]
    if wanted not in (used, _CPU):
        raise EvolveUserError(
            f"onnxruntime could not start {wanted} and took {used} instead: see that the device's driver and "
            f"libraries are there, or ask for {used}"
        )
    return used
