"""`evolve show`: a run or a champion, in words or as JSON."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from evolve.analysis.describe import champion_facts, champion_words
from evolve.errors import EvolveUserError
from evolve.storage.metrics import MetricsRow, read_rows
from evolve.storage.record import RunRecord
from evolve.storage.run_folder import find_run, latest_run, read_record

if TYPE_CHECKING:
    from evolve._native import Champion

_STATUS = {
    "starting": "was starting when it was last seen",
    "running": "is running, or was killed",
    "finished": "finished",
    "interrupted": "was interrupted",
    "failed": "failed",
}


def run(arguments: argparse.Namespace) -> int:
    if arguments.target is not None and arguments.target.endswith(".evo"):
        champion = load_champion(Path(arguments.target))
        facts, lines = champion_facts(champion), champion_words(champion)
    else:
        facts, lines = _run(latest_run() if arguments.target is None else find_run(arguments.target))
    sys.stdout.write(json.dumps(facts) + "\n" if arguments.json else "\n".join(lines) + "\n")
    return 0


def load_champion(path: Path) -> "Champion":
    from evolve._native import Champion, EvolveError

    if not path.exists():
        raise EvolveUserError(f"there is no champion {path}: check the path")
    try:
        return Champion.load(str(path))
    except OSError as error:
        raise EvolveUserError(f"{path} cannot be read: {error.strerror or error}") from error
    except EvolveError as error:
        raise EvolveUserError(f"{path} is no champion: {error}") from error


def _run(folder: Path) -> tuple[dict[str, Any], list[str]]:
    record = read_record(folder)
    rows = read_rows(folder / "metrics.csv")
    facts = {"run": str(folder), "record": msgspec.to_builtins(record), "generations": len(rows)}
    lines = [str(folder), *_record_lines(record, rows)]
    if rows:
        facts["last"] = rows[-1]._asdict()
    if (folder / "champion.evo").is_file():
        champion = load_champion(folder / "champion.evo")
        facts["champion"] = champion_facts(champion)
        lines += ["", f"champion     {folder / 'champion.evo'}", *champion_words(champion)]
    return facts, lines


def _record_lines(record: RunRecord, rows: list[MetricsRow]) -> list[str]:
    reason = f": {record.reason}" if record.reason else ""
    lines = [
        f"{record.kind:<12} {record.source}",
        f"seed         {record.seed}",
        f"started      {record.started}",
        f"status       {_STATUS[record.status]}{reason}",
    ]
    if rows:
        last = rows[-1]
        lines.append(
            f"generations  {len(rows)}, the last with mean {last.mean:.6g} and {last.species} species"
        )
    return lines
