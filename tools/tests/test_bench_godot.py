"""Rows of the suite that runs in the engine."""

from __future__ import annotations

import re

from benches import godot
from provision.paths import this_checkout


def test_a_ratio_is_how_often_gdscript_takes_as_long() -> None:
    row = godot.row_of({"name": "sort of 100, 2 objectives", "unit": "us", "ours": 2.0, "peer": 300.0})
    assert (row.ratio, row.goal, row.met) == (150.0, "at least 100x", True)
    slower = godot.row_of({"name": "sort of 100, 3 objectives", "unit": "us", "ours": 4.0, "peer": 300.0})
    assert (slower.ratio, slower.met) == (75.0, False)


def test_a_row_without_a_goal_need_only_be_quicker() -> None:
    row = godot.row_of({"name": "something else", "unit": "us", "ours": 2.0, "peer": 3.0})
    assert (row.goal, row.met) == ("to be quicker", True)


def test_every_goal_is_one_of_a_row_that_the_bench_measures() -> None:
    races = (this_checkout().root / "bench" / "godot" / "races").glob("*.gd")
    texts = [text for race in races for text in re.findall(r'"([^"\n]+)"', race.read_text(encoding="utf-8"))]
    for goal in godot.GOALS:
        assert any(text.startswith(goal) for text in texts), goal
