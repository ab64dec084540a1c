"""Puts an ONNX graph together, operator by operator, and keeps its constants.

Names are numbered in the order of the calls, so the same calls make the same bytes. Knows nothing of brains.
"""

from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from evolve.errors import EvolveUserError

# A protobuf message ends at 2 GiB, and we write no external data.
MAXIMUM_CONSTANT_BYTES: Final = 1 << 30


class Builder:
    """A graph in the making; tensors are known by their names."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self._names: dict[tuple[bytes, str, tuple[int, ...]], str] = {}
        self._bytes = 0

    def add(self, operator: str, *inputs: str, output: str = "", **attributes: Any) -> str:  # noqa: ANN401 - ONNX's own
        """Add an operator with one output; returns the output's name."""
        output = output or f"{operator}_{len(self.nodes)}"
        node = helper.make_node(operator, list(inputs), [output], name=output, **attributes)
        self.nodes.append(node)
        return output

    def number(self, value: float) -> str:
        return self.constant(np.array(value, np.float32))

    def constant(self, values: NDArray[Any]) -> str:
        """A constant's name; equal ones are kept once."""
        key = (values.tobytes(), values.dtype.str, values.shape)
        if key not in self._names:
            self._make_room(values.nbytes)
            self._names[key] = f"constant_{len(self.constants)}"
            self.constants.append(numpy_helper.from_array(values, self._names[key]))
        return self._names[key]

    def table(self, rows: int, columns: int, fill: float = 0.0) -> NDArray[np.float32]:
        """A table to fill in and to hand to `constant`; refused where the file would have no room for it."""
        self._make_room(4 * rows * columns, keep=False)
        return np.full((rows, columns), fill, np.float32)

    def columns(self, values: str, places: NDArray[np.int64], output: str = "") -> str:
        """Some columns of a batch, in the order of `places`."""
        return self.add("Gather", values, self.constant(places), output=output, axis=1)

    def joined(self, parts: list[str], output: str = "") -> str:
        """The columns of several batches beside each other."""
        return self.add("Concat", *parts, output=output, axis=1)

    def as_float(self, truth: str) -> str:
        return self.add("Cast", truth, to=onnx.TensorProto.FLOAT)

    def _make_room(self, count: int, *, keep: bool = True) -> None:
        if self._bytes + count > MAXIMUM_CONSTANT_BYTES:
            raise EvolveUserError(
                f"the brain is too large for one ONNX file: its weights need more than "
                f"{MAXIMUM_CONSTANT_BYTES >> 20} MiB there; the .evo file has no such limit"
            )
        self._bytes += count if keep else 0
