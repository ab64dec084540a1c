"""The orchestrator suite: how figures of runs become rows."""

from __future__ import annotations

from pathlib import Path

from benches import orchestrator


def test_a_pace_is_that_of_the_generations_behind_the_warm_up(tmp_path: Path) -> None:
    rows = [(9.0, 10), (8.0, 10), (7.0, 10), (1.0, 300), (2.0, 300), (3.0, 300)]
    lines = ["generation,steps,seconds", *(f"{place},{row[1]},{row[0]}" for place, row in enumerate(rows))]
    (tmp_path / "metrics.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert orchestrator.pace(tmp_path) == orchestrator.Pace(2.0, 150.0)


def test_a_goal_that_is_a_ratio_is_met_against_the_best_peer_alone() -> None:
    entry = {"unit": "ms", "ours": 1.0, "peers": {"slow": 100.0, "quick": 20.0}}
    row = orchestrator.ratio_row("read", entry, 50.0)
    assert (row.peer_name, row.ratio, row.goal, row.met) == ("quick", 20.0, "at least 50x", False)
    assert orchestrator.ratio_row("read", entry, 20.0).met
