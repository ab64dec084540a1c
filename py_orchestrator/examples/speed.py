"""What Evolve itself costs a Python evaluator: episodes a second of one that does nothing, and a thought.

python examples/speed.py [SIZE]
"""

import sys
import tempfile
import timeit
from pathlib import Path

import numpy as np

import evolve

GENERATIONS = 6


@evolve.evaluator(inputs=["x", "y"], outputs=["z"], generations=GENERATIONS)
def play(episode: evolve.Episode) -> float:
    """One thought, and no game."""
    return episode.brain.think((0.5, 1.0))[0]


def episodes_a_second(workers: int, size: int, folder: Path) -> float:
    """Of whole generations after the first, breeding and files included."""
    run = evolve.Run(play, workers=workers, population=size, out=folder)
    run.train()
    return size * (GENERATIONS - 1) / sum(row.seconds for row in run.metrics[1:])


def microseconds(what: str) -> float:
    """The quickest of five, of a statement about a brain and a layer of numpy."""
    batch = evolve.Evolution(evolve.configuration(inputs=["x", "y"], outputs=["z"]), 1).ask(1)
    if batch is None:
        raise RuntimeError("a new run has work")
    names = {
        "think": next(evolve.episodes(batch)).brain.think,
        "row": (0.5, 1.0),
        "array": np.array([0.5, 1.0], np.float32),
        "weights": np.ones((1, 2), np.float32),
        "tanh": np.tanh,
    }
    return min(timeit.repeat(what, globals=names, number=20_000, repeat=5)) / 20_000 * 1e6


def main(size: int) -> None:
    """Print the table of docs/python.md."""
    with tempfile.TemporaryDirectory() as folder:
        for workers in (0, 1, 2):
            speed = episodes_a_second(workers, size, Path(folder) / str(workers))
            print(f"{workers} workers: {speed:,.0f} episodes/s")
    print(f"think(tuple): {microseconds('think(row)'):.2f} µs")
    print(f"think(array): {microseconds('think(array)'):.2f} µs")
    print(f"numpy, one layer: {microseconds('tanh(weights @ array)'):.2f} µs")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
