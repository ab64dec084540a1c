"""Reads history.sqlite, of a run that is over or one that goes on. Never writes, never waits for the run."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from evolve.errors import EvolveUserError
from evolve.storage.history_schema import APPLICATION, EXPORTED, VERSION
from evolve.storage.packed_births import PackedBirths

NAME = "history.sqlite"


class SpeciesNow(NamedTuple):
    """A species as it stood in the last generation; `age` counts its generations."""

    population: str
    island: int
    id: int
    size: int
    best: float
    mean: float
    age: int


class ScoreNow(NamedTuple):
    """What a population was scored on one objective in the last generation."""

    population: str
    objective: str
    best: float
    mean: float


class IslandNow(NamedTuple):
    """How a population did on an island in the last generation; counted from 0."""

    population: str
    island: int
    best: float
    mean: float
    best_ever: float


@dataclass(frozen=True)
class MetricNow:
    """What the episodes of a population noted under one name in a generation, most often the last."""

    population: str
    name: str
    count: int
    mean: float
    least: float
    most: float


class ChampionFound(NamedTuple):
    """A generation in which a better champion was found; `member` is None in histories of version 1."""

    generation: int
    population: str
    fitness: float
    sha256: str
    island: int
    member: int | None


class HistoryReader:
    """The tables of one run."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection

    def facts(self) -> dict[str, str]:
        """What the run is: `seed` and `config`."""
        return dict(self._rows("SELECT key, value FROM run"))

    def table(self, name: str) -> list[tuple[Any, ...]]:
        """All rows of a table, as `EXPORTED` names their columns; None where an older file lacks one."""
        there = self._columns(name)
        if not there:
            return []
        absent = {"island": "0"}
        columns = ", ".join(
            column if column in there else absent.get(column, "NULL") for column in EXPORTED[name]
        )
        return self._rows(f"SELECT {columns} FROM {name} ORDER BY 1, 2, 3, 4")  # noqa: S608 - names of our own

    def species_now(self) -> list[SpeciesNow]:
        """The species of the last generation, the largest first."""
        known = "island" in self._columns("species")
        island, same = ("island", "past.island = now.island") if known else ("0", "true")
        query = f"""
            SELECT population, {island}, id, size, best, mean, generation + 1 - (
                SELECT min(past.generation) FROM species AS past
                WHERE past.population = now.population AND {same} AND past.id = now.id)
            FROM species AS now
            WHERE generation = (SELECT max(generation) FROM generation)
            ORDER BY size DESC, 1, 2, 3"""  # noqa: S608 - names of our own
        return [SpeciesNow(*row) for row in self._rows(query)]

    def scores_now(self) -> list[ScoreNow]:
        """The scores of the last generation, in the order of their names."""
        query = """
            SELECT population, objective, best, mean FROM score
            WHERE generation = (SELECT max(generation) FROM generation) ORDER BY population, objective"""
        return [ScoreNow(*row) for row in self._rows(query)]

    def islands_now(self) -> list[IslandNow]:
        """Every island in the last generation; none where there is only one."""
        if not self._columns("island"):
            return []
        query = """
            SELECT population, island, best, mean, best_ever FROM island
            WHERE generation = (SELECT max(generation) FROM generation) ORDER BY population, island"""
        return [IslandNow(*row) for row in self._rows(query)]

    def metrics_now(self) -> list[MetricNow]:
        """The metrics of the last generation, in the order of their names; none in a file that is older."""
        ((last,),) = self._rows("SELECT max(generation) FROM generation")
        return [] if last is None else self.metrics_of(last)

    def metrics_of(self, generation: int) -> list[MetricNow]:
        """The same of another generation, counted from 0."""
        if not self._columns("metric"):
            return []
        query = """
            SELECT population, name, count, mean, least, most FROM metric
            WHERE generation = ? ORDER BY population, name"""
        return [MetricNow(*row) for row in self._rows(query, (generation,))]

    def champions(self) -> list[ChampionFound]:
        """Every champion that was found, in the order of time."""
        return [ChampionFound(*row) for row in self.table("champion")]

    def populations(self) -> list[str]:
        """What the populations are called, in the order of the configuration."""
        return [one["name"] for one in json.loads(self.facts()["config"])["populations"]]

    def births(self, generation: int, population: str, island: int) -> PackedBirths | None:
        """How the members of a generation came to be; None where that was lost, or never recorded."""
        if not self._columns("births"):
            return None
        query = """
            SELECT members, parents FROM births WHERE generation = ? AND population = ? AND island = ?"""
        rows = self._rows(query, (generation, population, island))
        return PackedBirths(island, generation, *rows[0]) if rows else None

    def _columns(self, table: str) -> set[str]:
        """The columns that a table has in this file; none where an older version has no such table."""
        return {row[1] for row in self._rows(f"PRAGMA table_info({table})")}

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise _unreadable(self._path, error) from error


@contextlib.contextmanager
def read_history(folder: Path) -> Iterator[HistoryReader | None]:
    """Open the history of a run's folder; None when there is none, as with runs that Godot keeps itself."""
    path = folder / NAME
    if not path.exists():
        yield None
        return
    connection = _connect(path)
    try:
        yield HistoryReader(path, connection)
    finally:
        connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    try:
        connection = _checked(path, "mode=ro")
    except sqlite3.OperationalError:
        # A file that was left in the middle of a run, in a place where SQLite may not put its helpers.
        try:
            connection = _checked(path, "mode=ro&immutable=1")
        except sqlite3.Error as error:
            raise _unreadable(path, error) from error
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error
    return connection


def _checked(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?{how}", uri=True, timeout=5.0, isolation_level=None
    )
    try:
        _refuse_foreign(path, connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_foreign(path: Path, connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION or version > VERSION:
        what = f"of version {version}" if application == APPLICATION else "of another program"
        raise EvolveUserError(f"{path} is {what}: this evolve reads histories up to version {VERSION}")


def _unreadable(path: Path, error: Exception) -> EvolveUserError:
    return EvolveUserError(
        f"{path} cannot be read ({error}): move it away, the next 'evolve train --resume' makes a new one"
    )
