"""A run's history in words: the last generation's species and scores, and when champions were found."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from evolve.storage.history_reader import HistoryReader, IslandNow, MetricNow, ScoreNow, SpeciesNow

_SPECIES_SHOWN: Final = 5


def history_facts(history: HistoryReader) -> dict[str, Any]:
    """Everything about the last generation, for JSON."""
    return {
        "scores": [one._asdict() for one in history.scores_now()],
        "metrics": [asdict(one) for one in history.metrics_now()],
        "species": [one._asdict() for one in history.species_now()],
        "islands": [one._asdict() for one in history.islands_now()],
        "champions": [one._asdict() for one in history.champions()],
    }


def history_words(history: HistoryReader) -> list[str]:
    """The same in lines for a person: the largest species only, and scores where there are several."""
    champions = history.champions()
    lines = []
    if champions:
        last = champions[-1].generation + 1
        lines.append(f"champions    {len(champions)} so far, the last of them in generation {last}")
    islands, species = history.islands_now(), history.species_now()
    lines += _score_lines(history.scores_now()) + _metric_lines(history.metrics_now())
    lines += _island_lines(islands)
    return lines + _species_lines(species, len(islands) > 0)


def _score_lines(scores: Sequence[ScoreNow]) -> list[str]:
    if len(scores) < 2:  # noqa: PLR2004 - one score alone is the fitness, which stands above
        return []
    names = [_name(one.population, scores, one.objective) for one in scores]
    width = max(map(len, names))
    lines = [
        f"  {name:<{width}}  best {one.best:.6g}, mean {one.mean:.6g}"
        for name, one in zip(names, scores, strict=True)
    ]
    return ["scores       of the last generation", *lines]


def _metric_lines(metrics: Sequence[MetricNow]) -> list[str]:
    if not metrics:
        return []
    names = [_name(one.population, metrics, one.name) for one in metrics]
    width = max(map(len, names))
    lines = [
        f"  {name:<{width}}  mean {one.mean:.6g}, least {one.least:.6g}, most {one.most:.6g} "
        f"in {one.count:,} episode{'' if one.count == 1 else 's'}"
        for name, one in zip(names, metrics, strict=True)
    ]
    return ["metrics      of the last generation", *lines]


def _island_lines(islands: Sequence[IslandNow]) -> list[str]:
    if not islands:
        return []
    names = [_name(one.population, islands, str(one.island)) for one in islands]
    width = max(map(len, names))
    lines = [
        f"  {name:<{width}}  best {one.best:.6g}, mean {one.mean:.6g}, best so far {one.best_ever:.6g}"
        for name, one in zip(names, islands, strict=True)
    ]
    return ["islands      in the last generation", *lines]


def _species_lines(species: Sequence[SpeciesNow], with_island: bool) -> list[str]:
    shown = species[:_SPECIES_SHOWN]
    if not shown:
        return []
    home = " on island {}" if with_island else ""
    names = [_name(one.population, species, f"#{one.id}{home.format(one.island)}") for one in shown]
    width = max(map(len, names))
    lines = [f"  {name:<{width}}  {_species_words(one)}" for name, one in zip(names, shown, strict=True)]
    rest = len(species) - len(shown)
    return [
        "species      the largest of the last generation",
        *lines,
        *([f"  and {rest} more"] if rest else []),
    ]


def _species_words(one: SpeciesNow) -> str:
    members = "1 member" if one.size == 1 else f"{one.size} members"
    age = "new" if one.age == 1 else f"{one.age} generations old"
    return f"{members}, best {one.best:.6g}, {age}"


def _name(population: str, among: Sequence[ScoreNow | SpeciesNow | IslandNow | MetricNow], rest: str) -> str:
    """A population is named where there are several."""
    several = len({one.population for one in among}) > 1
    return f"{population} {rest}" if several else rest
