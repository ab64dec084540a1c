"""What a brain computes by definition, in f64, and how far from it f32 may end, whatever the order of sums.

The bound is the usual running error analysis: every f32 operation is off by at most half a unit in the last
place (ROUNDING), errors travel through weights and through functions as fast as these are steep. So two
faithful f32 engines differ by twice the bound at the most, however badly conditioned the brain is.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
from tests.champions import FIRST_OUTPUT, Genes, Node

ROUNDING: Final = 2.0**-24
# What exp, tanh and the like may be off by, absolutely for results up to 1: ours 2e-6 at the worst (the
# sine, see math.rs), onnxruntime's less.
FUNCTION_ERROR: Final = 2e-6
VALUE_LIMIT: Final = 1e9


class Rough(NamedTuple):
    """A number and how far an f32 engine may be from it."""

    value: float
    error: float = 0.0


def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else 0.0


# The function and how steep it is at the most.
FUNCTIONS: Final[dict[str, tuple[Callable[[float], float], float]]] = {
    "identity": (lambda x: x, 1.0),
    "sigmoid": (_sigmoid, 0.25),
    "tanh": (math.tanh, 1.0),
    "relu": (lambda x: max(x, 0.0), 1.0),
    "leaky_relu": (lambda x: x if x > 0 else 0.01 * x, 1.0),
    "elu": (lambda x: x if x > 0 else math.expm1(x), 1.0),
    "gaussian": (lambda x: math.exp(-min(x * x, 700.0)), 0.86),
    "sine": (lambda x: math.sin(max(-8192.0, min(8192.0, x))), 1.0),
    "abs": (abs, 1.0),
    "step": (lambda x: float(x > 0), math.inf),
    "softplus": (lambda x: max(x, 0.0) + math.log1p(math.exp(-min(abs(x), 700.0))), 1.0),
    "clamped": (lambda x: max(-1.0, min(1.0, x)), 1.0),
    "steep_sigmoid": (lambda x: _sigmoid(4.9 * x), 1.225),
}


class Definition:
    """A brain that thinks straight from its genes."""

    def __init__(self, genes: Genes) -> None:
        self._genes = genes
        self._incoming = {
            neuron: [
                (source, _as_f32(weight))
                for source, target, weight, on in genes.edges
                if on and target == neuron
            ]
            for neuron in genes.nodes
        }
        self._last = dict.fromkeys(genes.nodes, Rough(0.0))

    def think(self, observations: Sequence[float]) -> list[Rough]:
        given = {place: Rough(_as_f32(value)) for place, value in enumerate(observations)}
        if self._genes.recurrent:
            known = given | self._last
            self._last = {neuron: self._neuron(neuron, known) for neuron in self._genes.nodes}
        else:
            self._last = {}
            for neuron in self._genes.nodes:
                self._think_of(neuron, given)
        return [self._last[FIRST_OUTPUT + place] for place in range(self._genes.outputs)]

    def _think_of(self, neuron: int, given: dict[int, Rough]) -> None:
        for source, _ in self._incoming[neuron]:
            if source not in given and source not in self._last:
                self._think_of(source, given)
        self._last[neuron] = self._neuron(neuron, given | self._last)

    def _neuron(self, neuron: int, known: dict[int, Rough]) -> Rough:
        terms = []
        for source, weight in self._incoming[neuron]:
            value, error = known[source]
            terms.append(Rough(value * weight, abs(weight) * error + ROUNDING * abs(value * weight)))
        node = self._genes.nodes[neuron]
        total = _together(node, terms)
        value = total.value + _as_f32(node.bias)
        error = total.error + ROUNDING * (abs(value) + total.error)
        return _function(node.activation, Rough(max(-VALUE_LIMIT, min(VALUE_LIMIT, value)), error))


def _together(node: Node, terms: list[Rough]) -> Rough:
    sizes = [abs(value) + error for value, error in terms]
    errors, rounding = sum(error for _, error in terms), len(terms) * ROUNDING
    if node.aggregation == "product":
        product, most = math.prod(value for value, _ in terms), math.prod(sizes)
        if math.prod(max(1.0, size) for size in sizes) > 1e38:  # f32 overflows on the way, or not
            return Rough(product, math.inf)
        return Rough(product, most - abs(product) + rounding * most)
    if node.aggregation == "max":
        return Rough(max((value for value, _ in terms), default=0.0), errors)
    count = max(1, len(terms)) if node.aggregation == "mean" else 1
    total = sum(value for value, _ in terms)
    return Rough(total / count, (errors + (rounding + ROUNDING) * sum(sizes)) / count)


def _function(name: str, x: Rough) -> Rough:
    function, steepness = FUNCTIONS[name]
    value = function(x.value)
    if name == "step":
        return Rough(value, 0.0 if abs(x.value) > x.error else 1.0)
    return Rough(
        value, steepness * (x.error + ROUNDING * abs(x.value)) + FUNCTION_ERROR * max(1.0, abs(value))
    )


def _as_f32(x: float) -> float:
    return float(np.float32(x))
