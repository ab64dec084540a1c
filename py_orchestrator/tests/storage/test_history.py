"""history.sqlite: one transaction a generation, never ahead of a resume, and never a run's end."""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from evolve.errors import EvolveUserError
from evolve.storage.history import History, rows_of_metrics
from evolve.storage.history_reader import MetricNow, read_history
from evolve.storage.history_schema import EXPORTED, TABLES, VERSION
from evolve.storage.metrics import MetricsRow

if TYPE_CHECKING:
    from evolve._native import GenerationReport, Lineage, MetricReport, ObjectiveReport

FACTS = {"seed": "7", "config": "{}"}


class OneBirth:
    """Every generation has one member, a mutated copy of its only parent."""

    def __init__(self, scored: int) -> None:
        self._scored = scored

    def packed(self) -> list[tuple[int, str, int, str, str]]:
        initial = [(0, "hunter", 0, "[[0]]", "{}")] if self._scored == 0 else []
        return [*initial, (self._scored + 1, "hunter", 0, "[[2,0]]", '{"0":[4,0.5]}')]


def report(number: int) -> "GenerationReport":
    """Two populations, two objectives, two species, one of which began later."""
    hunted: list[ObjectiveReport] = [
        {"name": "fitness", "best": 3.0 + number, "mean": 0.1 + 0.2},
        {"name": "fuel", "best": -1.0, "mean": 5.0},
    ]
    laps: MetricReport = {"name": "laps", "count": 7, "mean": 1.5, "least": -1.0, "most": 4.0 + number}
    return {
        "generation": number,
        "best": 3.0 + number,
        "mean": 0.1 + 0.2,
        "best_ever": 3.0 + number,
        "objectives": hunted,
        "populations": [
            {
                "name": "hunter",
                "best": 3.0 + number,
                "mean": 0.1 + 0.2,
                "best_ever": 3.0 + number,
                "objectives": hunted,
                "metrics": [laps],
                "champion": (0, 5),
            },
            {
                "name": "prey",
                "best": 1.0,
                "mean": 0.5,
                "best_ever": 2.0,
                "objectives": [
                    {"name": "fitness", "best": 1.0, "mean": 0.5},
                    {"name": "fuel", "best": -7.0, "mean": -2.0},
                ],
                "metrics": [],
                "champion": None,
            },
        ],
        "metrics": [laps],
        "lineage": [cast("Lineage", OneBirth(number))],
        "species": [
            {"population": "hunter", "island": 0, "id": 0, "size": 40, "best": 3.0, "mean": 1.0},
            {
                "population": "prey",
                "island": 0,
                "id": 0 if number < 2 else 4,
                "size": 60,
                "best": 1.0,
                "mean": 0.5,
            },
        ],
        "front": 3,
        "archive": 0,
        "elites": 0,
        "evaluations": 100 * (number + 1),
        "steps": 400,
        "islands": [
            [
                {
                    "name": "hunter",
                    "best": 1.0,
                    "mean": 0.5,
                    "best_ever": 3.0,
                    "objectives": [],
                    "metrics": [laps],
                    "champion": None,
                }
            ],
            [
                {
                    "name": "hunter",
                    "best": 3.0,
                    "mean": 0.7,
                    "best_ever": 3.0,
                    "objectives": [],
                    "metrics": [laps],
                    "champion": None,
                }
            ],
        ],
    }


def begin(path: Path, generations: int = 0, said: list[str] | None = None, past: Any = ()) -> History:  # noqa: ANN401
    say = said.append if said is not None else pytest.fail
    return History.begin(path, FACTS, generations, list(past), say)


def write(path: Path, count: int, generations: int = 0) -> None:
    history = begin(path, generations)
    for number in range(generations, count):
        history.append(report(number), 0.25, {"hunter": f"{number:064x}"} if number % 2 == 0 else {})
    history.close()


def numbers(path: Path, table: str = "generation") -> list[int]:
    with read_history(path.parent) as reader:
        assert reader is not None
        return [row[0] for row in reader.table(table)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite"


def test_every_table_gets_what_the_report_says(path: Path) -> None:
    write(path, 3)
    with read_history(path.parent) as reader:
        assert reader is not None
        assert reader.facts() == FACTS
        assert reader.table("generation")[1][:4] == (1, 200, 400, 0.25)
        assert reader.table("generation")[1][5:] == (2, 3, 0, 0)
        assert reader.table("score")[:3] == [
            (0, "hunter", "fitness", 3.0, 0.1 + 0.2, 3.0),
            (0, "hunter", "fuel", -1.0, 5.0, None),
            (0, "prey", "fitness", 1.0, 0.5, 2.0),
        ]
        assert reader.table("score")[3] == (0, "prey", "fuel", -7.0, -2.0, None)
        assert reader.table("metric")[1:] == [
            (1, "hunter", "laps", 7, 1.5, -1.0, 5.0),
            (2, "hunter", "laps", 7, 1.5, -1.0, 6.0),
        ]
        assert reader.table("species")[0] == (0, "hunter", 0, 0, 40, 3.0, 1.0)
        found = [(one.generation, one.fitness, one.member) for one in reader.champions()]
        assert found == [(0, 3.0, 5), (2, 5.0, 5)]
        assert reader.table("lineage")[:2] == [
            (0, "hunter", 0, 0, "initial", None, None, None, None, None, None, None),
            (1, "hunter", 0, 0, "mutated", 0, 0, 0, None, None, 4, 0.5),
        ]


def test_the_last_generation_is_told_with_ages_and_the_largest_species_first(path: Path) -> None:
    write(path, 4)
    with read_history(path.parent) as reader:
        assert reader is not None
        assert [(one.population, one.size, one.age) for one in reader.species_now()] == [
            ("prey", 60, 2),
            ("hunter", 40, 4),
        ]
        assert [(one.population, one.objective) for one in reader.scores_now()] == [
            ("hunter", "fitness"),
            ("hunter", "fuel"),
            ("prey", "fitness"),
            ("prey", "fuel"),
        ]
        assert reader.metrics_now() == [MetricNow("hunter", "laps", 7, 1.5, -1.0, 7.0)]


def test_a_run_that_goes_on_can_be_read(path: Path) -> None:
    history = begin(path)
    history.append(report(0), 0.25, {})
    assert numbers(path) == [0]
    history.append(report(1), 0.25, {})
    assert numbers(path) == [0, 1]
    history.close()


def test_what_a_resume_does_not_know_is_cut_from_every_table(path: Path) -> None:
    write(path, 5)
    write(path, 4, generations=3)
    assert numbers(path) == [0, 1, 2, 3]
    for table in EXPORTED:
        # Those who are scored next are born already.
        assert max(numbers(path, table)) <= (4 if table == "lineage" else 3)


def test_a_resume_keeps_the_births_of_those_who_are_scored_next(path: Path) -> None:
    write(path, 5)
    begin(path, 3).close()
    assert numbers(path) == [0, 1, 2]
    assert numbers(path, "lineage") == [0, 1, 2, 3]


def test_a_new_run_begins_with_empty_tables(path: Path) -> None:
    write(path, 5)
    begin(path).close()
    assert all(numbers(path, table) == [] for table in EXPORTED)


def test_a_killed_run_leaves_the_generations_that_were_written(path: Path, tmp_path: Path) -> None:
    history = begin(path)
    history.append(report(0), 0.25, {})
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for file in tmp_path.glob("history.sqlite*"):
        (crashed / file.name).write_bytes(file.read_bytes())
    history.close()
    begin(crashed / path.name, 1).close()
    assert numbers(crashed / path.name) == [0]


def test_a_finished_history_is_one_plain_file(path: Path) -> None:
    write(path, 2)
    assert [file.name for file in path.parent.iterdir()] == ["history.sqlite"]


def test_what_the_table_of_figures_knows_fills_in_what_is_missing(path: Path) -> None:
    write(path, 2)
    rows = [MetricsRow(number, 3.5, 0.5, 3.5, 4, 150, 600, 0.25) for number in range(4)]
    begin(path, 4, past=rows_of_metrics(rows, "hunter", "fitness")).close()
    assert numbers(path) == [0, 1, 2, 3]
    with read_history(path.parent) as reader:
        assert reader is not None
        assert reader.table("generation")[3] == (3, 150, 600, 0.25, None, 4, None, None, None)
        assert reader.table("score")[0][3] == 3.0  # what was there stays


@pytest.mark.parametrize(
    "content",
    [b"nonsense" * 100, b"SQLite format 3\0" + b"\xff" * 4096],
    ids=["no database", "a broken one"],
)
def test_a_damaged_history_is_moved_aside_and_the_run_goes_on(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    said: list[str] = []
    begin(path, 3, said).close()
    assert len(said) == 1
    assert said[0].startswith(f"{path} cannot be used (")
    assert said[0].endswith("): it is history.sqlite.damaged now, and a new one goes on without it.")
    assert path.with_name("history.sqlite.damaged").read_bytes() == content
    path.write_bytes(content)
    begin(path, 3, said).close()
    assert path.with_name("history.sqlite.damaged-2").read_bytes() == content


def test_a_page_that_was_damaged_is_noticed(path: Path) -> None:
    write(path, 200)
    data = bytearray(path.read_bytes())
    data[2 * 4096 : 4 * 4096] = b"\x5a" * (2 * 4096)
    path.write_bytes(data)
    said: list[str] = []
    begin(path, 3, said).close()
    assert len(said) == 1


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("PRAGMA user_version = 99", "it is of version 99, this evolve writes 3"),
        ("PRAGMA application_id = 5", "it is the database of another program"),
        ("DROP TABLE species", "no such table: species"),
    ],
)
def test_a_database_that_is_not_ours_to_write_is_moved_aside(path: Path, statement: str, reason: str) -> None:
    write(path, 2)
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()
    said: list[str] = []
    begin(path, 2, said).close()
    assert said[0].startswith(f"{path} cannot be used ({reason})")


def test_a_folder_in_its_place_is_moved_aside(path: Path) -> None:
    path.mkdir()
    said: list[str] = []
    begin(path, 0, said).close()
    assert len(said) == 1
    assert path.is_file()


def test_an_empty_file_becomes_a_history(path: Path) -> None:
    path.touch()
    write(path, 1)
    assert numbers(path) == [0]


def test_rows_wait_while_somebody_else_writes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evolve.storage.history_file.BUSY_SECONDS", 0.01)
    history = begin(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    history.append(report(0), 0.25, {})
    other.execute("ROLLBACK")
    other.close()
    history.append(report(1), 0.25, {})
    history.close()
    assert numbers(path) == [0, 1]


def test_a_full_disk_is_one_sentence_that_says_so(path: Path) -> None:
    history = begin(path)
    (pages,) = history._connection.execute("PRAGMA page_count").fetchone()
    history._connection.execute(f"PRAGMA max_page_count = {pages}")
    sentence = r"no space is left for .*history.sqlite: free some"
    with pytest.raises(EvolveUserError, match=sentence):  # noqa: PT012 - some rows still find room
        for number in range(200):
            history.append(report(number), 0.25, {})
    with pytest.raises(EvolveUserError, match="no space is left"):
        history.close()


def test_there_is_no_history_in_a_folder_without_one(tmp_path: Path) -> None:
    with read_history(tmp_path) as reader:
        assert reader is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"nonsense" * 100, "cannot be read (file is not a database): move it away"),
        (b"", "is of another program"),
    ],
)
def test_reading_a_damaged_history_is_one_sentence(path: Path, content: bytes, sentence: str) -> None:
    path.write_bytes(content)
    with pytest.raises(EvolveUserError) as refused, read_history(path.parent):
        pass
    assert sentence in str(refused.value)
    assert path.read_bytes() == content


def test_numbers_come_back_with_all_their_bits(path: Path) -> None:
    values = [5e-324, 1.7976931348623157e308, 0.1 + 0.2, -1 / 3]
    history = begin(path)
    for number, value in enumerate(values):
        one = report(number)
        one["populations"][0]["objectives"][0]["best"], one["steps"] = value, 2**63 - 1
        history.append(one, 0.25, {})
    history.close()
    with read_history(path.parent) as reader:
        assert reader is not None
        assert [row[3] for row in reader.table("score") if row[1:3] == ("hunter", "fitness")] == values
        assert reader.table("generation")[0][2] == 2**63 - 1


def test_the_version_is_raised_together_with_the_tables() -> None:
    names = {name: len(columns) for name, columns in TABLES.items()}
    assert (VERSION, names) == (
        3,
        {"generation": 9, "score": 6, "species": 7, "champion": 6, "island": 6, "births": 5, "metric": 7},
    )


def make_old(path: Path) -> None:
    """What the first version wrote."""
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE metric")
        connection.execute("DROP VIEW lineage")
        connection.execute("DROP TABLE births")
        connection.execute("DROP TABLE island")
        connection.execute("DROP INDEX species_by_id")
        connection.execute("DROP VIEW species_life")
        connection.execute("ALTER TABLE champion DROP COLUMN island")
        connection.execute("ALTER TABLE champion DROP COLUMN member")
        connection.execute(
            "CREATE TABLE old (generation, population, id, size, best, mean, "
            "PRIMARY KEY (generation, population, id)) WITHOUT ROWID"
        )
        connection.execute("INSERT INTO old SELECT generation, population, id, size, best, mean FROM species")
        connection.execute("DROP TABLE species")
        connection.execute("ALTER TABLE old RENAME TO species")
        connection.execute("CREATE VIEW species_life AS SELECT id FROM species")
        connection.execute("PRAGMA user_version = 1")
    connection.close()


def test_a_history_of_the_first_version_is_read_without_what_it_lacks(path: Path) -> None:
    write(path, 3)
    make_old(path)
    with read_history(path.parent) as reader:
        assert reader is not None
        assert reader.table("lineage") == []
        assert (reader.table("metric"), reader.metrics_now()) == ([], [])
        assert [one.member for one in reader.champions()] == [None, None]
        assert [one.age for one in reader.species_now()] == [1, 3]
        assert reader.births(1, "hunter", 0) is None


def test_a_history_of_the_first_version_is_upgraded_and_goes_on(path: Path) -> None:
    write(path, 3)
    make_old(path)
    write(path, 5, generations=3)
    assert numbers(path) == [0, 1, 2, 3, 4]
    assert numbers(path, "metric") == [3, 4]
    # Nobody can say any more how those were made who came before.
    assert numbers(path, "lineage") == [4, 5]
    with read_history(path.parent) as reader:
        assert reader is not None
        assert [one.member for one in reader.champions()] == [None, None, 5]


def test_a_history_of_the_second_version_keeps_all_it_has_and_learns_of_metrics(path: Path) -> None:
    write(path, 3)
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE metric")
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    write(path, 5, generations=3)
    assert numbers(path, "lineage") == [0, 1, 2, 3, 4, 5]
    assert numbers(path, "metric") == [3, 4]
