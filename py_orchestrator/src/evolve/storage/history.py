"""history.sqlite: what every generation was like, in tables that can be queried while the run goes on.

A generation is one transaction, written before its checkpoint, so that a resume finds no gap; what the
checkpoint does not know is deleted then, and comes again. Nothing that training needs is read from here: a
history that is missing or damaged costs the run nothing but its past.
"""

import contextlib
import datetime
import errno
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from evolve.errors import EvolveUserError, storage_error
from evolve.storage.history_schema import APPLICATION, CREATE, TABLES, VERSION, insert
from evolve.storage.metrics import MetricsRow

if TYPE_CHECKING:
    from evolve._native import GenerationReport

# Somebody who holds the file for longer makes rows wait for the next generation, never the run.
_BUSY_SECONDS: Final = 0.5
_LAST_BUSY_SECONDS: Final = 5.0
_COMPANIONS: Final = ("", "-wal", "-shm", "-journal")

Rows = list[tuple[str, tuple[Any, ...]]]
Say = Callable[[str], None]


class Unusable(Exception):  # noqa: N818 - it says what the file is
    """The file is no history that this evolve can go on with."""


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
        history = cls(path, _open(path, say), say)
        with history._sentences(), history._transaction() as connection:
            for table in TABLES:
                connection.execute(f"DELETE FROM {table} WHERE generation >= ?", (generations,))  # noqa: S608
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
    first, *others = report["objectives"]
    for one in report["populations"]:
        figures = (one["best"], one["mean"], one["best_ever"])
        rows.append(("score", (number, one["name"], first["name"], *figures)))
    # The engine reports the objectives beyond the fitness for the first population alone.
    main = report["populations"][0]
    for objective in others:
        figures_of_other = (objective["best"], objective["mean"], None)
        rows.append(("score", (number, main["name"], objective["name"], *figures_of_other)))
    for kind in report["species"]:
        rows.append(
            ("species", (number, *(kind[key] for key in ("population", "id", "size", "best", "mean"))))
        )
    for one in report["populations"]:
        if one["name"] in champions:
            rows.append(("champion", (number, one["name"], one["best_ever"], champions[one["name"]])))
    return rows


def rows_of_metrics(metrics: Sequence[MetricsRow], population: str, objective: str) -> Rows:
    """What metrics.csv knows of past generations: for folders that had no history, or lost it."""
    rows: Rows = []
    for row in metrics:
        counts = (row.evaluations, row.steps, row.seconds, None, row.species)
        rows.append(("generation", (row.generation, *counts, None, None, None)))
        rows.append(("score", (row.generation, population, objective, row.best, row.mean, row.best_ever)))
    return rows


def _open(path: Path, say: Say) -> sqlite3.Connection:
    try:
        return _connect(path)
    except (sqlite3.Error, Unusable) as error:
        aside = _set_aside(path)
        say(f"{path} cannot be used ({error}): it is {aside.name} now, and a new one goes on without it.")
    try:
        return _connect(path)
    except (sqlite3.Error, Unusable) as error:
        raise EvolveUserError(f"{path} cannot be written ({error}): see what the folder allows") from error


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        _check(connection)
        # Readers never wait for the run, nor the run for them.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        # In kilobytes, below 0: rows are only added here, and a run of a million generations stays as small.
        connection.execute("PRAGMA cache_size = -256")
        _create(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application != APPLICATION:
        raise Unusable("it is the database of another program")
    if version > VERSION:
        raise Unusable(f"it is of version {version}, this evolve writes {VERSION}")
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise Unusable(str(verdict).splitlines()[-1])
    for table, columns in TABLES.items() if tables else ():
        connection.execute(f"SELECT {', '.join(columns)} FROM {table} LIMIT 0")  # noqa: S608


def _create(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA user_version").fetchone() == (VERSION,):
        return
    connection.execute("BEGIN IMMEDIATE")
    for statement in CREATE:
        connection.execute(statement)
    connection.execute("COMMIT")


def _set_aside(path: Path) -> Path:
    """Rename a file together with what SQLite keeps beside it."""
    aside, number = path.with_name(f"{path.name}.damaged"), 2
    while aside.exists():
        aside, number = path.with_name(f"{path.name}.damaged-{number}"), number + 1
    try:
        for end in _COMPANIONS:
            companion = path.with_name(path.name + end)
            if companion.exists():
                companion.replace(aside.with_name(aside.name + end))
    except OSError as error:
        raise storage_error(error, path) from error
    return aside
