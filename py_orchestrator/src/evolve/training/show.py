"""Champions that play one episode after the other for somebody who watches. Nothing of it is a score."""

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import safetensors.numpy

if TYPE_CHECKING:
    from evolve._native import Champion, Results, Told, WorkBatch


@dataclass(frozen=True)
class Scene:
    """An episode that somebody saw, and what it was scored: a row of objectives for each member."""

    seed: int
    scores: list[dict[str, float]]
    steps: int


class Show:
    """Episodes with the seeds that are given, until there are no more.

    `champions` gives one for each population, or none while there are none.
    """

    def __init__(
        self,
        champions: "Callable[[], Sequence[Champion]]",
        config: dict[str, Any],
        seeds: Iterator[int],
        seen: Callable[[Scene], None] = lambda _scene: None,
    ) -> None:
        self._champions = champions
        self._config = json.dumps(config)
        self._objectives = [one["name"] for one in config["evaluation"]["objectives"]]
        self._seeds = seeds
        self._seen = seen
        self._numbers = itertools.count()
        self._is_sold_out = False
        # The seeds of the episodes that are played now, by unit.
        self._playing: dict[int, int] = {}

    @property
    def over(self) -> str | None:
        return "every episode was shown" if self._is_sold_out and not self._playing else None

    def exhibit(self) -> "WorkBatch | None":
        """The next episode, if there are champions and a seed is left."""
        from evolve._native import exhibition

        champions = self._champions()
        seed = next(self._seeds, None) if champions else None
        if seed is None:
            self._is_sold_out = bool(champions)
            return None
        unit = next(self._numbers)
        self._playing[unit] = seed
        return exhibition(champions, self._config, [seed], [unit])

    def seen(self, results: "Results") -> None:
        """Say what came of episodes."""
        tensors = safetensors.numpy.load(results.to_bytes())
        units, offsets = tensors["unit.id"].tolist(), tensors["unit.offsets"].tolist()
        steps, rows = tensors["unit.steps"].tolist(), tensors["score"].tolist()
        for place, unit in enumerate(units):
            seed = self._playing.pop(unit, None)
            if seed is not None:
                mine = rows[offsets[place] : offsets[place + 1]]
                scores = [dict(zip(self._objectives, row, strict=True)) for row in mine]
                self._seen(Scene(seed, scores, steps[place]))

    def waiting(self) -> int:
        """Nobody scores anything here."""
        return 0

    def ask(self, _count: int) -> "WorkBatch | None":
        return None

    def ask_again(self, _units: Sequence[int]) -> "WorkBatch | None":
        return None

    def tell(self, results: "Results") -> "Told":
        return {"accepted": 0, "dropped": len(results.units), "report": None}

    def release(self, _units: Sequence[int]) -> int:
        return 0

    def condemn(self, _unit: int, _reason: str) -> None:
        """There is nothing to be given up."""

    def settle(self) -> None:
        """There is nothing to be kept."""
