"""Who feeds whom in a champion, and in which order: what every translation of a brain begins with.

Knows genes only: no file, no library, no arithmetic.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from evolve.analysis.describe import FIRST_OUTPUT

if TYPE_CHECKING:
    from evolve._native import Champion


@dataclass(frozen=True)
class Neuron:
    """A node that computes, with the enabled connections that reach it: sources and their weights."""

    id: int
    bias: float
    activation: str
    aggregation: str
    incoming: tuple[tuple[int, float], ...]


def neurons(champion: "Champion") -> list[Neuron]:
    """Every node but the inputs, in the order of the file: the outputs come first."""
    incoming: dict[int, list[tuple[int, float]]] = {}
    for source, target, weight, enabled in champion.connections:
        if enabled:
            incoming.setdefault(target, []).append((source, weight))
    return [
        Neuron(identifier, bias, activation, aggregation, tuple(incoming.get(identifier, ())))
        for identifier, bias, activation, aggregation in champion.nodes
        if identifier >= FIRST_OUTPUT
    ]


def levels(everyone: Iterable[Neuron], outputs: int) -> list[list[Neuron]]:
    """The neurons of a feed-forward brain that an output needs: each level needs earlier ones only."""
    known = {neuron.id: neuron for neuron in everyone}
    sorter: TopologicalSorter[int] = TopologicalSorter()
    waiting = [FIRST_OUTPUT + place for place in range(outputs)]
    seen = set(waiting)
    while waiting:
        neuron = known[waiting.pop()]
        # What is not known is an input: there from the beginning.
        before = [source for source, _ in neuron.incoming if source in known]
        sorter.add(neuron.id, *before)
        waiting += [source for source in before if source not in seen]
        seen.update(before)
    found = []
    sorter.prepare()
    while ready := sorter.get_ready():
        found.append([known[identifier] for identifier in sorted(ready)])
        sorter.done(*ready)
    return found
