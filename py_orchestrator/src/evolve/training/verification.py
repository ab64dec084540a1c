"""`--verify N`: which units of a generation are played twice, and what a person is told of it.

The sample follows from the run's seed and the generation, so that it is the same on any number of workers.
"""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from evolve.errors import EvolveUserError
from evolve.workers.checks import MAXIMUM_ENTRIES, Checks
from evolve.workers.comparison import Difference, Play

if TYPE_CHECKING:
    from evolve._native import Evolution, WorkBatch

# Entries of all traces of a generation: 8 MiB, half of what a Godot worker can send at once.
_MAXIMUM_TRACED: Final = 2**20
# Where an island's number stands in the id of a unit.
_ISLAND: Final = 24
_CAUSES: Final = (
    "a node that uses the global random generator (randf, randi, pick_random, shuffle) or the clock",
    "an arena that is not isolated",
    "_process where _physics_process belongs",
    "what an autoload or a static variable keeps from one episode to the next",
)


def verify(checks: Checks, evolution: "Evolution", count: int) -> None:
    """Have `count` units of each generation of a run played twice."""
    config = json.loads(evolution.config)
    ticks = config["evaluation"]["episode_ticks"]
    most = _MAXIMUM_TRACED // min(ticks, MAXIMUM_ENTRIES)
    if count > most:
        raise EvolveUserError(
            f"--verify {count} is too much for episodes of up to {ticks:,} ticks, whose traces would take "
            f"more than 8 MiB in a generation: --verify {most} is the most for them"
        )
    islands = config.get("islands", {}).get("count", 1)
    checks.begin(lambda generation: sample(evolution.seed, generation, evolution.units, islands, count))


def sample(seed: int, generation: int, units: int, islands: int, count: int) -> frozenset[int]:
    """So many different units of a generation, by their ids; all of them when there are no more."""
    chosen: set[int] = set()
    draw = 0
    while len(chosen) < min(count, units):
        digest = hashlib.sha256(f"verify {seed} {generation} {draw}".encode()).digest()
        island, place = divmod(int.from_bytes(digest[:8]) % units, units // islands)
        chosen.add(generation << 32 | island << _ISLAND | place)
        draw += 1
    return frozenset(chosen)


def figures(checks: Checks) -> dict[str, int]:
    """What came of it, as numbers."""
    return {"equal": checks.equal, "elsewhere": checks.elsewhere, "abandoned": checks.abandoned}


def words(checks: Checks, is_world: bool) -> str:
    """What came of it, in a sentence; none when nothing was played."""
    equal, elsewhere, abandoned = checks.equal, checks.elsewhere, checks.abandoned
    if not equal and not abandoned:
        return ""
    noun = "1 unit" if equal == 1 else f"{equal:,} units"
    if is_world:
        said = f"Verified {noun} by playing each again, alone on one thread: all equal."
    elif elsewhere == equal:
        said = f"Verified {noun} on another worker: all equal."
    elif elsewhere == 0:
        said = f"Verified {noun} by playing each again on the one worker there is: all equal."
    else:
        said = f"Verified {noun}, {elsewhere:,} of them on another worker: all equal."
    if abandoned:
        said += f" {abandoned} more could not be: three workers died playing it again."
    return said


def explain(difference: Difference, folder: Path, seed: int) -> str:
    """Say what differed, what usually causes it and how to see it; the brains are written into the folder."""
    from evolve._native import WorkBatch

    batch = WorkBatch.from_bytes(difference.frame)
    try:
        brains = str(_save_brains(batch, difference, folder, seed))
    except OSError as error:
        brains = f"its brains (which could not be written: {error.strerror or error})"
    players = [f"{population} {place}" for population, place in batch.players()[0]]
    first, second = difference.first, difference.second
    later = f"{second.worker}, later" if first.worker == second.worker else second.worker
    facts = [
        ("who played", f"{_shortened(players)}, {batch.ticks[0]:,} ticks at most, seed {batch.seeds[0]}"),
        (first.worker, _outcome(first, batch.objectives)),
        (later, _outcome(second, batch.objectives)),
        ("usual causes", _CAUSES[0]),
        *(("", cause) for cause in _CAUSES[1:]),
        ("to see it", f"give {brains} to an EvolveAgent, with {batch.seeds[0]} as its replay_seed"),
    ]
    title = f"{_name(difference.unit)} was not the same when it was played again: {_what(difference)}"
    return "\n".join([title, *(f"  {name:<15} {fact}" for name, fact in facts)])


def _name(unit: int) -> str:
    island, place = divmod(unit & 0xFFFFFFFF, 1 << _ISLAND)
    home = f" on island {island}" if island else ""
    return f"unit {place} of generation {unit >> 32}{home}"


def _what(difference: Difference) -> str:
    tick = difference.tick
    beyond = " or later" if tick == MAXIMUM_ENTRIES else ""
    match difference.kind:
        case "sensed":
            return f"tick {tick}{beyond} is the first in which its agents sensed something else"
        case "did":
            return (
                f"tick {tick}{beyond} is the first in which its agents did something else, sensing the same"
            )
        case "ended":
            lengths = sorted({len(difference.first.entries), len(difference.second.entries)})
            return f"it was over after tick {lengths[0]} the one time, after tick {lengths[1]} the other"
        case "scored":
            return "its agents sensed and did the same in every tick, and were scored differently"
        case "noted":
            return "its agents sensed and did the same in every tick, and noted other metrics"


def _outcome(play: Play, objectives: list[str]) -> str:
    episode: dict[str, Any] = {**play.episode}
    width = len(objectives)
    columns = [
        f"{name} {_shortened([repr(score) for score in episode['scores'][place::width]])}"
        for place, name in enumerate(objectives)
    ]
    noted = [f"{name} {value!r}" for _, name, value in play.episode["metrics"]]
    metrics = f"metrics {_shortened(noted)}; " if noted else ""
    return f"{'; '.join(columns)}; {metrics}{len(play.entries):,} ticks"


def _shortened(words: list[str], most: int = 6) -> str:
    more = len(words) - most
    return ", ".join(words) if more <= 0 else f"{', '.join(words[:most])} and {more} more"


def _save_brains(batch: "WorkBatch", difference: Difference, folder: Path, seed: int) -> Path:
    """Write who played; returns the file, or the folder when there are several."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder
    players = batch.players()[0]
    for row, (population, member) in enumerate(players):
        path = folder / f"{_name(difference.unit).replace(' ', '-')}-{population}-{member}.evo"
        fitness = difference.first.episode["scores"][row * len(batch.objectives)]
        batch.save_brain(row, str(path), seed, fitness)
    return path if len(players) == 1 else folder
