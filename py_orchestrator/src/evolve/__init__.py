"""Evolve: breeds the brains of game agents.

The names below are the engine's ask/tell machine, for people who own their loop; `evolve train` is the
same machine with workers around it. The engine is loaded at the first use of a name, so that the command
line's help works before anything is built.
"""

from importlib import import_module
from typing import TYPE_CHECKING

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

__version__ = "0.1.0"

__all__ = [
    "Champion",
    "ConfigError",
    "Evolution",
    "EvolveError",
    "FormatError",
    "ResultError",
    "Results",
    "WorkBatch",
    "complete_config",
    "world_config",
    "worlds",
]


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(import_module("evolve._native"), name)
    raise AttributeError(f"module 'evolve' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
