"""The tables of history.sqlite: what stands in them, and how a file of ours is told from any other.

docs/runs.md explains them to people. A change that an older reader would stumble over raises VERSION.
"""

from typing import Final

from evolve.storage.packed_births import CREATE_BIRTHS, CREATE_LINEAGE, LINEAGE

VERSION: Final = 3
# "EVOL": `file history.sqlite` and we ourselves know the file by it.
APPLICATION: Final = 0x45564F4C

# What happened, a table each, with its columns in their order.
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
    "species": ("generation", "population", "island", "id", "size", "best", "mean"),
    "champion": ("generation", "population", "fitness", "sha256", "island", "member"),
    "island": ("generation", "population", "island", "best", "mean", "best_ever"),
    "births": ("generation", "population", "island", "members", "parents"),
    "metric": ("generation", "population", "name", "count", "mean", "least", "most"),
}

# What is exported: births as the rows that they stand for.
EXPORTED: Final = {name: columns for name, columns in TABLES.items() if name != "births"}
EXPORTED["lineage"] = LINEAGE

_CREATE_SPECIES_LIFE: Final = """CREATE VIEW species_life AS
        SELECT population, island, id, min(generation) AS first, max(generation) AS last,
               count(*) AS generations, max(size) AS largest
        FROM species GROUP BY population, island, id"""

_CREATE_ISLAND: Final = """CREATE TABLE island (
        generation INTEGER NOT NULL,
        population TEXT NOT NULL,
        island INTEGER NOT NULL,
        best REAL NOT NULL,
        mean REAL NOT NULL,
        best_ever REAL NOT NULL,
        PRIMARY KEY (generation, population, island)
    ) WITHOUT ROWID"""

_CREATE_METRIC: Final = """CREATE TABLE metric (
        generation INTEGER NOT NULL,
        population TEXT NOT NULL,
        name TEXT NOT NULL,
        count INTEGER NOT NULL,
        mean REAL NOT NULL,
        least REAL NOT NULL,
        most REAL NOT NULL,
        PRIMARY KEY (generation, population, name)
    ) WITHOUT ROWID"""

# When a species was first there is asked for by its number.
_CREATE_SPECIES_BY_ID: Final = "CREATE INDEX species_by_id ON species (population, island, id, generation)"

_STATE_VERSION: Final = f"PRAGMA user_version = {VERSION}"

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
        island INTEGER NOT NULL,
        id INTEGER NOT NULL,
        size INTEGER NOT NULL,
        best REAL NOT NULL,
        mean REAL NOT NULL,
        PRIMARY KEY (generation, population, island, id)
    ) WITHOUT ROWID""",
    """CREATE TABLE champion (
        generation INTEGER NOT NULL,
        population TEXT NOT NULL,
        fitness REAL NOT NULL,
        sha256 TEXT NOT NULL,
        island INTEGER NOT NULL,
        member INTEGER,
        PRIMARY KEY (generation, population)
    ) WITHOUT ROWID""",
    _CREATE_SPECIES_LIFE,
    _CREATE_SPECIES_BY_ID,
    _CREATE_ISLAND,
    CREATE_BIRTHS,
    CREATE_LINEAGE,
    _CREATE_METRIC,
    f"PRAGMA application_id = {APPLICATION}",
    _STATE_VERSION,
)

# What a file of an older version lacks. Such a run has one island, and keeps to it.
UPGRADES: Final = {
    1: (
        "ALTER TABLE champion ADD COLUMN island INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE champion ADD COLUMN member INTEGER",
        "ALTER TABLE species ADD COLUMN island INTEGER NOT NULL DEFAULT 0",
        "DROP VIEW species_life",
        _CREATE_SPECIES_LIFE,
        _CREATE_SPECIES_BY_ID,
        _CREATE_ISLAND,
        CREATE_BIRTHS,
        CREATE_LINEAGE,
        _CREATE_METRIC,
        _STATE_VERSION,
    ),
    2: (_CREATE_METRIC, _STATE_VERSION),
}


def insert(table: str) -> str:
    """The statement that puts a row into a table. A row that is there already is written again."""
    columns = TABLES[table]
    names, places = ", ".join(columns), ", ".join("?" * len(columns))
    return f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({places})"  # noqa: S608 - names of our own
