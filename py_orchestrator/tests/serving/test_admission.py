"""Models from outside: which are taken, which are not, and that nothing they do reaches the service."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper
from tests.fuzz.mutation import mutated
from tests.serving.models import convolution, endless, graph, linear, loaded, whole

from evolve.serving.admission import Admission, Trial
from evolve.serving.errors import ModelRefused
from evolve.serving.inspection import Limits, inspect


def admit_model(data: bytes, trial: Trial | None = None) -> dict[str, Any]:
    with NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return asyncio.run(Admission(trial or Trial()).admit(Path(file.name)))


def changed(change: Callable[[ModelProto], object]) -> bytes:
    model = ModelProto.FromString(linear())
    change(model)
    return bytes(model.SerializeToString())


def external(model: ModelProto) -> None:
    tensor = model.graph.initializer[0]
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")


def hidden_external(model: ModelProto) -> None:
    constant = helper.make_node("Constant", [], ["c"], value=numpy_helper.from_array(np.ones(1), "c"))
    constant.attribute[0].t.external_data.add(key="location", value="../secret")
    model.graph.node.insert(0, constant)


def operator(name: str, domain: str = "") -> Callable[[ModelProto], object]:
    return lambda model: model.graph.node.append(
        helper.make_node(name, ["observations"], ["more"], domain=domain)
    )


def huge(model: ModelProto) -> None:
    model.graph.initializer[0].dims[:] = [1 << 40, 1 << 40]


def outer(width: int = 30_000) -> bytes:
    """A few kilobytes that become gigabytes when it runs."""
    return graph(
        [
            helper.make_node("Transpose", ["observations"], ["column"]),
            helper.make_node("MatMul", ["ones", "line"], ["square"]),
            helper.make_node("ReduceSum", ["square"], ["sum"], keepdims=0),
            helper.make_node("Mul", ["observations", "sum"], ["actions"]),
        ],
        [helper.make_tensor_value_info("observations", TensorProto.FLOAT, ["rows", 1])],
        [helper.make_tensor_value_info("actions", TensorProto.FLOAT, ["rows", 1])],
        [
            numpy_helper.from_array(np.ones((width, 1), np.float32), "ones"),
            numpy_helper.from_array(np.ones((1, width), np.float32), "line"),
        ],
    )


@pytest.mark.parametrize("make", [linear, whole, convolution])
def test_models_that_brains_are_made_of_are_taken_with_their_facts(make: Callable[[], bytes]) -> None:
    facts = admit_model(make())
    model = loaded(make())
    assert facts["inputs"] == {spec.name: list(spec.shape) for spec in model.inputs}
    assert facts["outputs"] == {spec.name: list(spec.shape) for spec in model.outputs}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is no ONNX model"),
        (b"\xff" * 40, "is no ONNX model"),
        (changed(external), "the constant factor lies in another file"),
        (changed(hidden_external), "the constant c lies in another file"),
        (changed(operator("RandomNormalLike")), "the operator RandomNormalLike is not taken"),
        (changed(operator("Mul", "com.evil")), "is one of com.evil: only ONNX's own are taken"),
        (changed(lambda model: model.opset_import.add(domain="com.evil")), "needs operators of com.evil"),
        (changed(lambda model: model.functions.add(name="f")), "functions of its own"),
        (changed(lambda model: model.graph.sparse_initializer.add()), "sparse constants"),
        (changed(huge), "more than 67108864 elements"),
        (changed(lambda model: model.graph.ClearField("output")), "has 1 inputs and 0 outputs"),
        (changed(lambda model: setattr(model.graph.input[0], "name", "x" * 300)), "more than 256 characters"),
        (
            changed(lambda model: model.metadata_props.add(key="k", value="x" * 5_000_000)),
            "metadata has more",
        ),
        (endless(), "the operator Loop is not taken: control flow may never end"),
    ],
)
def test_what_a_model_may_not_have_is_named(data: bytes, sentence: str) -> None:
    with pytest.raises(ModelRefused, match=sentence):
        inspect(data, Limits())


def test_nodes_and_bytes_are_capped() -> None:
    with pytest.raises(ModelRefused, match="1 nodes, more than 0"):
        inspect(linear(), Limits(nodes=0))
    with pytest.raises(ModelRefused, match="bytes, more than 10"):
        admit_model(linear(), Trial(Limits(bytes=10)))


def test_a_model_that_needs_too_much_memory_is_refused_and_the_service_lives() -> None:
    with pytest.raises(ModelRefused):
        admit_model(outer())


def test_a_model_that_takes_too_long_is_refused() -> None:
    with pytest.raises(ModelRefused, match=r"was not loaded and run within 0.05 s"):
        admit_model(linear(), Trial(seconds=0.05))


def test_a_model_that_the_runtime_does_not_take_is_refused_in_its_words() -> None:
    with pytest.raises(ModelRefused, match="model cannot be loaded"):
        admit_model(changed(lambda model: model.graph.node[0].input.append("nothing")))


def verdict(data: bytes) -> str:
    try:
        return str(admit_model(data)["inputs"])
    except ModelRefused as error:
        return str(error)


def test_no_mutated_model_does_more_than_be_refused_in_a_line() -> None:
    corpus = [linear(), whole(), convolution()]
    verdicts = [verdict(mutated(corpus, random.Random(number))) for number in range(4)]
    assert all(said and "\n" not in said for said in verdicts)
