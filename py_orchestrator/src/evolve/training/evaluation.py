"""One champion over many episodes: work without breeding, for the same backends that score a run.

What an episode gives depends on its seed alone, so the figures are the same on any number of workers.
"""

import itertools
import json
import statistics
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evolve.arrays import Arrays, open_frame
from evolve.errors import EvolveUserError

if TYPE_CHECKING:
    from evolve._native import Champion, Results, Told, WorkBatch


@dataclass(frozen=True)
class Figures:
    """What the episodes gave on one objective; the worst and the best with their seeds."""

    mean: float
    median: float
    deviation: float
    worst: float
    worst_seed: int
    best: float
    best_seed: int


@dataclass(frozen=True)
class MetricFigures:
    """What so many of the episodes noted under one name."""

    episodes: int
    mean: float
    least: float
    most: float


class Evaluation:
    """The episodes of one champion; done when each has its score."""

    def __init__(self, champion: "Champion", seeds: Sequence[int], config: dict[str, Any]) -> None:
        asked = config["evaluation"]
        self.objectives = [one["name"] for one in asked["objectives"]]
        self.scores: dict[int, list[float]] = {}
        self.steps = 0
        # What was noted in an episode, by name.
        self.noted: dict[int, dict[str, float]] = {}
        self._minimised = [one["direction"] == "minimise" for one in asked["objectives"]]
        self._seeds = list(seeds)
        self._waiting = deque(range(len(self._seeds)))
        self._champion = champion
        self._config = json.dumps(config)

    @property
    def over(self) -> str | None:
        return "every episode is played" if len(self.scores) == len(self._seeds) else None

    def waiting(self) -> int:
        return len(self._waiting)

    def ask(self, count: int) -> "WorkBatch | None":
        return self._batch([self._waiting.popleft() for _ in range(min(count, len(self._waiting)))])

    def ask_again(self, units: Sequence[int]) -> "WorkBatch | None":
        ours = range(len(self._seeds))
        return self._batch([unit for unit in units if unit in ours and unit not in self.scores])

    def condemn(self, unit: int, reason: str) -> None:
        """An episode without a score leaves figures that mean something else: better none."""
        raise EvolveUserError(
            f"the episode with the seed {self._seeds[unit]} ended three workers that played it alone "
            f"({reason}): an EvolveAgent with that replay_seed shows what happens in it"
        )

    def tell(self, results: "Results") -> "Told":
        """Take scores; the first of an episode counts."""
        tensors = open_frame(results.to_bytes())
        noted = _metrics(tensors)
        accepted = 0
        units = tensors["unit.id"].tolist()
        rows = tensors["score"].tolist()
        for place, (unit, row, steps) in enumerate(
            zip(units, rows, tensors["unit.steps"].tolist(), strict=True)
        ):
            if not 0 <= unit < len(self._seeds) or len(row) != len(self.objectives):
                raise ValueError(f"nobody asked for the unit {unit} with {len(row)} scores")
            if unit not in self.scores:
                self.scores[unit] = row
                self.steps += steps
                if place in noted:
                    self.noted[unit] = noted[place]
                accepted += 1
        return {"accepted": accepted, "dropped": len(units) - accepted, "report": None}

    def release(self, units: Sequence[int]) -> int:
        waiting = set(self._waiting)
        back = [one for one in units if one not in self.scores and one not in waiting]
        self._waiting.extendleft(reversed(back))
        return len(back)

    def settle(self) -> None:
        """Nothing is to be kept."""

    def exhibit(self) -> "WorkBatch | None":
        """Nobody is let in to watch."""
        return None

    def seen(self, results: "Results") -> None:
        """Nobody watches."""

    def scores_of(self, objective: int) -> list[float]:
        """The scores on one objective, in the order of the seeds."""
        return [self.scores[unit][objective] for unit in range(len(self._seeds))]

    def figures(self, objective: int) -> Figures:
        scores = self.scores_of(objective)
        ranked = sorted(
            range(len(scores)), key=lambda place: scores[place], reverse=self._minimised[objective]
        )
        worst, best = ranked[0], ranked[-1]
        return Figures(
            statistics.fmean(scores),
            statistics.median(scores),
            statistics.pstdev(scores),
            scores[worst],
            self._seeds[worst],
            scores[best],
            self._seeds[best],
        )

    def metrics(self) -> dict[str, MetricFigures]:
        """What the episodes noted, by name; added up in the order of the seeds."""
        values: dict[str, list[float]] = {}
        for unit in sorted(self.noted):
            for name, value in self.noted[unit].items():
                values.setdefault(name, []).append(value)
        return {
            name: MetricFigures(len(noted), statistics.fmean(noted), min(noted), max(noted))
            for name, noted in sorted(values.items())
        }

    def _batch(self, units: list[int]) -> "WorkBatch | None":
        from evolve._native import exhibition

        seeds = [self._seeds[unit] for unit in units]
        return exhibition([self._champion], self._config, seeds, units) if units else None


def _metrics(frame: Arrays) -> dict[int, dict[str, float]]:
    """What was noted in units of one member, by the unit's place in a results frame and by name."""
    if "metric.value" not in frame:
        return {}
    names = frame.metadata["metrics"]
    offsets, values = frame["metric.offsets"].tolist(), frame["metric.value"].tolist()
    named = [
        (names[place], value) for place, value in zip(frame["metric.name"].tolist(), values, strict=True)
    ]
    return {
        unit: dict(named[first:last])
        for unit, (first, last) in enumerate(itertools.pairwise(offsets))
        if first < last
    }


def refuse_misfit(champion: Path, inputs: list[str], outputs: list[str], config: dict[str, Any]) -> None:
    """Say in a sentence why a champion cannot be played alone with a configuration."""
    populations = config["populations"]
    if len(populations) > 1 or config["evaluation"]["together"] or populations[0]["group"] > 1:
        raise EvolveUserError(
            f"{champion} meets others in its episodes, and eval plays it alone: watch it in Godot, "
            "where an EvolveAgent's brain and replay_seed put it into a scene with them"
        )
    wanted = (populations[0]["inputs"], populations[0]["outputs"])
    for what, has, wants in zip(("senses", "does"), (inputs, outputs), wanted, strict=True):
        if has != wants:
            raise EvolveUserError(
                f"{champion} {what} {', '.join(has)}, but here it would be {', '.join(wants)}: "
                "name what it was trained in with --world"
            )
