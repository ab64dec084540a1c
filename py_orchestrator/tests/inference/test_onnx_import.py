"""Models that other programs write come in as policies that do the same; all else is refused by name."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

import evolve.onnx
from evolve import FormatError
from evolve._native import Policy

RANDOM = np.random.default_rng(1)
VECTORS = Path(__file__).parents[3] / "spec" / "vectors"


def constant(name: str, *sides: int) -> Any:  # noqa: ANN401 - onnx has no types
    return numpy_helper.from_array(RANDOM.normal(size=sides).astype(np.float32), name)


def model(
    nodes: list[Any], constants: list[Any], sides: list[Any], output: str = "y", opset: int = 17
) -> bytes:
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", *sides])
    taken = helper.make_tensor_value_info(output, TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "theirs", [given], [taken], constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    data: bytes = made.SerializeToString()
    return data


def agree(data: bytes, *sides: int) -> Policy:
    rows: NDArray[np.float32] = RANDOM.normal(size=(5, *sides)).astype(np.float32)
    policy = Policy.from_onnx(data)
    ours = np.frombuffer(policy.think(rows), np.float32).reshape(5, -1)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    theirs = session.run(None, {"x": rows})[0]
    assert (np.abs(ours - theirs) <= 1e-5 * np.maximum(1, np.abs(ours))).all()
    return policy


@pytest.mark.parametrize(
    "function", ["Relu", "Sigmoid", "Tanh", "Softplus", "Sin", "Abs", "LeakyRelu", "Elu"]
)
def test_an_mlp_of_gemm_matmul_and_add_does_what_it_did(function: str) -> None:
    nodes = [
        helper.make_node("Gemm", ["x", "w0", "b0"], ["a"], transB=1),
        helper.make_node(function, ["a"], ["b"]),
        helper.make_node("MatMul", ["b", "w1"], ["c"]),
        helper.make_node("Add", ["b1", "c"], ["d"]),
        helper.make_node("Identity", ["d"], ["y"]),
    ]
    constants = [constant("w0", 6, 4), constant("b0", 6), constant("w1", 6, 2), constant("b1", 2)]
    policy = agree(model(nodes, constants, [4]), 4)
    assert policy.inputs == ["input_0", "input_1", "input_2", "input_3"]


def test_a_cnn_does_what_it_did() -> None:
    shape = numpy_helper.from_array(np.array([-1, 3 * 4 * 5]), "shape")
    nodes = [
        helper.make_node("Conv", ["x", "k", "b"], ["a"], strides=[2, 1], pads=[1, 0, 1, 0]),
        helper.make_node("Relu", ["a"], ["c"]),
        helper.make_node("Reshape", ["c", "shape"], ["d"]),
        helper.make_node("Gemm", ["d", "w"], ["y"]),
    ]
    constants = [constant("k", 3, 2, 3, 2), constant("b", 3), constant("w", 60, 2), shape]
    policy = agree(model(nodes, constants, [2, 7, 6]), 2, 7, 6)
    assert policy.inputs == []


def one(operator: str, **attributes: Any) -> bytes:  # noqa: ANN401
    nodes = [
        helper.make_node("Gemm", ["x", "w"], ["a"]),
        helper.make_node(operator, ["a"], ["y"], **attributes),
    ]
    return model(nodes, [constant("w", 4, 3)], [4])


def external() -> bytes:
    made = onnx.load_from_string(one("Relu"))
    tensor = made.graph.initializer[0]
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")
    data: bytes = made.SerializeToString()
    return data


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (one("Softmax"), "the operator Softmax cannot be imported (docs/onnx.md lists what can)"),
        (one("LeakyRelu", alpha=0.2), "LeakyRelu with alpha 0.2 instead of 0.01 cannot be imported"),
        (external(), "a model with weights in other files (save it as one file) cannot be imported"),
        (model([helper.make_node("Relu", ["x"], ["y"])], [], [4]), "Relu that does not follow a layer"),
        (
            evolve.onnx.model(VECTORS / "valid" / "champion.evo"),
            "a champion that Evolve exported (games play the .evo file",
        ),
        (b"no model", "this is no sound ONNX model: "),
    ],
)
def test_what_cannot_be_imported_is_refused_by_name(data: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "theirs.onnx"
    path.write_bytes(data)
    with pytest.raises(FormatError) as refused:
        evolve.onnx.read(path)
    assert str(refused.value).startswith(f"{path}: {sentence}")
