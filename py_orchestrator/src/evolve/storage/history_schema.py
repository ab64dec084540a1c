"""The tables of history.sqlite: what stands in them, and how a file of ours is told from any other.

docs/runs.md explains them to people. A change that an older reader would stumble over raises VERSION.
"""

from typing import Final

VERSION: Final = 1
# "EVOL": `file history.sqlite` and we ourselves know the file by it.
APPLICATION: Final = 0x45564F4C

# What happened, a table each, with the columns in the order in which they are exported.
TABLES: Final[dict[str, tuple[str, ...]]] = {
    "generation": (
        "generation",
        "evaluations",
        "steps",
        "seconds",
        "finished_at",
        "species",
        "front",
        "archive",
        "elites",
    ),
    "score": ("generation", "population", "objective", "best", "mean", "best_ever"),
    "species": ("generation", "population", "id", "size", "best", "mean"),
    "champion": ("generation", "population", "fitness", "sha256"),
}

# No STRICT tables: the sqlite3 command of older systems would not open the file.
CREATE: Final = (
    "CREATE TABLE run (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE generation (
        generation INTEGER PRIMARY KEY,
        evaluations INTEGER NOT NULL,
        steps INTEGER NOT NULL,
        seconds REAL NOT NULL,
        finished_at TEXT,
        species INTEGER NOT NULL,
        front INTEGER,
        archive INTEGER,
        elites INTEGER
    )""",
    """CREATE TABLE score (
        generation INTEGER NOT NULL,
        population TEXT NOT NULL,
        objective TEXT NOT NULL,
        best REAL NOT NULL,
        mean REAL NOT NULL,
        best_ever REAL,
        PRIMARY KEY (generation, population, objective)
    ) WITHOUT ROWID""",
    """CREATE TABLE species (
        generation INTEGER NOT NULL,
        population TEXT NOT NULL,
        id INTEGER NOT NULL,
        size INTEGER NOT NULL,
        best REAL NOT NULL,
        mean REAL NOT NULL,
        PRIMARY KEY (generation, population, id)
    ) WITHOUT ROWID""",
    """CREATE TABLE champion (
        generation INTEGER NOT NULL,
        population TEXT NOT NULL,
        fitness REAL NOT NULL,
        sha256 TEXT NOT NULL,
        PRIMARY KEY (generation, population)
    ) WITHOUT ROWID""",
    """CREATE VIEW species_life AS
        SELECT population, id, min(generation) AS first, max(generation) AS last,
               count(*) AS generations, max(size) AS largest
        FROM species GROUP BY population, id""",
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
)


def insert(table: str) -> str:
    """The statement that puts a row into a table. A row that is there already is written again."""
    columns = TABLES[table]
    names, places = ", ".join(columns), ", ".join("?" * len(columns))
    return f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({places})"  # noqa: S608 - names of our own
