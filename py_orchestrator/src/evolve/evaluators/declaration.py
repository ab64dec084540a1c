"""What an evaluator says of itself: what its brains sense and do, what they are scored on, how long it takes.

Plain data, put together without the engine, so that a file with an evaluator in it is quick to import. The
engine checks the sum when a run begins.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from evolve.errors import EvolveUserError
from evolve.training.configuration import Settings, merge

DEFAULT_TICKS: Final = 1_000
DEFAULT_GENERATIONS: Final = 100
DEFAULT_PATIENCE: Final = 120.0
_MOST_GENERATIONS: Final = 2**31
# The attribute of a function that holds what it says of itself.
_MARK: Final = "__evolve__"

Names = Sequence[str]
Objectives = Sequence[str] | Mapping[str, str]
Behaviour = Mapping[str, tuple[float, float]]

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Declaration:
    """What a run has to know of an evaluator before it begins."""

    config: Settings
    generations: int = DEFAULT_GENERATIONS
    fitness: float | None = None
    patience: float = DEFAULT_PATIENCE


def evaluator(  # noqa: PLR0913 - each is something that a person may want to say
    *,
    inputs: Names = (),
    outputs: Names = (),
    group: int = 1,
    objectives: Objectives = ("fitness",),
    behaviour: Behaviour | None = None,
    ticks: int = DEFAULT_TICKS,
    generations: int = DEFAULT_GENERATIONS,
    fitness: float | None = None,
    patience: float = DEFAULT_PATIENCE,
    config: Mapping[str, Any] | None = None,
) -> Callable[[F], F]:
    """Make an evaluator of a function that plays one episode and returns its score.

        @evolve.evaluator(inputs=["a", "b"], outputs=["xor"], ticks=4)
        def play(episode: evolve.Episode) -> float:
            return episode.brain.think([0.0, 1.0])[0]

    The function itself stays as it is: call it with an episode whenever you like.

    inputs, outputs    names of what a brain senses and does
    group              so many brains meet in each episode; with more than one, return a score for each
    objectives         names, of which more is better, or a mapping of names to "maximise" and "minimise";
                       the first is the fitness
    behaviour          names of what describes a behaviour, each with the range that is expected of it
    ticks              the longest an episode lasts, for the function to read in `episode.ticks`
    generations        a run is over after so many, if nobody asks for another number
    fitness            a run is over when a champion is that good
    patience           a worker process that spends more seconds on one episode counts as hung
    config             any other setting, as in a file of `evolve train --config`; several populations are
                       listed here: {"populations": [{"name": …, "inputs": …, "outputs": …}, …]}
    """
    settings = _settings(inputs, outputs, group, objectives, behaviour, ticks, config)
    _check(generations, fitness, patience)
    declaration = Declaration(settings, generations, fitness, patience)

    def declare(function: F) -> F:
        setattr(function, _MARK, declaration)
        return function

    return declare


def declared(function: Callable[..., Any]) -> Declaration | None:
    """What `evaluator` noted on a function."""
    found = getattr(function, _MARK, None)
    return found if isinstance(found, Declaration) else None


def configuration(
    *,
    inputs: Names = (),
    outputs: Names = (),
    group: int = 1,
    objectives: Objectives = ("fitness",),
    behaviour: Behaviour | None = None,
    ticks: int = DEFAULT_TICKS,
    config: Mapping[str, Any] | None = None,
) -> str:
    """The whole configuration for an `Evolution`, checked, in JSON; the words are those of `evaluator`."""
    from evolve._native import complete_config

    return complete_config(
        json.dumps(_settings(inputs, outputs, group, objectives, behaviour, ticks, config))
    )


def _settings(
    inputs: Names,
    outputs: Names,
    group: int,
    objectives: Objectives,
    behaviour: Behaviour | None,
    ticks: int,
    config: Mapping[str, Any] | None,
) -> Settings:
    names = {"inputs": inputs, "outputs": outputs, "objectives": objectives}
    for what, value in names.items():
        if isinstance(value, str):
            raise EvolveUserError(f"{what} is the text {value!r}: write a list of names, [{value!r}]")
    directions = objectives if isinstance(objectives, Mapping) else dict.fromkeys(objectives, "maximise")
    settings: Settings = {
        "evaluation": {
            "episode_ticks": ticks,
            "together": group > 1,
            "objectives": [{"name": name, "direction": way} for name, way in directions.items()],
            "behaviour": [
                {"name": name, "low": low, "high": high} for name, (low, high) in (behaviour or {}).items()
            ],
        },
    }
    if len(directions) > 1:  # it is what NSGA-II is for; other strategies refuse them
        settings["selection"] = {"strategy": "nsga2"}
    if inputs or outputs:
        alone = {"name": "main", "inputs": list(inputs), "outputs": list(outputs), "group": group}
        settings["populations"] = [alone]
    settings = merge(settings, config or {})
    try:
        json.dumps(settings)
    except (TypeError, ValueError) as error:
        raise EvolveUserError(f"the evaluator has a setting of no kind that there is: {error}") from error
    return settings


def _check(generations: Any, fitness: Any, patience: Any) -> None:  # noqa: ANN401 - a person wrote them
    """Refuse what the engine does not check."""
    if type(generations) is not int or not 1 <= generations < _MOST_GENERATIONS:
        raise EvolveUserError(f"generations is {generations!r}, but must be a whole number of 1 at least")
    if fitness is not None and not _is_finite(fitness):
        raise EvolveUserError(f"fitness is {fitness!r}, but must be a number, or left out")
    if not _is_finite(patience) or patience <= 0:
        raise EvolveUserError(f"patience is {patience!r}, but must be a number of seconds above 0")


def _is_finite(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, int | float) and math.isfinite(value)
