"""`evolve show RUN --lineage`: a champion's ancestors in words and as JSON."""

import json
import sqlite3
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from evolve.cli import main
from evolve.storage.history_reader import read_history

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def trained(here: Path, capsys: Captured) -> Path:
    assert main.run(["train", "xor", "--seed", "7", "--generations", "8", "--quiet"]) == 0
    capsys.readouterr()
    return here / "runs" / "xor-7-001"


def shown(capsys: Captured, *words: str) -> Any:  # noqa: ANN401 - an object of JSON
    assert main.run(["show", *words, "--lineage", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys: Captured, *words: str) -> str:
    assert main.run(["show", *words]) == 1
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)
    return captured.err.removeprefix("evolve: ").rstrip("\n")


def rows_of(run: Path) -> dict[tuple[int, ...], tuple[Any, ...]]:
    with read_history(run) as history:
        assert history is not None
        return {(row[2], row[0], row[3]): row for row in history.table("lineage")}


@pytest.mark.parametrize(
    ("strategy", "islands"), [("fitness", 3), ("nsga2", 1), ("novelty", 2), ("map_elites", 2)]
)
def test_the_line_is_that_of_the_rows_from_the_first_genome_to_the_champion(
    strategy: str, islands: int, here: Path, capsys: Captured
) -> None:
    settings = (f"selection.strategy={strategy}", f"islands.count={islands}", "islands.migrate_every=2")
    words = ["--population", "20", "--quiet", "--out", "run"]
    words += [word for setting in settings for word in ("--set", setting)]
    assert main.run(["train", "maze", "--seed", "3", "--generations", "9", *words]) == 0
    capsys.readouterr()
    facts = shown(capsys, "run")
    line, rows = facts["line"], rows_of(here / "run")
    assert (facts["complete"], line[0]["made"], line[0]["generation"]) == (True, "initial", 0)
    assert line[-1]["fitness"] == facts["fitness"]
    for elder, younger in pairwise(line):
        row = rows[younger["island"], younger["generation"], younger["member"]]
        named = {key: elder[key] for key in ("island", "generation", "member")}
        assert tuple(named.values()) == row[5:8]
        assert younger["parent"] == named
        assert (younger["made"], elder["species"], elder["fitness"]) == (row[4], row[10], row[11])
        assert (younger["second_parent"] is None) == (row[9] is None)


def test_the_line_is_a_table_in_words(trained: Path, capsys: Captured) -> None:
    assert main.run(["show", "--lineage"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == str(trained.relative_to(trained.parent.parent))
    assert lines[1].startswith("champion     of main, fitness ")
    assert lines[2].startswith("ancestors    the fitter parents, over ")
    assert lines[4].split() == ["generation", "member", "made", "of", "species", "fitness"]
    first = lines[5].split()
    assert (first[0], first[2:6]) == ("1", ["there", "at", "the", "start"])


def test_a_question_in_sql_has_the_same_answer(trained: Path, capsys: Captured) -> None:
    page = Path(__file__).parents[3] / "docs" / "runs.md"
    (query,) = [part.partition("```")[0] for part in page.read_text().split("```sql\n")[1:]]
    with sqlite3.connect(trained / "history.sqlite") as connection:
        answer = connection.execute(query).fetchall()
    connection.close()
    line = shown(capsys)["line"]
    assert [row[:3] for row in answer] == [(one["generation"], one["member"], one["made"]) for one in line]


def test_what_an_older_history_does_not_know_is_said(trained: Path, capsys: Captured) -> None:
    with sqlite3.connect(trained / "history.sqlite") as connection:
        connection.execute("DELETE FROM births WHERE generation < 2")
    connection.close()
    facts = shown(capsys)
    assert (facts["complete"], facts["line"][0]["generation"]) == (False, 2)
    assert main.run(["show", "--lineage"]) == 0
    assert capsys.readouterr().out.endswith("Nothing is recorded of what was before generation 3.\n")
    with sqlite3.connect(trained / "history.sqlite") as connection:
        connection.execute("UPDATE champion SET member = NULL")
    connection.close()
    assert refused(capsys, "--lineage") == (
        "runs/xor-7-001/history.sqlite does not say whom the champion descended from: it was found before "
        "that was recorded; a resumed run records it from there on"
    )


@pytest.mark.usefixtures("trained")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["champion.evo", "--lineage"],
            "champion.evo does not know its ancestors, its run does: name the run with --lineage",
        ),
        (
            ["--lineage", "--population", "fox"],
            "runs/xor-7-001 has no champion of a population 'fox': there are those of main",
        ),
        (["--population", "main"], "--population says whose ancestors: add --lineage, or leave it out"),
    ],
)
def test_mistakes_are_one_sentence(words: list[str], sentence: str, capsys: Captured) -> None:
    assert refused(capsys, *words) == sentence


def test_a_run_without_a_history_or_a_champion_is_one_sentence(trained: Path, capsys: Captured) -> None:
    with sqlite3.connect(trained / "history.sqlite") as connection:
        connection.execute("DELETE FROM champion")
    connection.close()
    assert refused(capsys, "--lineage") == (
        "runs/xor-7-001 has no champion yet: its first generation is not scored"
    )
    (trained / "history.sqlite").unlink()
    assert refused(capsys, "--lineage") == (
        "runs/xor-7-001 has no history.sqlite, which knows who descended from whom: "
        "'evolve train --resume' begins one"
    )
