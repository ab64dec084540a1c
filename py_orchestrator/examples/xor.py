"""XOR with a loop of your own: ask for work, score it, tell the scores, save the champion.

    python examples/xor.py [GENERATIONS [SEED [CHAMPION]]]

The scores are f64 with + - x in a fixed order, so that this loop, `evolve train xor` and the Godot demo
breed the same champion, bit for bit.
"""

import sys

from evolve import Evolution, Results, WorkBatch, complete_config, world_config

CASES = (((0.0, 0.0), 0.0), ((0.0, 1.0), 1.0), ((1.0, 0.0), 1.0), ((1.0, 1.0), 0.0))


def score(batch: WorkBatch, member: int) -> float:
    """Four minus the squared errors of the four cases."""
    total = 0.0
    for observation, target in CASES:
        difference = target - batch.think(member, observation)[0]
        total += 1.0 - difference * difference
    return total


def play(batch: WorkBatch) -> Results:
    """Score every unit of a batch."""
    results = Results()
    for place, unit in enumerate(batch.units):
        results.add(unit, [[score(batch, member)] for member in batch.members(place)], steps=len(CASES))
    return results


def train(generations: int, seed: int, champion: str) -> str:
    """Breed for so many generations; returns the digest of the champion."""
    evolution = Evolution(complete_config(world_config("xor")), seed)
    while evolution.generation < generations:
        batch = evolution.ask(evolution.units)
        if batch is None:
            raise RuntimeError("nobody else takes units")
        report = evolution.tell(play(batch))["report"]
        if report is not None:
            print(f"generation {report['generation'] + 1}: best {report['best']:.4f}")
    return evolution.save_champion(champion)


if __name__ == "__main__":
    words = [*sys.argv[1:], *("20", "1", "champion.evo")[len(sys.argv) - 1 :]]
    print(train(int(words[0]), int(words[1]), words[2]))
