"""Populations that grew at random, for the benches of population graphs."""

import json

import numpy as np

from evolve import Evolution, Results, WorkBatch

INPUTS, OUTPUTS = 8, 4


def breed(size: int, generations: int, seed: int = 1) -> WorkBatch:
    """Every unit of a generation; three functions, sums and means, about two new genes a generation."""
    config = {
        "populations": [
            {
                "name": "main",
                "size": size,
                "inputs": [f"in{place}" for place in range(INPUTS)],
                "outputs": [f"out{place}" for place in range(OUTPUTS)],
            }
        ],
        "genome": {
            "activations": ["tanh", "relu", "sigmoid"],
            "aggregations": ["sum", "mean"],
            "hidden_activation": "tanh",
            "output_activation": "tanh",
            "initial_deviation": 0.7,
            "weight_limit": 3.0,
        },
        "mutation": {
            "add_node_rate": 0.5,
            "add_connection_rate": 0.5,
            "activation_rate": 0.3,
            "aggregation_rate": 0.1,
        },
    }
    evolution = Evolution(json.dumps(config), seed)
    random = np.random.default_rng(seed)
    for _ in range(generations):
        batch = _everybody(evolution)
        results = Results()
        for unit in batch.units:
            results.add(unit, [[float(random.random())]], 1)
        evolution.tell(results)
    return _everybody(evolution)


def _everybody(evolution: Evolution) -> WorkBatch:
    batch = evolution.ask(evolution.units)
    if batch is None:
        raise RuntimeError("a generation that just began has units to hand out")
    return batch
