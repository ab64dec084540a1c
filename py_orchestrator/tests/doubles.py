"""An Evolution without an engine: counts units, scores nothing, writes small text files. For tests of what
surrounds the real one."""

import hashlib
import json
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from evolve._native import Episode, Evolution, GenerationReport, Results, Told, WorkBatch


class FakeResults:
    def __init__(self, scores: dict[int, float], traces: dict[int, list[int]] | None = None) -> None:
        self.scores = scores
        self.traces = traces or {}

    @property
    def units(self) -> list[int]:
        return list(self.scores)

    def episode(self, unit: int) -> "Episode | None":
        if unit not in self.scores:
            return None
        trace = array("Q", self.traces.get(unit, [])).tobytes()
        return {"steps": 4, "scores": [self.scores[unit]], "behaviour": [], "trace": trace, "metrics": []}

    def to_bytes(self) -> bytes:
        content: dict[str, Any] = {str(unit): score for unit, score in self.scores.items()}
        if self.traces:
            content["traces"] = self.traces
        return json.dumps(content).encode()


def decode_results(data: bytes) -> "Results":
    """Read what `FakeResults.to_bytes` wrote; ValueError for anything else, as the engine does."""
    content = json.loads(data)
    if not isinstance(content, dict):
        raise ValueError("no results")
    traces = {int(unit): trace for unit, trace in content.pop("traces", {}).items()}
    scores = {int(unit): float(score) for unit, score in content.items()}
    return cast("Results", FakeResults(scores, traces))


class FakeBatch:
    def __init__(self, units: list[int]) -> None:
        self.units = units
        self.ticks = [9] * len(units)
        self.traced: list[int] = []

    def ask_for_traces(self, units: Sequence[int]) -> None:
        self.traced += units

    def to_bytes(self) -> bytes:
        return json.dumps(self.units).encode()


def fake_score(unit: int) -> float:
    return float(hashlib.sha256(str(unit).encode()).digest()[0])


class FakeEvolution:
    def __init__(self, units: int = 20, seed: int = 1) -> None:
        self.generation = 0
        self.populations = ["main"]
        self.seed = seed
        self.config = "{}"
        self.units = units
        self.evaluations = 0
        self.released = 0
        self.history: list[list[float]] = []
        self._begin()

    def _begin(self) -> None:
        self._queue = [self.generation << 32 | place for place in range(self.units)]
        self._asked: set[int] = set()
        self._scores: dict[int, float] = {}

    @property
    def units_waiting(self) -> int:
        return len(self._queue)

    def ask(self, count: int) -> FakeBatch | None:
        taken, self._queue = self._queue[:count], self._queue[count:]
        self._asked.update(taken)
        return FakeBatch(taken) if taken else None

    def release(self, units: Sequence[int]) -> int:
        back = [unit for unit in units if unit in self._asked and unit not in self._scores]
        self._queue += [unit for unit in back if unit not in self._queue]
        self.released += len(back)
        return len(back)

    def ask_again(self, units: Sequence[int]) -> FakeBatch | None:
        out = [unit for unit in units if unit in self._asked and unit not in self._scores]
        return FakeBatch([unit for unit in out if unit not in self._queue]) if out else None

    def fail(self, units: Sequence[int]) -> "Told":
        told: Told = {"accepted": 0, "dropped": 0, "report": None}
        for unit in units:
            if unit >> 32 == self.generation and unit not in self._scores:
                self._scores[unit] = -1.0
                self._queue = [one for one in self._queue if one != unit]
                told["accepted"] += 1
        if told["accepted"] and len(self._scores) == self.units:
            told["report"] = self._breed()
        return told

    def tell(self, results: FakeResults) -> "Told":
        told: Told = {"accepted": 0, "dropped": 0, "report": None}
        for unit, score in results.scores.items():
            if unit >> 32 < self.generation or unit in self._scores:
                told["dropped"] += 1
                continue
            if unit not in self._asked:
                raise ValueError(f"unit {unit} was never handed out")
            self._scores[unit] = score
            self._queue = [one for one in self._queue if one != unit]
            self.evaluations += 1
            told["accepted"] += 1
            if len(self._scores) == self.units:
                told["report"] = self._breed()
        return told

    def _breed(self) -> "GenerationReport":
        scores = [self._scores[unit] for unit in sorted(self._scores)]
        self.history.append(scores)
        report: GenerationReport = {
            "generation": self.generation,
            "best": max(scores),
            "mean": sum(scores) / len(scores),
            "best_ever": max(max(row) for row in self.history),
            "objectives": [{"name": "fitness", "best": max(scores), "mean": sum(scores) / len(scores)}],
            "populations": [
                {
                    "name": "main",
                    "best": max(scores),
                    "mean": sum(scores) / len(scores),
                    "best_ever": max(max(row) for row in self.history),
                    "objectives": [
                        {"name": "fitness", "best": max(scores), "mean": sum(scores) / len(scores)}
                    ],
                    "metrics": [],
                    "champion": (0, scores.index(max(scores))),
                }
            ],
            "metrics": [],
            "lineage": [],
            "front": 0,
            "archive": 0,
            "elites": 0,
            "species": [
                {
                    "population": "main",
                    "island": 0,
                    "id": 1,
                    "size": self.units,
                    "best": max(scores),
                    "mean": 0.0,
                }
            ],
            "evaluations": self.evaluations,
            "steps": 4 * self.units,
            "islands": [],
        }
        self.generation += 1
        self._begin()
        return report

    def best_fitness(self, population: int = 0) -> float | None:
        assert population == 0
        return max(max(row) for row in self.history) if self.history else None

    def reaches(self, fitness: float) -> bool:
        best = self.best_fitness()
        return best is not None and best >= fitness

    def save(self, path: str) -> str:
        return self._write(path, {"generation": self.generation, "history": self.history})

    def save_champion(self, path: str, population: int = 0) -> str:
        assert population == 0
        return self._write(path, {"champion": self.best_fitness()})

    def _write(self, path: str, content: dict[str, Any]) -> str:
        text = json.dumps(content)
        Path(path).write_text(text)
        return hashlib.sha256(text.encode()).hexdigest()


def as_evolution(fake: FakeEvolution) -> "Evolution":
    return cast("Evolution", fake)


def fake_play(batch: "WorkBatch | FakeBatch") -> "Results":
    return cast("Results", FakeResults({unit: fake_score(unit) for unit in batch.units}))
