"""The arithmetic of a population graph in torch, operator by operator."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from evolve._native import GraphShape

LIMIT = 1e9
GIGABYTE = 1 << 30
# By the codes of spec/FORMAT.md; the bench's populations have no others.
FUNCTIONS: dict[int, Callable[[Any], Any]] = {1: torch.sigmoid, 2: torch.tanh, 3: torch.relu}


class TorchPopulation:
    """One generation on a device."""

    def __init__(
        self, shape: GraphShape, tables: Sequence[tuple[str, bool, list[int], bytearray]], device: str
    ) -> None:
        self._shape, self._device = shape, device
        self._tables = {
            name: torch.frombuffer(data, dtype=torch.int32 if holds_places else torch.float32)
            .reshape(sides)
            .to(device)
            for name, holds_places, sides, data in tables
        }

    def bind(self, observations: np.ndarray[Any, Any]) -> None:
        """Put observations where every step will read them."""
        self._observations = torch.from_numpy(observations).to(self._device)
        self._actions: Any = None

    def step(self) -> None:
        """What the ONNX graph does."""
        rows = self._observations.shape[1]
        values = self._observations.transpose(1, 2).reshape(-1, rows)
        for place, (_, widths) in enumerate(self._shape.levels):
            sources = self._tables[f"sources_{place}"]
            read = values.index_select(0, sources.flatten()).view(*sources.shape, rows)
            total = torch.matmul(self._tables[f"weights_{place}"], read) + self._tables[f"biases_{place}"]
            held = total.view(-1, rows).clamp(-LIMIT, LIMIT)
            used = [(code, width) for code, width in enumerate(widths) if width]
            parts = torch.split(held, [width for _, width in used])
            done = [FUNCTIONS[code](part) for (code, _), part in zip(used, parts, strict=True)]
            values = torch.cat([values, *done])
        outputs = self._tables["outputs"]
        chosen = values.index_select(0, outputs.flatten()).view(*outputs.shape, rows)
        self._actions = chosen.transpose(1, 2).contiguous()

    def captured(self) -> tuple[Callable[[], None], bool]:
        """A step as one CUDA graph, if the device has such a thing; and whether it has."""
        with torch.no_grad():
            self.step()
        if self._device != "cuda":
            return self.step, False
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.no_grad(), torch.cuda.graph(graph):
            self.step()
        graph.replay()
        return graph.replay, True

    def actions(self) -> np.ndarray[Any, Any]:
        """What the last step gave."""
        found: np.ndarray[Any, Any] = self._actions.cpu().numpy()
        return found


def device_name(device: str) -> str:
    """What to call it in a table."""
    return torch.cuda.get_device_name(0) if device == "cuda" else "CPU"


def synchronise(device: str) -> None:
    """Wait for all that was asked for."""
    if device == "cuda":
        torch.cuda.synchronize()


def copy_rate(device: str) -> float:
    """Bytes a second that a copy of a gigabyte reads and writes."""
    source = torch.zeros(GIGABYTE // 4, dtype=torch.float32, device=device)
    target = torch.empty_like(source)
    times = []
    for _ in range(10):
        synchronise(device)
        begun = time.perf_counter()
        target.copy_(source)
        synchronise(device)
        times.append(time.perf_counter() - begun)
    return 2 * GIGABYTE / min(times)
