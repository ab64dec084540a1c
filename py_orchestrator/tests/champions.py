"""Champions for tests, written gene by gene: any wiring, any function."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import safetensors.numpy
from hypothesis import strategies as st
from numpy.typing import NDArray

ACTIVATIONS: Final = [
    *("identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gaussian"),
    *("sine", "abs", "step", "softplus", "clamped", "steep_sigmoid"),
]
AGGREGATIONS: Final = ["sum", "product", "max", "mean"]
FIRST_OUTPUT: Final = 0x8000
_ALL: Final = 2**64 - 1


def _mix(x: int) -> int:
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & _ALL
    x = (x ^ x >> 27) * 0x94D049BB133111EB & _ALL
    return x ^ x >> 31


def gene_id(domain: int, a: int, b: int) -> int:
    mixed = _mix((_mix((_mix(domain) + a) & _ALL) + b) & _ALL)
    return mixed & 0x3FFF_FFFF_FFFF_FFFF | 0x4000_0000_0000_0000


def hidden_id(number: int) -> int:
    return gene_id(0x6E6F6465, gene_id(0x65646765, 0, FIRST_OUTPUT), number)


@dataclass(frozen=True)
class Node:
    activation: str = "identity"
    aggregation: str = "sum"
    bias: float = 0.0


@dataclass(frozen=True)
class Genes:
    """A champion: `nodes` and `edges` by id; an edge is source, target, weight, enabled."""

    inputs: int
    outputs: int
    nodes: dict[int, Node]
    edges: list[tuple[int, int, float, bool]] = field(default_factory=list)
    recurrent: bool = False
    population: str = "main"

    def write(self, path: Path) -> Path:
        nodes = sorted({**{i: Node() for i in range(self.inputs)}, **self.nodes}.items())
        edges = sorted(
            (gene_id(0x65646765, source, target), *rest, source, target)
            for source, target, *rest in self.edges
        )
        tensors: dict[str, NDArray[Any]] = {
            "genome.population": np.zeros(1, np.int64),
            "genome.index": np.zeros(1, np.int64),
            "node.offsets": np.array([0, len(nodes)], np.int64),
            "node.id": np.array([identifier for identifier, _ in nodes], np.int64),
            "node.bias": np.array([node.bias for _, node in nodes], np.float32),
            "node.activation": np.array([ACTIVATIONS.index(node.activation) for _, node in nodes], np.uint8),
            "node.aggregation": np.array(
                [AGGREGATIONS.index(node.aggregation) for _, node in nodes], np.uint8
            ),
            "connection.offsets": np.array([0, len(edges)], np.int64),
            "connection.id": np.array([edge[0] for edge in edges], np.int64),
            "connection.weight": np.array([edge[1] for edge in edges], np.float32),
            "connection.enabled": np.array([edge[2] for edge in edges], np.uint8),
            "connection.source": np.array([edge[3] for edge in edges], np.int64),
            "connection.target": np.array([edge[4] for edge in edges], np.int64),
        }
        population = {
            "inputs": [f"in{i}" for i in range(self.inputs)],
            "name": self.population,
            "outputs": [f"out{i}" for i in range(self.outputs)],
            "recurrent": self.recurrent,
        }
        words = {
            "fitness": 1.5,
            "generation": 2,
            "populations": [population],
            "schema": "evolve.champion",
            "seed": "7",
            "sha256": "0" * 64,
            "version": 1,
        }
        text = json.dumps(words, sort_keys=True, separators=(",", ":"))
        data = safetensors.numpy.save(tensors, {"evolve": text})
        digest = hashlib.sha256(data).hexdigest().encode()
        path.write_bytes(data.replace(b"0" * 64, digest, 1))
        return path


@st.composite
def random_genes(draw: st.DrawFn) -> Genes:
    """Any small brain: every function, disabled connections, neurons that nothing reaches."""
    inputs, outputs, hidden = (draw(st.integers(*ends)) for ends in ((1, 4), (1, 3), (0, 7)))
    recurrent = draw(st.booleans())
    neurons = draw(
        st.permutations([*range(FIRST_OUTPUT, FIRST_OUTPUT + outputs), *map(hidden_id, range(hidden))])
    )
    weights = st.floats(-3, 3, width=32)
    node = st.builds(Node, st.sampled_from(ACTIVATIONS), st.sampled_from(AGGREGATIONS), weights)
    edges = []
    for place, target in enumerate(neurons):
        sources = [*range(inputs), *(neurons if recurrent else neurons[:place])]
        chosen = draw(st.lists(st.sampled_from(sources), max_size=4, unique=True))
        edges += [(source, target, draw(weights), draw(st.integers(0, 4)) > 0) for source in chosen]
    return Genes(inputs, outputs, {neuron: draw(node) for neuron in neurons}, edges, recurrent)
