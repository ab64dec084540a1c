"""The chaos suite: whom it kills, how often, and that it notices what is different or left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benches import chaos
from benches.chaos import KILLS, ORCHESTRATORS, Disturber

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes through /proc")

CALM: dict[str, object] = {"digest": "a", "evaluations": 100}


def test_rows_are_met_by_the_same_end_alone() -> None:
    disturber = Disturber("x", workers=35, orchestrators=15)
    assert all(row.met for row in chaos.rows_of(CALM, dict(CALM), disturber, 0))
    other = chaos.rows_of(CALM, {"digest": "b", "evaluations": 99}, disturber, 1)
    assert [row.met for row in other] == [False, False, False]


def test_the_plan_kills_as_many_orchestrators_and_workers_as_it_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    killed: list[int] = []
    monkeypatch.setattr(chaos, "kill", killed.append)
    monkeypatch.setattr(chaos, "marked", lambda _mark: [11, 12, 99])
    monkeypatch.setattr(chaos, "is_worker", lambda identifier: identifier != 99)
    disturber = Disturber("x")
    struck = [disturber.strike(99) for _ in range(KILLS)]
    assert (disturber.orchestrators, disturber.workers) == (ORCHESTRATORS, KILLS - ORCHESTRATORS)
    assert struck == [identifier == 99 for identifier in killed]
    assert {11, 12} < set(killed)


def test_a_process_is_found_by_its_mark_and_killed(tmp_path: Path) -> None:
    mark = str(tmp_path)
    sleeper = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)", "--headless"],
        env={**os.environ, chaos.MARK: mark},
    )
    try:
        # Between its fork and its start a process shows what its parent has.
        while chaos.marked(mark) != [sleeper.pid] or not chaos.is_worker(sleeper.pid):
            time.sleep(0.01)
        assert chaos.marked(mark + "/other") == []
        chaos.kill(sleeper.pid)
        assert sleeper.wait(20.0) == -9
        assert chaos.marked(mark) == []
        chaos.kill(sleeper.pid)
    finally:
        sleeper.kill()
        sleeper.wait()
