"""`evolve show`: a run or a champion, in words or as JSON."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from evolve.analysis.describe import champion_facts, champion_words
from evolve.analysis.past import history_facts, history_words
from evolve.analysis.run_figures import RunFigures, read_figures
from evolve.cli.show_lineage import show_lineage
from evolve.errors import EvolveUserError
from evolve.storage.brain_file import is_policy
from evolve.storage.history_reader import read_history
from evolve.storage.run_folder import find_run, latest_run

if TYPE_CHECKING:
    from evolve._native import Champion

_STATUS = {
    "starting": "is starting",
    "running": "is running",
    "stopped": "was stopped: 'train --resume' goes on with it",
    "unknown": "goes on, or was stopped: Godot keeps this run itself",
    "finished": "finished",
    "interrupted": "was interrupted",
    "failed": "failed",
}


def run(arguments: argparse.Namespace) -> int:
    is_file = arguments.target is not None and arguments.target.endswith(".evo")
    if arguments.lineage:
        if is_file:
            raise EvolveUserError(
                f"{arguments.target} does not know its ancestors, its run does: name the run with --lineage"
            )
        facts, lines = show_lineage(_folder(arguments), arguments.population)
    elif arguments.population:
        raise EvolveUserError("--population says whose ancestors: add --lineage, or leave it out")
    elif is_file:
        champion = load_champion(Path(arguments.target))
        facts, lines = champion_facts(champion), champion_words(champion)
    else:
        facts, lines = _run(_folder(arguments))
    sys.stdout.write(json.dumps(facts) + "\n" if arguments.json else "\n".join(lines) + "\n")
    return 0


def _folder(arguments: argparse.Namespace) -> Path:
    return latest_run() if arguments.target is None else find_run(arguments.target)


def load_champion(path: Path) -> "Champion":
    from evolve._native import Champion, EvolveError

    if not path.exists():
        raise EvolveUserError(f"there is no champion {path}: check the path")
    try:
        return Champion.load(str(path))
    except OSError as error:
        raise EvolveUserError(f"{path} cannot be read: {error.strerror or error}") from error
    except EvolveError as error:
        if is_policy(path):
            raise EvolveUserError(
                f"{path} was imported, and has neither a genome nor a fitness: games play it, and 'evolve "
                "serve' and 'evolve export' take it"
            ) from error
        raise EvolveUserError(f"{path} is no champion: {error}") from error


def _run(folder: Path) -> tuple[dict[str, Any], list[str]]:
    figures = read_figures(folder)
    facts = {
        "run": str(folder),
        "record": msgspec.to_builtins(figures.record),
        "status": figures.status,
        "generations": len(figures.rows),
    }
    lines = [str(folder), *_record_lines(figures)]
    if figures.rows:
        facts["last"] = figures.rows[-1]._asdict()
        facts["history"], past = _past(folder)
        lines += past
    if (folder / "champion.evo").is_file():
        champion = load_champion(folder / "champion.evo")
        facts["champion"] = champion_facts(champion)
        lines += ["", f"champion     {folder / 'champion.evo'}", *champion_words(champion)]
    return facts, lines


def _past(folder: Path) -> tuple[dict[str, Any] | None, list[str]]:
    """What the history adds; a damaged one is said, and hides nothing else."""
    try:
        with read_history(folder) as history:
            return (None, []) if history is None else (history_facts(history), history_words(history))
    except EvolveUserError as error:
        return None, [f"history      {error}"]


def _record_lines(figures: RunFigures) -> list[str]:
    record, rows = figures.record, figures.rows
    reason = f": {record.reason}" if record.reason else ""
    lines = [
        f"{record.kind:<12} {record.source}",
        f"seed         {record.seed}",
        f"started      {record.started}",
        f"status       {_STATUS[figures.status]}{reason}",
    ]
    if rows:
        last = rows[-1]
        lines.append(
            f"generations  {len(rows)}, the last with mean {last.mean:.6g} and {last.species} species"
        )
    return lines
