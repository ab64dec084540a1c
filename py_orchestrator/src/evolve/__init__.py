"""Evolve: breeds the brains of game agents.

    Evolution      the ask/tell machine, for people who own their loop
    Run            a whole run: workers, files, resume; what `evolve train` does, for programs and notebooks
    evaluator      makes of a function what a run can train: `@evolve.evaluator(inputs=[…], outputs=[…])`
    Episode        what such a function is given
    Worker         joins a run that goes on in another process
    Champion       a brain from a file

docs/python.md teaches them in this order. Each is loaded at the first use of its name, so that the command
line's help works before anything is built.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from evolve._native import (
        Champion,
        ConfigError,
        Evolution,
        EvolveError,
        FormatError,
        ResultError,
        Results,
        WorkBatch,
        complete_config,
        world_config,
        worlds,
    )
    from evolve.errors import EvaluatorFailed, EvolveUserError
    from evolve.evaluators.declaration import configuration, evaluator
    from evolve.evaluators.episode import Brain, Episode, episodes
    from evolve.evaluators.playing import play
    from evolve.evaluators.worker import Worker
    from evolve.run import Run
    from evolve.training.outcome import RunOutcome

__version__ = "0.1.0"

__all__ = [
    "Evolution",
    "WorkBatch",
    "Results",
    "Champion",
    "configuration",
    "complete_config",
    "world_config",
    "worlds",
    "evaluator",
    "Episode",
    "Brain",
    "episodes",
    "play",
    "Run",
    "RunOutcome",
    "Worker",
    "ConfigError",
    "EvaluatorFailed",
    "EvolveError",
    "EvolveUserError",
    "FormatError",
    "ResultError",
]

_HOMES: Final = {
    "Brain": "evolve.evaluators.episode",
    "Episode": "evolve.evaluators.episode",
    "EvaluatorFailed": "evolve.errors",
    "EvolveUserError": "evolve.errors",
    "Run": "evolve.run",
    "RunOutcome": "evolve.training.outcome",
    "Worker": "evolve.evaluators.worker",
    "configuration": "evolve.evaluators.declaration",
    "episodes": "evolve.evaluators.episode",
    "evaluator": "evolve.evaluators.declaration",
    "play": "evolve.evaluators.playing",
}


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(import_module(_HOMES.get(name, "evolve._native")), name)
    raise AttributeError(f"module 'evolve' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
