"""metrics.csv: rows survive a crash, and a resume cuts what its checkpoint does not know."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from evolve.errors import EvolveUserError
from evolve.storage.metrics import MetricsFile, MetricsRow, _line, _row, read_rows

HEADER = "generation,best,mean,best_ever,species,evaluations,steps,seconds\n"


def row(generation: int) -> MetricsRow:
    return MetricsRow(generation, 3.5, 0.1 + 0.2, 3.5, 4, 150 * (generation + 1), 600, 0.25)


def write(path: Path, count: int) -> None:
    file = MetricsFile.begin(path)
    for generation in range(count):
        file.append(row(generation))
    file.close()


def test_a_row_is_a_line_with_every_digit(tmp_path: Path) -> None:
    write(tmp_path / "metrics.csv", 1)
    assert (
        tmp_path / "metrics.csv"
    ).read_text() == HEADER + "0,3.5,0.30000000000000004,3.5,4,150,600,0.250000\n"


def test_rows_are_on_disk_before_the_file_is_closed(tmp_path: Path) -> None:
    file = MetricsFile.begin(tmp_path / "metrics.csv")
    file.append(row(0))
    assert read_rows(tmp_path / "metrics.csv") == [row(0)]
    file.close()


def test_rows_past_the_checkpoint_are_cut(tmp_path: Path) -> None:
    write(tmp_path / "metrics.csv", 5)
    file = MetricsFile.begin(tmp_path / "metrics.csv", 3)
    file.append(row(3))
    file.close()
    assert [one.generation for one in read_rows(tmp_path / "metrics.csv")] == [0, 1, 2, 3]


def test_a_new_run_begins_with_an_empty_file(tmp_path: Path) -> None:
    write(tmp_path / "metrics.csv", 5)
    MetricsFile.begin(tmp_path / "metrics.csv").close()
    assert (tmp_path / "metrics.csv").read_text() == HEADER


def test_a_line_that_was_torn_is_no_row_and_is_gone_after_a_resume(tmp_path: Path) -> None:
    write(tmp_path / "metrics.csv", 2)
    with (tmp_path / "metrics.csv").open("a") as file:
        file.write("2,3.5,0.3")
    assert read_rows(tmp_path / "metrics.csv") == [row(0), row(1)]
    MetricsFile.begin(tmp_path / "metrics.csv", 9).close()
    assert len((tmp_path / "metrics.csv").read_text().splitlines()) == 3


def test_a_file_that_is_not_there_has_no_rows(tmp_path: Path) -> None:
    assert read_rows(tmp_path / "metrics.csv") == []


def test_other_columns_are_refused(tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text("a,b\n1,2\n")
    with pytest.raises(EvolveUserError, match="has other columns than this evolve writes"):
        read_rows(tmp_path / "metrics.csv")


@pytest.mark.parametrize("line", ["0,x,0.1,3.5,4,150,600,0.2", "0,1"])
def test_a_damaged_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "metrics.csv").write_text(HEADER + line + "\n")
    with pytest.raises(EvolveUserError, match="line 2, is damaged"):
        read_rows(tmp_path / "metrics.csv")


@given(some.floats(allow_nan=False), some.floats(allow_nan=False), some.integers(0, 2**63))
def test_every_f64_comes_back_with_all_its_bits(best: float, mean: float, steps: int) -> None:
    written = MetricsRow(1, best, mean, best, 1, 1, steps, 0.0)
    read = _row(_line(written).split(","))
    assert read == written
    assert math.copysign(1, read.best) == math.copysign(1, best)
