"""`evolve export --format csv|json|parquet`: the tables of a run's history as files."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evolve.analysis.history_files import encode_table, encode_tables, is_ours
from evolve.cli.export_files import refuse_foreign, write
from evolve.errors import EvolveUserError
from evolve.storage.history_reader import NAME, read_history
from evolve.storage.history_schema import EXPORTED
from evolve.storage.run_folder import find_run, latest_run


def export_tables(arguments: argparse.Namespace, kind: str) -> tuple[dict[str, Any], list[str]]:
    """Write one table, or all of them into a folder; gives the facts, and lines for a person."""
    if arguments.target is not None and arguments.target.endswith(".evo"):
        raise EvolveUserError(f"{arguments.target} is a champion, and tables come from a run: name the run")
    folder = latest_run() if arguments.target is None else find_run(arguments.target)
    tables = _read(folder, [arguments.table] if arguments.table else list(EXPORTED))
    files = _files(arguments, kind, folder, tables)
    for path in files:
        refuse_foreign(path, arguments.force, is_ours(path, kind) if path.exists() else True)
    for path, data in files.items():
        _make_folder(path.parent)
        write(path, data)
    counts = {name: len(rows) for name, rows in tables.items()}
    facts = {"format": kind, "run": str(folder), "files": [str(path) for path in files], "rows": counts}
    words = ", ".join(f"{name} ({count:,})" for name, count in counts.items())
    return facts, [*(f"{folder} → {path}" for path in files), f"rows  {words}"]


def _make_folder(folder: Path) -> None:
    """Make the folder for tables; those above it have to be there."""
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise EvolveUserError(
            f"{folder} cannot be made: {error.strerror or error}; name another place as the last word"
        ) from error


def _read(folder: Path, names: Sequence[str]) -> dict[str, list[tuple[Any, ...]]]:
    with read_history(folder) as history:
        if history is None:
            raise EvolveUserError(
                f"{folder} has no {NAME}: its figures are in {folder / 'metrics.csv'}, "
                "and 'evolve train --resume' begins a history"
            )
        return {name: history.table(name) for name in names}


def _files(
    arguments: argparse.Namespace, kind: str, folder: Path, tables: dict[str, list[tuple[Any, ...]]]
) -> dict[Path, bytes]:
    """What is to be written where."""
    names = list(tables)
    out = Path(arguments.out) if arguments.out else folder / "tables"
    if out.suffix != f".{kind}":
        return {out / f"{name}.{kind}": encode_table(name, tables[name], kind) for name in names}
    if len(names) == 1:
        return {out: encode_table(names[0], tables[names[0]], kind)}
    if kind == "json":
        return {out: encode_tables(dict(tables))}
    raise EvolveUserError(
        f"{out} holds one table: choose it with --table {'|'.join(EXPORTED)}, "
        "or name a folder for all of them"
    )
