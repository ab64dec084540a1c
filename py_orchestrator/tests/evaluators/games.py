"""Evaluators for tests: XOR as the native world scores it, and some that go wrong."""

import json
import math
import random

import numpy as np

import evolve

XOR = json.loads(evolve.world_config("xor"))
CASES = (((0.0, 0.0), 0.0), ((0.0, 1.0), 1.0), ((1.0, 0.0), 1.0), ((1.0, 1.0), 0.0))


@evolve.evaluator(config=XOR)
def xor(episode: evolve.Episode) -> float:
    total = 0.0
    for observation, target in CASES:
        difference = target - episode.brain.think(observation)[0]
        total += 1.0 - difference * difference
    return total


@evolve.evaluator(config=XOR, ticks=3)
def careless(_episode: evolve.Episode) -> float:
    """Uses the generators that everybody shares."""
    return random.random() + float(np.random.random())


@evolve.evaluator(config=XOR)
def raising(_episode: evolve.Episode) -> float:
    return 1 / len([])


@evolve.evaluator(config=XOR)
def undefined(_episode: evolve.Episode) -> float:
    return math.nan


def undeclared(_episode: evolve.Episode) -> float:
    return 0.0


def batch_of(function: object, seed: int = 1, units: int = 8) -> evolve.WorkBatch:
    """The first units of a run of an evaluator."""
    from evolve.evaluators.declaration import declared

    declaration = declared(function)  # type: ignore[arg-type]
    assert declaration is not None
    evolution = evolve.Evolution(evolve.complete_config(json.dumps(declaration.config)), seed)
    batch = evolution.ask(units)
    assert batch is not None
    return batch


@evolve.evaluator(config=XOR)
def noting(episode: evolve.Episode) -> float:
    """XOR, which notes how often it was right, and how far it was off where it was wrong."""
    right, off = 0, 0.0
    for observation, target in CASES:
        difference = abs(target - episode.brain.think(observation)[0])
        right += difference < 0.5
        off += difference
    episode.metric("right", right)
    if right < len(CASES):
        episode.metric("off", off)
    return len(CASES) - off


@evolve.evaluator(config=XOR)
def misnaming(episode: evolve.Episode) -> float:
    episode.metric("two\nlines", 1.0)
    return 0.0


@evolve.evaluator(config=XOR)
def immeasurable(episode: evolve.Episode) -> float:
    episode.metric("laps", math.nan)
    return 0.0


@evolve.evaluator(config=XOR)
def verbose(episode: evolve.Episode) -> float:
    for number in range(20):
        episode.metric(f"{episode.unit} {number}", 1.0)
    return 0.0


@evolve.evaluator(config=XOR)
def sprawling(episode: evolve.Episode) -> float:
    """More names than are allowed, which two workers share."""
    episode.metric(f"{episode.unit % 100}", 1.0)
    return 0.0
