"""`evolve export`: a brain as it is, and the history's tables as CSV, JSON and Parquet."""

import csv
import importlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.champions import FIRST_OUTPUT, Genes, Node

from evolve.cli import main
from evolve.cli.arguments.champions import FORMATS, HISTORY_TABLES
from evolve.storage.history_reader import read_history
from evolve.storage.history_schema import EXPORTED

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        main.run(["train", "xor", "--seed", "7", "--generations", "3", "--quiet"])
    return folder / "runs" / "xor-7-001"


@pytest.fixture
def run(trained: Path, here: Path, capsys: Captured) -> Path:
    """A run of which nothing was exported yet."""
    shutil.copytree(trained, here / "runs" / "xor-7-001")
    capsys.readouterr()
    return Path("runs/xor-7-001")


def export(capsys: Captured, *words: str) -> dict[str, Any]:
    assert main.run(["export", *words, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert isinstance(facts, dict)
    return facts


def refused(capsys: Captured, *words: str) -> str:
    assert main.run(["export", *words]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err.removeprefix("evolve: ").rstrip("\n")


def table(run: Path, name: str) -> list[tuple[Any, ...]]:
    with read_history(run) as history:
        assert history is not None
        return history.table(name)


def test_the_words_of_the_command_line_are_those_of_the_storage() -> None:
    assert tuple(EXPORTED) == HISTORY_TABLES
    assert set(FORMATS) == {"onnx", "brain", "csv", "json", "parquet"}


def test_a_brain_is_copied_byte_by_byte(run: Path, capsys: Captured) -> None:
    facts = export(capsys, "--format", "brain")
    assert (facts["brain"], facts["population"]) == ("xor-7-001.evo", "main")
    assert Path("xor-7-001.evo").read_bytes() == (run / "champion.evo").read_bytes()
    assert main.run(["export", str(run), "enemy.evo"]) == 0
    assert capsys.readouterr().out.startswith("runs/xor-7-001/champion.evo → enemy.evo\nfitness  ")


def test_another_brain_is_never_lost(run: Path, capsys: Captured) -> None:
    edges = [(0, FIRST_OUTPUT, 0.5, True)]
    theirs = Genes(1, 1, {FIRST_OUTPUT: Node()}, edges).write(Path("enemy.evo")).read_bytes()
    assert refused(capsys, str(run), "enemy.evo") == (
        "enemy.evo is there and is another brain: name another file, or replace it with --force"
    )
    assert Path("enemy.evo").read_bytes() == theirs
    export(capsys, str(run), "enemy.evo", "--force")
    export(capsys, str(run), "enemy.evo")


def test_a_further_population_s_champion_is_found_by_its_name(run: Path, capsys: Captured) -> None:
    edges = [(0, FIRST_OUTPUT, 0.5, True)]
    genes = Genes(1, 1, {FIRST_OUTPUT: Node()}, edges, population="prey")
    other = genes.write(run / "champion-prey.evo")
    assert export(capsys, "--population", "main")["champion"] == str(run / "champion.evo")
    facts = export(capsys, "--population", "prey")
    assert (facts["champion"], facts["brain"]) == (str(other), "xor-7-001-prey.evo")
    assert refused(capsys, "--population", "fox") == (
        f"{run} has no champion of a population 'fox': there are those of main, prey"
    )
    assert refused(capsys, str(other), "--population", "prey") == (
        f"{other} holds one brain: leave out --population, or name a run"
    )


def test_csv_has_every_table_with_every_digit(run: Path, capsys: Captured) -> None:
    facts = export(capsys, "--format", "csv")
    assert facts["files"] == [f"{run}/tables/{name}.csv" for name in EXPORTED]
    for name in EXPORTED:
        with (run / "tables" / f"{name}.csv").open(newline="") as file:
            header, *rows = list(csv.reader(file))
        assert tuple(header) == EXPORTED[name]
        assert len(rows) == facts["rows"][name]
        written = [["" if value is None else str(value) for value in row] for row in table(run, name)]
        assert rows == written


def test_json_is_one_object_or_a_file_for_each_table(run: Path, capsys: Captured) -> None:
    export(capsys, str(run), "all.json")
    tables = json.loads(Path("all.json").read_text())
    assert list(tables) == list(EXPORTED)
    assert [tuple(row.values()) for row in tables["score"]] == table(run, "score")
    export(capsys, str(run), "folder", "--format", "json")
    assert json.loads(Path("folder/species.json").read_text()) == tables["species"]


def test_one_table_is_one_file(run: Path, capsys: Captured) -> None:
    assert export(capsys, str(run), "s.csv", "--table", "species")["files"] == ["s.csv"]
    assert export(capsys, "--table", "score")["files"] == [f"{run}/tables/score.csv"]
    assert main.run(["export", str(run), "s.json", "--table", "species"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "runs/xor-7-001 → s.json"


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_tables_replace_each_other_and_nothing_else(run: Path, kind: str, capsys: Captured) -> None:
    words = (str(run), f"x.{kind}", "--table", "champion")
    for _ in range(2):
        export(capsys, *words)
    Path(f"x.{kind}").write_text("name,phone\n")
    assert refused(capsys, *words) == (
        f"x.{kind} is there and was not exported by Evolve: name another file, or replace it with --force"
    )
    assert Path(f"x.{kind}").read_text() == "name,phone\n"
    export(capsys, *words, "--force")


def test_one_foreign_file_keeps_all_tables_from_being_written(run: Path, capsys: Captured) -> None:
    Path("folder").mkdir()
    Path("folder/species.csv").write_text("mine\n")
    assert refused(capsys, str(run), "folder", "--format", "csv").startswith("folder/species.csv is there")
    assert [file.name for file in Path("folder").iterdir()] == ["species.csv"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["xor-7-001", "a.csv"],
            "a.csv holds one table: choose it with --table "
            "generation|score|species|champion|island|metric|lineage, or name a folder for all of them",
        ),
        (["x.evo", "a.csv"], "x.evo is a champion, and tables come from a run: name the run"),
        (
            ["xor-7-001", "a.onnx", "--table", "score"],
            "--table goes with csv, json and parquet, not with onnx: leave one of them out",
        ),
        (
            ["xor-7-001", "a.csv", "--population", "main"],
            "--population goes with --format brain, not with csv: leave one of them out",
        ),
        (["xor-7-001", "a.txt", "--format", "brain"], "a.txt is no name for a brain: end it with .evo"),
        (
            ["xor-7-001", "gone/deep", "--format", "csv"],
            "gone/deep cannot be made: No such file or directory; name another place as the last word",
        ),
        (["none", "--format", "csv"], "there is no run 'none': runs/ holds xor-7-001"),
    ],
)
@pytest.mark.usefixtures("run")
def test_mistakes_are_one_sentence(words: list[str], sentence: str, capsys: Captured) -> None:
    assert refused(capsys, *words) == sentence


def test_a_run_without_a_history_says_where_its_figures_are(run: Path, capsys: Captured) -> None:
    (run / "history.sqlite").unlink()
    assert refused(capsys, "--format", "csv") == (
        f"{run} has no history.sqlite: its figures are in {run}/metrics.csv, "
        "and 'evolve train --resume' begins a history"
    )


@pytest.mark.usefixtures("run")
def test_without_pyarrow_the_sentence_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "pyarrow"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Absent(), *sys.meta_path])
    assert refused(capsys, "--format", "parquet") == (
        "Parquet needs the Python package pyarrow: 'pip install pyarrow' where Evolve is installed "
        "(.venv/bin/pip in a clone), or take --format csv"
    )


class Absent:
    """An importer that knows that pyarrow is not installed."""

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> None:
        if name.partition(".")[0] == "pyarrow":
            raise ModuleNotFoundError("No module named 'pyarrow'", name="pyarrow")


def test_parquet_keeps_types_and_bits(run: Path, capsys: Captured) -> None:
    parquet = importlib.import_module("pyarrow.parquet")
    for _ in range(2):
        export(capsys, "--format", "parquet")
    for name in EXPORTED:
        read = parquet.read_table(run / "tables" / f"{name}.parquet")
        assert tuple(read.column_names) == EXPORTED[name]
        assert [tuple(row.values()) for row in read.to_pylist()] == table(run, name)
