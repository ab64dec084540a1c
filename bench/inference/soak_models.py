"""Models whose answers need no runtime to be known: each gives its rows times a factor."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper


@dataclass(frozen=True)
class Linear:
    name: str
    width: int
    factor: float
    # Columns between its two layers: what it costs.
    hidden: int

    def write(self, repository: Path) -> None:
        """As version 1 of the repository's model of this name."""
        there = np.eye(self.width, self.hidden, dtype=np.float32)
        back = np.eye(self.hidden, self.width, dtype=np.float32) * np.float32(self.factor)
        graph = helper.make_graph(
            [
                helper.make_node("MatMul", ["observations", "there"], ["hidden"]),
                helper.make_node("MatMul", ["hidden", "back"], ["actions"]),
            ],
            self.name,
            [helper.make_tensor_value_info("observations", TensorProto.FLOAT, ["rows", self.width])],
            [helper.make_tensor_value_info("actions", TensorProto.FLOAT, ["rows", self.width])],
            [numpy_helper.from_array(there, "there"), numpy_helper.from_array(back, "back")],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        folder = repository / self.name / "1"
        folder.mkdir(parents=True)
        (folder / "model.onnx").write_bytes(model.SerializeToString())


# The second takes milliseconds for many rows, so that it computes in a thread of its own.
MODELS = (Linear("double", 8, 2.0, 8), Linear("triple", 256, 3.0, 1_024))
