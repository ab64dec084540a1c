"""What a neuron does, in operators of ONNX: the twin of rust/evolve-core/src/activation.rs.

Only the rounding differs, see docs/onnx.md. Takes and gives batches, [rows, neurons].
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from evolve.inference.onnx_builder import Builder

VALUE_LIMIT: Final = 1e9
_SINE_LIMIT: Final = 8192.0

# For each neuron of a group: the columns it reads, with their weights.
Incoming = Sequence[Sequence[tuple[int, float]]]


def limited(build: Builder, x: str) -> str:
    """Hold what reaches a neuron to its limits. A NaN becomes the lower one, which Clip does not promise."""
    least = build.number(-VALUE_LIMIT)
    x = build.add("Where", build.add("GreaterOrEqual", x, least), x, least)
    return build.add("Min", x, build.number(VALUE_LIMIT))


def _gaussian(build: Builder, x: str) -> str:
    return build.add("Exp", build.add("Neg", build.add("Mul", x, x)))


def _sine(build: Builder, x: str) -> str:
    return build.add("Sin", build.add("Clip", x, build.number(-_SINE_LIMIT), build.number(_SINE_LIMIT)))


def _step(build: Builder, x: str) -> str:
    return build.as_float(build.add("Greater", x, build.number(0.0)))


def _softplus(build: Builder, x: str) -> str:
    # The operator Softplus is ln(e^x + 1), which overflows where it is taken at its word.
    small = build.add("Exp", build.add("Neg", build.add("Abs", x)))
    rest = build.add("Log", build.add("Add", small, build.number(1.0)))
    return build.add("Add", build.add("Relu", x), rest)


ACTIVATIONS: Final[dict[str, Callable[[Builder, str], str]]] = {
    "identity": lambda _, x: x,
    "sigmoid": lambda build, x: build.add("Sigmoid", x),
    "tanh": lambda build, x: build.add("Tanh", x),
    "relu": lambda build, x: build.add("Relu", x),
    "leaky_relu": lambda build, x: build.add("LeakyRelu", x, alpha=0.01),
    "elu": lambda build, x: build.add("Elu", x, alpha=1.0),
    "gaussian": _gaussian,
    "sine": _sine,
    "abs": lambda build, x: build.add("Abs", x),
    "step": _step,
    "softplus": _softplus,
    "clamped": lambda build, x: build.add("Clip", x, build.number(-1.0), build.number(1.0)),
    "steep_sigmoid": lambda build, x: build.add("Sigmoid", build.add("Mul", x, build.number(4.9))),
}


def _sum(build: Builder, values: str, incoming: Incoming) -> str:
    # Where nothing reaches anybody, one column of weight 0 still says how many rows there are.
    columns = sorted({column for each in incoming for column, _ in each}) or [0]
    places = {column: place for place, column in enumerate(columns)}
    weights = build.table(len(columns), len(incoming))
    for neuron, each in enumerate(incoming):
        for column, weight in each:
            weights[places[column], neuron] = weight
    read = build.columns(values, np.array(columns, np.int64))
    return build.add("MatMul", read, build.constant(weights))


def _mean(build: Builder, values: str, incoming: Incoming) -> str:
    counts = np.array([max(1, len(each)) for each in incoming], np.float32)
    return build.add("Div", _sum(build, values, incoming), build.constant(counts))


def _product(build: Builder, values: str, incoming: Incoming) -> str:
    terms = _terms(build, values, incoming, [1.0] * len(incoming))
    return build.add("ReduceProd", terms, axes=[2], keepdims=0)


def _max(build: Builder, values: str, incoming: Incoming) -> str:
    # The largest of nothing is 0.
    terms = _terms(build, values, incoming, [-np.inf if each else 0.0 for each in incoming])
    return build.add("ReduceMax", terms, axes=[2], keepdims=0)


def _terms(build: Builder, values: str, incoming: Incoming, neutral: Sequence[float]) -> str:
    """The weighted inputs, [rows, neurons, terms]; neurons with fewer than others get neutral ones."""
    most = max(1, *map(len, incoming))
    weights = build.table(len(incoming), most)
    filler = build.table(len(incoming), most)
    columns = np.zeros((len(incoming), most), np.int64)
    real = np.zeros((len(incoming), most), np.bool_)
    for neuron, each in enumerate(incoming):
        filler[neuron] = neutral[neuron]
        for place, (column, weight) in enumerate(each):
            columns[neuron, place], weights[neuron, place], real[neuron, place] = column, weight, True
    terms = build.add("Mul", build.columns(values, columns), build.constant(weights))
    if real.all():
        return terms
    return build.add("Where", build.constant(real), terms, build.constant(filler))


AGGREGATIONS: Final[dict[str, Callable[[Builder, str, Incoming], str]]] = {
    "sum": _sum,
    "product": _product,
    "max": _max,
    "mean": _mean,
}
