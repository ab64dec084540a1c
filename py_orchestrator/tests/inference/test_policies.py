"""Policies think as onnxruntime does with the models that they export, and mistakes are sentences."""

import math
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.champions import ACTIVATIONS

import evolve.onnx
from evolve import FormatError
from evolve._native import EvolveError
from evolve.policies import Convolution, Policy, cnn, mlp

Floats = NDArray[np.float32]


def think(policy: Policy, observations: Floats) -> Floats:
    return np.frombuffer(policy.think(observations), np.float32).reshape(len(observations), -1)


def in_onnxruntime(policy: Policy, observations: Floats) -> Floats:
    data = evolve.onnx.model(policy)
    onnx.checker.check_model(onnx.load_from_string(data), full_check=True)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(["actions"], {"observations": observations})[0])


def parameters(random: np.random.Generator, *shapes: tuple[int, ...]) -> list[NDArray[Any]]:
    scale = [max(1, math.prod(shape[1:])) ** 0.5 for shape in shapes]
    return [random.normal(size=shape) / by for shape, by in zip(shapes, scale, strict=True)]


def random_mlp(random: np.random.Generator, sizes: list[int], activation: str) -> Policy:
    shapes: list[tuple[int, ...]] = []
    for before, after in pairwise(sizes):
        shapes += [(after, before), (after,)]
    return mlp(sizes, parameters(random, *shapes), activation=activation)


def agree(policy: Policy, observations: Floats) -> None:
    ours, theirs = think(policy, observations), in_onnxruntime(policy, observations)
    assert (np.abs(ours - theirs) <= 1e-5 * np.maximum(1, np.abs(ours))).all()


@settings(max_examples=40)
@given(
    st.lists(st.integers(1, 40), min_size=2, max_size=5),
    st.sampled_from([name for name in ACTIVATIONS if name != "step"]),
    st.integers(0, 2**31),
)
def test_any_mlp_does_what_its_model_does(sizes: list[int], activation: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    policy = random_mlp(random, sizes, activation)
    assert policy.sizes == (sizes[0], sizes[-1])
    agree(policy, random.normal(size=(9, sizes[0])).astype(np.float32))


@pytest.mark.parametrize("size", [1e-30, 1e5, 1e12])
@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "clamped"])
def test_extreme_observations_do_what_the_model_does(size: float, activation: str) -> None:
    random = np.random.default_rng(4)
    policy = random_mlp(random, [5, 16, 3], activation)
    # Whole numbers times a power: sums have no cancellation that rounding could show.
    agree(policy, (np.abs(random.normal(size=(9, 5))) * size).astype(np.float32))


@settings(max_examples=25)
@given(
    st.lists(
        st.builds(Convolution, st.integers(1, 5), st.integers(1, 3), st.integers(1, 2), st.integers(0, 1)),
        min_size=1,
        max_size=2,
    ),
    st.tuples(st.integers(1, 3), st.integers(8, 12), st.integers(8, 12)),
    st.integers(0, 2**31),
)
def test_any_cnn_does_what_its_model_does(
    convolutions: list[Convolution], image: tuple[int, int, int], seed: int
) -> None:
    random = np.random.default_rng(seed)
    channels, *size = image
    shapes: list[tuple[int, ...]] = []
    for each in convolutions:
        shapes += [(each.channels, channels, each.kernel, each.kernel), (each.channels,)]
        channels = each.channels
        size = [(side + 2 * each.padding - each.kernel) // each.stride + 1 for side in size]
    flat = channels * size[0] * size[1]
    shapes += [(7, flat), (7,), (2, 7), (2,)]
    policy = cnn(image, convolutions, [7, 2], parameters(random, *shapes))
    agree(policy, random.normal(size=(3, policy.sizes[0])).astype(np.float32))


def test_a_policy_is_what_numpy_says_it_is() -> None:
    weights = [
        np.array([[1.0, 2.0], [3.0, -4.0]]),
        np.array([0.5, 0.25]),
        np.array([[2.0, 1.0]]),
        np.zeros(1),
    ]
    policy = mlp([2, 2, 1], weights, activation="relu", inputs=["a", "b"], outputs=["x"])
    assert think(policy, np.array([[1, 1], [0, 1]], np.float32)).tolist() == [[7.0], [5.0]]


def test_a_file_brings_the_same_policy_back(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    policy = mlp([2, 3], parameters(random, (3, 2), (3,)), inputs=["a", "b"])
    path = str(tmp_path / "brain.evo")
    policy.save(path)
    again = Policy.load(path)
    assert (again.inputs, again.outputs, again.sizes) == (["a", "b"], [], (2, 3))
    rows = random.normal(size=(4, 2)).astype(np.float32)
    assert again.think(rows) == policy.think(rows)
    assert evolve.onnx.model(path) == policy.to_onnx()
    Path(path).write_bytes(Path(path).read_bytes()[:-1])
    with pytest.raises(FormatError, match="this is no safetensors buffer"):
        Policy.load(path)


def dense(inputs: int, outputs: int) -> str:
    return f'{{"kind": "dense", "inputs": {inputs}, "outputs": {outputs}, "activation": "tanh"}}'


@pytest.mark.parametrize(
    ("layers", "count", "sentence"),
    [
        ("[]", 0, "a policy has 1 to 256 layers, not 0"),
        (f"[{dense(2, 1)}]", 2, "2 weights were given, but the layers have 3"),
        (f"[{dense(2, 1)}, {dense(2, 1)}]", 6, "layer 1 takes 2 numbers, but layer 0 gives 1"),
        (f"[{dense(0, 1)}]", 1, "layer 0: inputs is 0, but must be from 1 to 16777216"),
        (
            f"[{dense(16777216, 16777216)}]",
            1,
            "layer 0: it has 281474993487872 weights, and 134217728 is the limit",
        ),
        ('[{"kind": "pooling"}]', 0, "its metadata is wrong: layers[0].kind: unknown variant `pooling`"),
        ("{", 0, "its metadata is wrong: EOF while parsing"),
    ],
)
def test_layers_that_make_no_sense_are_one_sentence(layers: str, count: int, sentence: str) -> None:
    with pytest.raises(EvolveError, match=f"^{re.escape(sentence)}"):
        Policy(layers, np.zeros(count, np.float32))


def test_weights_and_observations_that_make_no_sense_are_one_sentence() -> None:
    with pytest.raises(EvolveError, match="weight 1 is not finite"):
        mlp([1, 1], [np.array([[1.0]]), np.array([np.nan])])
    with pytest.raises(EvolveError, match="2 names of inputs are given for 1 numbers"):
        mlp([1, 1], [np.zeros((1, 1)), np.zeros(1)], inputs=["a", "b"])
    policy = mlp([2, 1], [np.zeros((1, 2)), np.zeros(1)])
    with pytest.raises(EvolveError, match="3 observations are no rows of 2"):
        policy.think(np.zeros(3, np.float32))
    with pytest.raises(EvolveError, match="the observations are no array of float32"):
        policy.think(np.zeros(2, np.float64))
