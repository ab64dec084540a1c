"""Policies: brains of fixed layers that learned elsewhere, with weights as torch has them.

    from evolve.policies import Convolution, cnn, mlp

    parameters = [each.detach().numpy() for each in module.parameters()]
    policy = mlp([4, 64, 64, 2], parameters, activation="tanh")
    policy.save("brain.evo")

Made here, they think in the engine, in Godot (`.evo`) and in any ONNX runtime (evolve.onnx). Nothing trains
them.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evolve._native import Policy

__all__ = ["Convolution", "Policy", "cnn", "mlp"]


@dataclass(frozen=True)
class Convolution:
    """One convolutional layer: torch's `Conv2d(…, channels, kernel, stride, padding)`, all squares."""

    channels: int
    kernel: int
    stride: int = 1
    padding: int = 0


def mlp(
    sizes: Sequence[int],
    parameters: Iterable[NDArray[Any]],
    *,
    activation: str = "tanh",
    output_activation: str = "identity",
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
) -> Policy:
    """Dense layers of these sizes, inputs first; `parameters` are weight and bias of each layer in turn."""
    layers = _dense(sizes, activation, output_activation)
    return Policy(json.dumps(layers), _flat(parameters), inputs, outputs)


def cnn(
    image: tuple[int, int, int],
    convolutions: Sequence[Convolution],
    sizes: Sequence[int],
    parameters: Iterable[NDArray[Any]],
    *,
    activation: str = "relu",
    output_activation: str = "identity",
    outputs: Sequence[str] = (),
) -> Policy:
    """Convolutions over an image of (channels, height, width), then dense layers of these sizes.

    An agent's observations are the image's numbers, channel after channel, row after row.
    """
    channels, height, width = image
    layers: list[dict[str, Any]] = []
    for each in convolutions:
        layers.append(
            {
                "kind": "convolution",
                "channels": channels,
                "size": [height, width],
                "outputs": each.channels,
                "kernel": [each.kernel] * 2,
                "stride": [each.stride] * 2,
                "padding": [each.padding] * 2,
                "activation": activation,
            }
        )
        channels = each.channels
        height, width = (
            (side + 2 * each.padding - each.kernel) // max(1, each.stride) + 1 for side in (height, width)
        )
    layers += _dense([channels * height * width, *sizes], activation, output_activation)
    return Policy(json.dumps(layers), _flat(parameters), [], outputs)


def _dense(sizes: Sequence[int], activation: str, output_activation: str) -> list[dict[str, Any]]:
    functions = [activation] * (len(sizes) - 2) + [output_activation]
    return [
        {"kind": "dense", "inputs": before, "outputs": after, "activation": function}
        for before, after, function in zip(sizes, sizes[1:], functions, strict=False)
    ]


def _flat(parameters: Iterable[NDArray[Any]]) -> NDArray[np.float32]:
    flat = [np.asarray(each, np.float32).ravel() for each in parameters]
    return np.concatenate(flat) if flat else np.zeros(0, np.float32)
