"""What a run's folder tells about the run: how it stands, its figures, its configuration."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evolve.errors import EvolveUserError
from evolve.storage.history_reader import read_history
from evolve.storage.lock import is_held
from evolve.storage.metrics import MetricsRow, read_rows
from evolve.storage.record import RunRecord
from evolve.storage.run_folder import checkpoints_in, read_record

_UNDER_WAY = ("starting", "running")


@dataclass(frozen=True)
class RunFigures:
    """One run, as it stands now."""

    path: Path
    record: RunRecord
    status: str
    rows: list[MetricsRow]

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def best(self) -> float | None:
        return self.rows[-1].best_ever if self.rows else None

    @property
    def evaluations(self) -> int:
        return self.rows[-1].evaluations if self.rows else 0

    @property
    def seconds(self) -> float:
        """How long it trained, without what lay between two sittings."""
        return sum(row.seconds for row in self.rows)

    @property
    def steps_per_second(self) -> float:
        return sum(row.steps for row in self.rows) / self.seconds if self.seconds > 0 else 0.0

    def reaches(self, fitness: float, *, minimise: bool) -> MetricsRow | None:
        """The generation in which the best so far was as good as that for the first time."""
        good = (
            row for row in self.rows if (row.best_ever <= fitness if minimise else row.best_ever >= fitness)
        )
        return next(good, None)


def read_figures(path: Path) -> RunFigures:
    """Read what a run's folder tells, without opening the run."""
    record = read_record(path)
    return RunFigures(path, record, standing(path, record), read_rows(path / "metrics.csv"))


def standing(path: Path, record: RunRecord) -> str:
    """How the run stands: its own word, unless that says that it goes on and nobody is there."""
    if record.status not in _UNDER_WAY:
        return record.status
    held = is_held(path)
    if held is None:
        return "unknown"
    return record.status if held else "stopped"


def configuration_of(path: Path) -> dict[str, Any] | None:
    """The whole configuration of a run: from its history, else its newest checkpoint, else None."""
    try:
        with read_history(path) as history:
            text = None if history is None else history.facts().get("config")
    except EvolveUserError:
        text = None
    text = text or _config_of_checkpoint(path)
    return None if text is None else dict(json.loads(text))


def minimises(config: dict[str, Any] | None) -> bool:
    """Whether less fitness is better."""
    objectives = (config or {}).get("evaluation", {}).get("objectives", [])
    return bool(objectives) and objectives[0].get("direction") == "minimise"


def _config_of_checkpoint(path: Path) -> str | None:
    from evolve._native import Evolution, EvolveError

    for _, checkpoint in checkpoints_in(path / "checkpoints"):
        try:
            return Evolution.load(str(checkpoint)).config
        except (OSError, EvolveError):
            continue
    return None
