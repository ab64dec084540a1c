"""Random populations for tests: bred by the engine with scores that mean nothing."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from tests.champions import ACTIVATIONS

from evolve import Evolution, Results, WorkBatch


def breed(
    size: int,
    generations: int = 12,
    *,
    seed: int = 1,
    inputs: int = 4,
    outputs: int = 2,
    activations: Sequence[str] = ACTIVATIONS,
    aggregations: Sequence[str] = ("sum", "mean"),
    populations: Sequence[dict[str, Any]] = (),
    **genome: Any,  # noqa: ANN401 - settings of any type
) -> WorkBatch:
    """Every unit of a generation of genomes that grew at random."""
    evolution = start(size, seed, inputs, outputs, activations, aggregations, populations, genome)
    for _ in range(generations):
        next_generation(evolution)
    batch = evolution.ask(evolution.units)
    assert batch is not None
    return batch


def start(
    size: int,
    seed: int,
    inputs: int,
    outputs: int,
    activations: Sequence[str],
    aggregations: Sequence[str],
    populations: Sequence[dict[str, Any]] = (),
    genome: dict[str, Any] | None = None,
) -> Evolution:
    own = {
        "name": "main",
        "size": size,
        "inputs": [f"in{place}" for place in range(inputs)],
        "outputs": [f"out{place}" for place in range(outputs)],
    }
    functions = {
        "activations": list(activations),
        "aggregations": list(aggregations),
        "hidden_activation": activations[0],
        "output_activation": "tanh",
        "initial_deviation": 0.7,
        "weight_limit": 3.0,
    }
    rates = {
        "add_node_rate": 0.35,
        "add_connection_rate": 0.5,
        "activation_rate": 0.5 if len(activations) > 1 else 0.0,
        "aggregation_rate": 0.3 if len(aggregations) > 1 else 0.0,
        "toggle_rate": 0.05,
    }
    config = {
        "populations": [own, *populations],
        "genome": functions | (genome or {}),
        "mutation": rates,
    }
    return Evolution(json.dumps(config), seed)


def next_generation(evolution: Evolution) -> WorkBatch:
    """Score everybody at random; gives the batch that was scored."""
    batch = evolution.ask(evolution.units)
    assert batch is not None
    random = np.random.default_rng([evolution.seed, evolution.generation])
    results = Results()
    for place, unit in enumerate(batch.units):
        results.add(unit, [[float(random.random())] for _ in batch.members(place)], 1)
    evolution.tell(results)
    return batch
