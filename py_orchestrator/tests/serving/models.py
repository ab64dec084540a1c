"""Small models that tests serve."""

import numpy as np
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

from evolve.serving.model import Model, load
from evolve.serving.providers import CPU, Device


def graph(
    nodes: list[NodeProto],
    inputs: list[ValueInfoProto],
    outputs: list[ValueInfoProto],
    constants: list[TensorProto],
) -> bytes:
    made = helper.make_graph(nodes, "test", inputs, outputs, constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    return bytes(model.SerializeToString())


def linear(width: int = 3, factor: float = 2.0) -> bytes:
    """`actions` is `observations` times a factor, row by row."""
    return graph(
        [helper.make_node("Mul", ["observations", "factor"], ["actions"])],
        [helper.make_tensor_value_info("observations", TensorProto.FLOAT, ["rows", width])],
        [helper.make_tensor_value_info("actions", TensorProto.FLOAT, ["rows", width])],
        [numpy_helper.from_array(np.array([factor], np.float32), "factor")],
    )


def whole(width: int = 3) -> bytes:
    """The sum of everything: its rows belong together, so that nobody else's may join them."""
    return graph(
        [helper.make_node("ReduceSum", ["numbers"], ["sum"], keepdims=0)],
        [helper.make_tensor_value_info("numbers", TensorProto.FLOAT, ["rows", width])],
        [helper.make_tensor_value_info("sum", TensorProto.FLOAT, [])],
        [],
    )


def denial(width: int = 2) -> bytes:
    """`actions` is what `observations` is not."""
    return graph(
        [helper.make_node("Not", ["observations"], ["actions"])],
        [helper.make_tensor_value_info("observations", TensorProto.BOOL, ["rows", width])],
        [helper.make_tensor_value_info("actions", TensorProto.BOOL, ["rows", width])],
        [],
    )


def convolution() -> bytes:
    """A small picture in, two numbers out."""
    return graph(
        [
            helper.make_node("Conv", ["pixels", "kernel"], ["seen"], kernel_shape=[3, 3]),
            helper.make_node("Relu", ["seen"], ["bright"]),
            helper.make_node("GlobalAveragePool", ["bright"], ["mean"]),
            helper.make_node("Flatten", ["mean"], ["actions"]),
        ],
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["rows", 1, 8, 8])],
        [helper.make_tensor_value_info("actions", TensorProto.FLOAT, ["rows", 2])],
        [numpy_helper.from_array(np.ones((2, 1, 3, 3), np.float32), "kernel")],
    )


def endless(steps: int = 1 << 40, above: float = 0.0) -> bytes:
    """A loop that nobody will see the end of, for rows with more than `above` in them."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["going"], ["go_on"]),
            helper.make_node("Add", ["value", "value"], ["next"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("step", TensorProto.INT64, []),
            helper.make_tensor_value_info("going", TensorProto.BOOL, []),
            helper.make_tensor_value_info("value", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("next", TensorProto.FLOAT, None),
        ],
    )
    return graph(
        [
            helper.make_node("ReduceMax", ["observations"], ["any"], keepdims=0),
            helper.make_node("Greater", ["any", "zero"], ["shall"]),
            helper.make_node("Loop", ["steps", "shall", "observations"], ["actions"], body=body),
        ],
        [helper.make_tensor_value_info("observations", TensorProto.FLOAT, ["rows", 1])],
        [helper.make_tensor_value_info("actions", TensorProto.FLOAT, ["rows", 1])],
        [
            numpy_helper.from_array(np.array(steps, np.int64), "steps"),
            numpy_helper.from_array(np.array(above, np.float32), "zero"),
        ],
    )


def loaded(data: bytes, name: str = "model", version: str = "1") -> Model:
    return load(name, version, data, [Device(CPU)], 1, allow_cpu=True)
