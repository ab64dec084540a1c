"""A whole population on the CPU: the native engine beside the level-batched graph, one thread each.

PYTHONPATH=py_orchestrator/src python bench/inference/population.py [--genomes 1000] [--rows 1 16 64]
"""

import argparse
import sys
import time
from collections.abc import Callable

import numpy as np
from random_population import INPUTS, breed

from evolve.inference.population import PopulationGraph

ROUNDS = 15


def main() -> None:
    """Measure both for each number of rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--genomes", type=int, default=1_000)
    parser.add_argument("--generations", type=int, default=12)
    parser.add_argument("--rows", type=int, nargs="+", default=[1, 16, 64])
    wanted = parser.parse_args()
    batch = breed(wanted.genomes, wanted.generations)
    graph = PopulationGraph()
    begun = time.perf_counter()
    graph.load(batch)
    first = time.perf_counter() - begun
    again = best(lambda: graph.load(batch))
    if shape := graph.shape:
        say(f"{wanted.genomes} genomes: {shape.depth} levels, {shape.slots} values, {shape.weights} weights")
    say(f"load {1e3 * first:.1f} ms, again {1e3 * again:.1f} ms: {graph.generation_bytes} bytes")
    say("rows  native ms  graph ms  largest difference")
    random = np.random.default_rng(1)
    for rows in wanted.rows:
        members = np.repeat(np.arange(wanted.genomes, dtype=np.int32), rows)
        agents = (random.normal(size=(len(members), INPUTS)).astype(np.float32), members)
        native = np.frombuffer(batch.think_rows(*reversed(agents)), np.float32)
        difference = np.abs(graph.think(*agents).ravel() - native).max()
        alone = best(lambda agents=agents: batch.think_rows(*reversed(agents)))
        together = best(lambda agents=agents: graph.think(*agents))
        say(f"{rows:4}  {1e3 * alone:9.2f}  {1e3 * together:8.2f}  {difference:.1e}")


def best(work: Callable[[], object]) -> float:
    """The shortest of some rounds: whatever else the machine did made the others longer."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def say(line: str) -> None:
    """A line for a person."""
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
