"""`evolve show RUN --lineage`: the champion's line of ancestors."""

from pathlib import Path
from typing import Any

from evolve.analysis.ancestry import (
    HEADERS,
    NUMBERS,
    Ancestor,
    is_complete,
    line_facts,
    line_of_ancestors,
    line_rows,
)
from evolve.cli.tables import table, terminal_width
from evolve.errors import EvolveUserError
from evolve.storage.history_reader import NAME, ChampionFound, HistoryReader, read_history


def show_lineage(folder: Path, population: str | None) -> tuple[dict[str, Any], list[str]]:
    """The line of a population's champion: facts, and lines for a person."""
    with read_history(folder) as history:
        if history is None:
            raise EvolveUserError(
                f"{folder} has no {NAME}, which knows who descended from whom: "
                "'evolve train --resume' begins one"
            )
        champion = _champion(history, folder, population)
        line = line_of_ancestors(history, champion)
    if not line:
        raise EvolveUserError(
            f"{folder / NAME} does not say whom the champion descended from: it was found before that was "
            "recorded; a resumed run records it from there on"
        )
    facts = {
        "run": str(folder),
        "population": champion.population,
        "fitness": champion.fitness,
        "complete": is_complete(line),
        "line": line_facts(line),
    }
    return facts, _words(folder, champion, line)


def _champion(history: HistoryReader, folder: Path, population: str | None) -> ChampionFound:
    """The last champion of a population; of the first one where none is named."""
    last = {one.population: one for one in history.champions()}
    if not last:
        raise EvolveUserError(f"{folder} has no champion yet: its first generation is not scored")
    wanted = history.populations()[0] if population is None else population
    if wanted not in last:
        raise EvolveUserError(
            f"{folder} has no champion of a population '{wanted}': there are those of {', '.join(last)}"
        )
    return last[wanted]


def _words(folder: Path, champion: ChampionFound, line: list[Ancestor]) -> list[str]:
    several = any(one.island for one in line)
    island = f", of island {champion.island}" if several else ""
    lines = [
        str(folder),
        f"champion     of {champion.population}, fitness {champion.fitness:.6g}, "
        f"member {champion.member} of generation {champion.generation + 1}" + island,
        f"ancestors    the fitter parents, over {champion.generation - line[0].generation} generations",
        "",
        *table(HEADERS, line_rows(line), NUMBERS, terminal_width()),
    ]
    if not is_complete(line):
        lines += ["", f"Nothing is recorded of what was before generation {line[0].generation + 1}."]
    return lines
