"""Opens history.sqlite for writing: upgrades an older one, and sets aside what is damaged or not ours."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from evolve.errors import EvolveUserError, storage_error
from evolve.storage.history_schema import APPLICATION, CREATE, TABLES, UPGRADES, VERSION

# Somebody who holds the file for longer makes rows wait for the next generation, never the run.
BUSY_SECONDS: Final = 0.5
_COMPANIONS: Final = ("", "-wal", "-shm", "-journal")

Say = Callable[[str], None]


class Unusable(Exception):  # noqa: N818 - it says what the file is
    """The file is no history that this evolve can go on with."""


def open_history(path: Path, say: Say) -> sqlite3.Connection:
    """A history to write into; what is there and useless is renamed, and `say` is told."""
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
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        _check(connection)
        # Readers never wait for the run, nor the run for them.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        # In kilobytes, below 0: rows are only added here, and a run of a million generations stays as small.
        connection.execute("PRAGMA cache_size = -256")
        _bring_up_to_date(connection)
        _check_tables(connection)
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


def _check_tables(connection: sqlite3.Connection) -> None:
    for table, columns in TABLES.items():
        connection.execute(f"SELECT {', '.join(columns)} FROM {table} LIMIT 0")  # noqa: S608


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    for statement in UPGRADES.get(version, CREATE):
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
