"""What a program gives, as tensors of a model."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from evolve.client.errors import Refused
from evolve.serving.errors import BadInput
from evolve.serving.frames.layout import Layout
from evolve.serving.tensors import Array

_WRONG_INPUT: Final = 400


def arranged(layout: Layout, inputs: Mapping[str, object]) -> list[Array]:
    """In the model's order; Refused when something doesn't fit."""
    arrays: list[Array] = []
    for spec in layout.tensors:
        if spec.name not in inputs:
            raise Refused(_WRONG_INPUT, f"{spec.name} is missing: the model takes {_known(layout)}")
        try:
            array = np.asarray(inputs[spec.name])
            spec.check_shape(array.shape)
            arrays.append(array.astype(spec.dtype, casting="same_kind", copy=False))
        except (BadInput, ValueError, TypeError) as error:
            raise Refused(_WRONG_INPUT, f"{spec.name} does not fit: {error}") from error
        if len(array) == 0 or len(array) != len(arrays[0]):
            raise Refused(
                _WRONG_INPUT, f"{spec.name} has {len(array)} rows; each input has as many, 1 or more"
            )
    if len(inputs) > len(arrays):
        strange = next(name for name in inputs if all(spec.name != name for spec in layout.tensors))
        raise Refused(_WRONG_INPUT, f"{strange} is no input of the model: it takes {_known(layout)}")
    return arrays


def _known(layout: Layout) -> str:
    return ", ".join(spec.name for spec in layout.tensors)
