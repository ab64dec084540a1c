"""A champion's line of ancestors, as a run's history knows it: from the first genome to the champion."""

from collections.abc import Sequence
from itertools import chain, groupby
from typing import Any, Final, NamedTuple

from evolve.storage.history_reader import ChampionFound, HistoryReader
from evolve.storage.packed_births import Parent

HEADERS: Final = ("generation", "member", "made", "of", "species", "fitness")
NUMBERS: Final = ("generation", "member", "species", "fitness")
_WORDS: Final = {
    "initial": "there at the start",
    "copied": "lived on unchanged",
    "mutated": "mutated copy",
    "crossed": "crossover, mutated",
    "migrated": "migrated unchanged",
}


class Ancestor(NamedTuple):
    """One of the line: how it came to be, and its fitness and species when it became a parent."""

    island: int
    generation: int
    member: int
    made: str
    parent: Parent | None
    second_parent: Parent | None
    species: int | None
    fitness: float | None


def line_of_ancestors(history: HistoryReader, champion: ChampionFound) -> list[Ancestor]:
    """The champion's ancestors and itself, the oldest first; of two parents the fitter one is followed.

    The first is one that the run began with, unless what was before is not recorded.
    """
    line: list[Ancestor] = []
    found, member = (champion.island, champion.generation), champion.member
    place = None if member is None else Parent(*found, member)
    species: int | None = None
    fitness: float | None = champion.fitness
    while place is not None:
        packed = history.births(place.generation, champion.population, place.island)
        if packed is None:
            break
        birth = packed.of(place.member)
        line.append(Ancestor(*place, birth.made, birth.parent, birth.second_parent, species, fitness))
        species, fitness = birth.parent_species, birth.parent_fitness
        place = birth.parent
    return line[::-1]


def is_complete(line: Sequence[Ancestor]) -> bool:
    """Whether the line goes back to the beginning of the run."""
    return bool(line) and line[0].parent is None


def line_facts(line: Sequence[Ancestor]) -> list[dict[str, Any]]:
    """The line for JSON."""
    parents = ("parent", "second_parent")

    def facts(one: Ancestor) -> dict[str, Any]:
        named = {key: parent._asdict() if (parent := getattr(one, key)) else None for key in parents}
        return one._asdict() | named

    return [facts(one) for one in line]


def line_rows(line: Sequence[Ancestor]) -> list[tuple[str, ...]]:
    """The line as the cells of a table, generations counted from 1; who lived on for long has one row."""
    stretches = [(made, list(stretch)) for made, stretch in groupby(line, lambda one: one.made)]
    groups = [[steps] if made == "copied" else [[one] for one in steps] for made, steps in stretches]
    return [_row(group) for group in chain.from_iterable(groups)]


def _row(group: Sequence[Ancestor]) -> tuple[str, ...]:
    first, last = group[0], group[-1]
    generation = f"{last.generation + 1}"
    if first is not last:
        generation = f"{first.generation + 1}-{generation}"
    species = "" if last.species is None else f"#{last.species}"
    return generation, str(last.member), _WORDS[first.made], _parents(first), species, f"{last.fitness:.6g}"


def _parents(child: Ancestor) -> str:
    if child.parent is None:
        return ""
    first = _name(child.parent, child)
    if child.second_parent is None:
        return first
    second = "itself" if child.second_parent == child.parent else _name(child.second_parent, child)
    return f"{first} and {second}"


def _name(parent: Parent, child: Ancestor) -> str:
    name = str(parent.member)
    if parent.island != child.island:
        name += f" of island {parent.island}"
    if parent.generation != child.generation - 1:
        name += f" of generation {parent.generation + 1}"
    return name
