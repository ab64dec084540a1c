"""history.sqlite: what every generation was like, in tables that can be queried while the run goes on.

A generation is one transaction, written before its checkpoint, so that a resume finds no gap; what the
checkpoint does not know is deleted then, and comes again. Nothing that training needs is read from here: a
history that is missing or damaged costs the run nothing but its past.
"""

import contextlib
import datetime
import errno
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from evolve.errors import EvolveUserError, storage_error
from evolve.storage.history_file import Say, open_history
from evolve.storage.history_schema import TABLES, insert
from evolve.storage.metrics import MetricsRow

if TYPE_CHECKING:
    from evolve._native import GenerationReport

# Longer than while the run goes on: there is no later generation to write the rows with.
_LAST_BUSY_SECONDS: Final = 5.0

Rows = list[tuple[str, tuple[Any, ...]]]


class History:
    """An open history, written by one run."""

    def __init__(self, path: Path, connection: sqlite3.Connection, say: Say) -> None:
        self._path = path
        self._connection = connection
        self._say = say
        self._waiting: Rows = []

    @classmethod
    def begin(cls, path: Path, facts: Mapping[str, str], generations: int, past: Rows, say: Say) -> Self:
        """Start the file, or go on with it after so many finished generations.

        `facts` say what the run is. `past` are rows that other files know (see `rows_of_metrics`): they
        fill in what this one lacks.
        """
        history = cls(path, open_history(path, say), say)
        with history._sentences(), history._transaction() as connection:
            for table in TABLES:
                # The members that are scored next were born when the last generation was finished.
                first = generations + 1 if table == "births" and generations else generations
                connection.execute(f"DELETE FROM {table} WHERE generation >= ?", (first,))  # noqa: S608
            connection.executemany("INSERT OR REPLACE INTO run VALUES (?, ?)", facts.items())
            known = {number for (number,) in connection.execute("SELECT generation FROM generation")}
            for table, row in past:
                if row[0] not in known:
                    connection.execute(insert(table), row)
        return history

    def append(self, report: "GenerationReport", seconds: float, champions: Mapping[str, str]) -> None:
        """Write a finished generation; `champions` are the digests of those it found, by population."""
        self._waiting += rows_of_report(report, seconds, champions)
        with self._sentences():
            self._write_waiting()

    def close(self) -> None:
        """Leave one plain file, which also opens where nobody may write."""
        try:
            with self._sentences():
                self._connection.execute(f"PRAGMA busy_timeout = {_LAST_BUSY_SECONDS * 1000:.0f}")
                if self._waiting and not self._write_waiting():
                    self._say(f"{self._path} is held by another program: its last rows could not be written.")
                with contextlib.suppress(sqlite3.OperationalError):  # somebody reads: it stays as it is
                    self._connection.execute("PRAGMA busy_timeout = 0")
                    self._connection.execute("PRAGMA journal_mode = DELETE")
        finally:
            self._connection.close()

    def _write_waiting(self) -> bool:
        try:
            with self._transaction() as connection:
                for table, row in self._waiting:
                    connection.execute(insert(table), row)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                return False
            raise
        self._waiting.clear()
        return True

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise

    @contextlib.contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
                raise storage_error(OSError(errno.ENOSPC, "No space left"), self._path) from error
            raise EvolveUserError(
                f"{self._path} cannot be written ({error}): delete or repair it, then resume the run"
            ) from error


def rows_of_report(report: "GenerationReport", seconds: float, champions: Mapping[str, str]) -> Rows:
    """The rows of a finished generation, each with its table."""
    number = report["generation"]
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    counts = (report["evaluations"], report["steps"], seconds, now, len(report["species"]))
    kept = (report["front"], report["archive"], report["elites"])
    rows: Rows = [("generation", (number, *counts, *kept))]
    for one in report["populations"]:
        for place, objective in enumerate(one["objectives"]):
            scored = (objective["best"], objective["mean"], None if place else one["best_ever"])
            rows.append(("score", (number, one["name"], objective["name"], *scored)))
    for kind in report["species"]:
        figures = (kind["size"], kind["best"], kind["mean"])
        rows.append(("species", (number, kind["population"], kind["island"], kind["id"], *figures)))
    for one in report["populations"]:
        if one["name"] in champions:
            found = (one["best_ever"], champions[one["name"]], *(one["champion"] or (0, None)))
            rows.append(("champion", (number, one["name"], *found)))
    for island, populations in enumerate(report["islands"]):
        for one in populations:
            rows.append(("island", (number, one["name"], island, one["best"], one["mean"], one["best_ever"])))
    for one in report["populations"]:
        for noted in one["metrics"]:
            figures_noted = (noted["count"], noted["mean"], noted["least"], noted["most"])
            rows.append(("metric", (number, one["name"], noted["name"], *figures_noted)))
    rows += [("births", row) for lineage in report["lineage"] for row in lineage.packed()]
    return rows


def rows_of_metrics(metrics: Sequence[MetricsRow], population: str, objective: str) -> Rows:
    """What metrics.csv knows of past generations: for folders that had no history, or lost it."""
    rows: Rows = []
    for row in metrics:
        counts = (row.evaluations, row.steps, row.seconds, None, row.species)
        rows.append(("generation", (row.generation, *counts, None, None, None)))
        rows.append(("score", (row.generation, population, objective, row.best, row.mean, row.best_ever)))
    return rows
