"""`evolve runs`: the runs of a folder, the latest first."""

import argparse
import datetime
import json
import sys
from pathlib import Path
from typing import Any, Final

from evolve.analysis.run_figures import RunFigures, read_figures
from evolve.cli.main import program
from evolve.cli.tables import table, terminal_width
from evolve.errors import EvolveUserError
from evolve.storage.run_folder import RUNS, runs_in
from evolve.training.progress import duration

_HEADERS: Final = ("run", "trains", "seed", "status", "generations", "best", "started", "took")
_NUMBERS: Final = ("seed", "generations", "best", "took")


def run(arguments: argparse.Namespace) -> int:
    folder = Path(arguments.folder) if arguments.folder else RUNS
    if arguments.folder and not folder.is_dir():
        raise EvolveUserError(f"there is no folder {folder}: check the name, or leave it out to see runs/")
    runs, problems = _read(folder)
    if arguments.json:
        sys.stdout.write(json.dumps([_facts(one) for one in runs] + problems) + "\n")
        return 0
    lines = table(_HEADERS, [_row(one) for one in runs], _NUMBERS, terminal_width()) if runs else []
    lines += [problem["problem"] for problem in problems]
    if not lines:
        lines = [f"No runs are in {folder}: '{program()} train' makes one."]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _read(folder: Path) -> tuple[list[RunFigures], list[dict[str, Any]]]:
    """The runs of a folder, or the folder itself when it is one; and what could not be read."""
    runs, problems = [], []
    for path in [folder] if (folder / "run.json").is_file() else runs_in(folder):
        try:
            runs.append(read_figures(path))
        except EvolveUserError as error:
            problems.append({"run": str(path), "status": "damaged", "problem": str(error)})
    runs.sort(key=lambda one: (one.record.started, one.name), reverse=True)
    return runs, problems


def _facts(run: RunFigures) -> dict[str, Any]:
    record = run.record
    return {
        "run": str(run.path),
        "kind": record.kind,
        "source": record.source,
        "seed": record.seed,
        "status": run.status,
        "reason": record.reason,
        "generations": len(run.rows),
        "goal": record.stop.generations if record.stop else None,
        "best": run.best,
        "evaluations": run.evaluations,
        "started": record.started,
        "seconds": run.seconds,
    }


def _row(run: RunFigures) -> tuple[str, ...]:
    record = run.record
    goal = f"/{record.stop.generations}" if record.stop else ""
    return (
        run.name,
        Path(record.source).name,
        record.seed,
        run.status,
        f"{len(run.rows)}{goal}",
        "" if run.best is None else f"{run.best:.6g}",
        _local(record.started),
        duration(run.seconds),
    )


def _local(started: str) -> str:
    """The time as clocks here show it."""
    try:
        return datetime.datetime.fromisoformat(started).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return started
