"""The network that is served: 32-64-64-8 with tanh, seeded, so that every run has the same."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

SIZES = (32, 64, 64, 8)


def write(path: Path) -> None:
    random = np.random.default_rng(7)
    nodes, constants, last = [], [], "observations"
    for layer, (wide, narrow) in enumerate(pairwise(SIZES)):
        is_last = layer == len(SIZES) - 2
        for name, shape in (("weights", (wide, narrow)), ("bias", (narrow,))):
            values = random.normal(0.0, wide**-0.5, shape).astype(np.float32)
            constants.append(numpy_helper.from_array(values, f"{name}{layer}"))
        out = "actions" if is_last else f"sum{layer}"
        nodes.append(helper.make_node("Gemm", [last, f"weights{layer}", f"bias{layer}"], [out]))
        if not is_last:
            last = f"hidden{layer}"
            nodes.append(helper.make_node("Tanh", [out], [last]))
    graph = helper.make_graph(
        nodes,
        "mlp",
        [helper.make_tensor_value_info("observations", TensorProto.FLOAT, ["rows", SIZES[0]])],
        [helper.make_tensor_value_info("actions", TensorProto.FLOAT, ["rows", SIZES[-1]])],
        constants,
    )
    opsets = [helper.make_opsetid("", 13)]
    path.write_bytes(helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString())


def session(path: Path) -> onnxruntime.InferenceSession:
    """With one thread, as the service has it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def observations(rows: int) -> np.ndarray:
    return np.random.default_rng(rows).normal(size=(rows, SIZES[0])).astype(np.float32)
