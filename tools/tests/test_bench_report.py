"""Rows, tables and result files of the benches."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from benches import report


def test_the_best_peer_is_the_fastest_one_and_a_ratio_above_one_is_in_our_favour() -> None:
    faster = report.compare("a", "op/s", 20.0, {"x": 5.0, "y": 10.0}, goal=None, higher_is_better=True)
    assert (faster.peer_name, faster.ratio, faster.met) == ("y", 2.0, True)
    slower = report.compare("a", "ms", 4.0, {"x": 5.0, "y": 2.0}, goal=None, higher_is_better=False)
    assert (slower.peer_name, slower.ratio, slower.met) == ("y", 0.5, False)


def test_a_goal_decides_even_when_the_peer_is_beaten() -> None:
    row = report.compare("a", "ms", 4.0, {"x": 8.0}, goal=3.0, higher_is_better=False)
    assert (row.ratio, row.met, row.goal) == (2.0, False, "at most 3")


def test_a_row_without_a_peer_has_no_ratio() -> None:
    row = report.compare("a", "op/s", 4.0, {}, goal=3.0, higher_is_better=True)
    assert (row.peer, row.peer_name, row.ratio, row.met) == (None, None, None, True)


def test_figures_have_three_significant_digits() -> None:
    figures = [report.figure(value) for value in (0.01234, 12.345, 1234.5, 9.87e6, 2e9, None)]
    assert figures == ["0.0123", "12.3", "1.23 k", "9.87 M", "2 G", "-"]


def test_the_results_hold_every_row_in_json_and_csv(tmp_path: Path) -> None:
    rows = [report.compare("a", "op/s", 20.0, {"x": 5.0}, goal=None, higher_is_better=True)]
    assert report.write(tmp_path, "core", rows) == "written to bench/results/core.json and .csv"
    document = json.loads((tmp_path / "core.json").read_text(encoding="utf-8"))
    expected = {"name", "unit", "ours", "peer", "peer_name", "ratio", "goal", "met"}
    assert set(document["rows"][0]) == expected
    assert document["machine"]["cores"] >= 1
    with (tmp_path / "core.csv").open(encoding="utf-8", newline="") as file:
        assert [row["peer_name"] for row in csv.DictReader(file)] == ["x"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["core.csv", "core.json"]


def test_the_table_lines_its_columns_up() -> None:
    rows = [
        report.compare("short", "ms", 1.0, {"x": 2.0}, goal=None, higher_is_better=False),
        report.compare("a longer name", "op/s", 1e6, {}, goal=2e6, higher_is_better=True),
    ]
    lines = report.table(rows).splitlines()
    assert lines[0].index("unit") == lines[1].index("ms") == lines[2].index("op/s")
    assert lines[2].endswith("no")
