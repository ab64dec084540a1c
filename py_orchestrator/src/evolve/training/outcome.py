"""What came of a run, for programs."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evolve._native import Champion
    from evolve.training.job import Outcome


@dataclass(frozen=True)
class RunOutcome:
    """What came of a run. `digest` is that of its last checkpoint: the same run has the same digest."""

    champion: "Champion"
    best_fitness: float
    generations: int
    evaluations: int
    digest: str
    # The sentence that says why the run is over.
    reason: str
    folder: Path
    champion_file: Path
    checkpoint: Path
    plot: Path
    steps_per_second: float


def outcome_of(outcome: "Outcome") -> RunOutcome:
    """The outcome of a job, with its champion read from the file."""
    from evolve._native import Champion

    result = outcome.result
    return RunOutcome(
        champion=Champion.load(result["champion"]),
        best_fitness=result["best_fitness"],
        generations=result["generations"],
        evaluations=result["evaluations"],
        digest=result["digest"],
        reason=outcome.reason,
        folder=Path(result["run"]),
        champion_file=Path(result["champion"]),
        checkpoint=Path(result["checkpoint"]),
        plot=Path(result["plot"]),
        steps_per_second=result["steps_per_second"],
    )
