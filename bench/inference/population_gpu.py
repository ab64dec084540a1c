"""A whole population on a GPU: time, bytes moved, and the share of what the memory could do.

PYTHONPATH=py_orchestrator/src python bench/inference/population_gpu.py [--genomes 10000] [--rows 64]

onnxruntime runs the graph where its CUDA provider really starts; torch does its arithmetic in either case,
as one CUDA graph. The memory's bound is measured by copying a gigabyte.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from random_population import INPUTS, OUTPUTS, breed
from torch_population import TorchPopulation, copy_rate, device_name, synchronise

from evolve import EvolveUserError, WorkBatch
from evolve._native import GraphShape, PopulationPlan
from evolve.inference.population import PopulationGraph

ROUNDS = 30
CUDA = "CUDAExecutionProvider"


def main() -> None:
    """Measure, compare with the native engine, and print a table and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--genomes", type=int, default=10_000)
    parser.add_argument("--generations", type=int, default=12)
    parser.add_argument("--rows", type=int, default=64)
    parser.add_argument("--device", default="cuda", help="of torch: cuda, or cpu to try this script")
    wanted = parser.parse_args()
    batch = breed(wanted.genomes, wanted.generations)
    members = np.repeat(np.arange(wanted.genomes, dtype=np.int32), wanted.rows)
    observations = np.random.default_rng(1).normal(size=(len(members), INPUTS)).astype(np.float32)
    facts: dict[str, Any] = {
        "genomes": wanted.genomes,
        "rows": wanted.rows,
        "device": device_name(wanted.device),
    }
    facts |= in_onnxruntime(batch, members, observations) if wanted.device == "cuda" else {}
    facts |= in_torch(batch, wanted, observations)
    begun = time.perf_counter()
    native = np.frombuffer(batch.think_rows(members, observations), np.float32).reshape(-1, OUTPUTS)
    facts["native_ms"] = 1e3 * (time.perf_counter() - begun)
    for name in [name for name in facts if name.endswith("actions")]:
        facts[name.replace("actions", "difference")] = float(np.abs(facts.pop(name) - native).max())
    for name, value in facts.items():
        sys.stdout.write(f"{name:34} {value:.6g}\n" if isinstance(value, float) else f"{name:34} {value}\n")
    sys.stdout.write(json.dumps(facts) + "\n")


def in_onnxruntime(
    batch: WorkBatch, members: np.ndarray[Any, Any], observations: np.ndarray[Any, Any]
) -> dict[str, Any]:
    """The graph itself, if there is a GPU for it."""
    try:
        graph = PopulationGraph([CUDA])
        graph.load(batch)
    except EvolveUserError as error:
        return {"onnxruntime": f"not measured: {error}"}
    actions = graph.think(observations, members)
    return {
        "onnxruntime": "CUDA",
        "onnxruntime_step_with_copies_ms": 1e3 * best(lambda: graph.think(observations, members)),
        "onnxruntime_actions": actions,
    }


def in_torch(
    batch: WorkBatch, wanted: argparse.Namespace, observations: np.ndarray[Any, Any]
) -> dict[str, Any]:
    """The same arithmetic in torch, with everything on the device, and as one CUDA graph."""
    plan = PopulationPlan(batch)
    shape = plan.need.rounded()
    population = TorchPopulation(shape, plan.tables(shape) or [], wanted.device)
    given = np.zeros((shape.genomes, wanted.rows, INPUTS), np.float32)
    given[: plan.need.genomes] = observations.reshape(wanted.genomes, wanted.rows, INPUTS)
    population.bind(given)
    step, replays = population.captured()

    def whole() -> None:
        step()
        synchronise(wanted.device)

    seconds = best(whole)
    moved = least_bytes(shape, wanted.rows)
    rate = copy_rate(wanted.device)
    return {
        "torch": "one CUDA graph" if replays else "operator by operator",
        "torch_step_ms": 1e3 * seconds,
        "graph_shape": f"{shape.depth} levels, {shape.slots} values, {shape.weights} weights",
        "megabytes_the_operators_move": moved / 1e6,
        "gigabytes_per_second": moved / 1e9 / seconds,
        "copy_gigabytes_per_second": rate / 1e9,
        "share_of_the_memory_bound": moved / seconds / rate,
        "torch_actions": population.actions().reshape(-1, OUTPUTS)[: len(observations)],
    }


def least_bytes(shape: GraphShape, rows: int) -> float:
    """What the operators read and write at least: each operator once."""
    values = shape.genomes * shape.inputs
    total = 2 * values * rows
    for terms, widths in shape.levels:
        width = sum(widths)
        cells = terms * width
        # Gather reads and writes every term, and reads its place; MatMul reads all of them and the weights.
        total += 2 * cells * rows + cells + cells * rows + cells + width * rows
        # Add, Clip and the function read and write every neuron; Concat copies all that there is.
        total += 6 * width * rows + 2 * (values + width) * rows
        values += width
    return 4.0 * (total + 4 * shape.genomes * shape.outputs * rows)


def best(work: Callable[[], object]) -> float:
    """The shortest of some rounds."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


if __name__ == "__main__":
    main()
