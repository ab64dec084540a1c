"""The soak suite: what counts as growth, and what it says about a server that is not what it was."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import Any

import pytest

from benches import command, soak
from provision.console import SetupError


def _rests(slope: float, count: int = 20) -> list[dict[str, float]]:
    """Of a server that grows by so many megabytes a second, after a warm-up."""
    chance = random.Random(3)
    return [
        {
            "seconds": 8.0 * place,
            "rests": True,
            "memory_mb": 150 + min(place, 5) * 10 + slope * 8.0 * place + chance.uniform(-0.5, 0.5),
            "files": 20,
            "threads": 9,
        }
        for place in range(count)
    ]


FINE: dict[str, Any] = {"answers": 9, "refused": 2, "kills": 3, "reloads": 1}
FINE |= {"exit_code": 0, "files_left": 0, "failures": []}


def test_a_warm_up_is_no_growth_and_a_small_leak_is_one() -> None:
    assert abs(soak.growth_of(_rests(0.0))) < 0.5
    assert soak.growth_of(_rests(0.1)) == pytest.approx(7.2, abs=1.0)


def test_one_rest_that_is_off_sways_nothing() -> None:
    rests = _rests(0.0)
    rests[-1]["memory_mb"] += 100
    assert soak.growth_of(rests) < 1.5


def test_rows_are_met_by_a_server_that_is_what_it_was_alone() -> None:
    assert all(row.met for row in soak.rows_of(_rests(0.0), FINE))
    bad = soak.rows_of(
        _rests(1.0), FINE | {"exit_code": 1, "files_left": 2, "failures": ["HTTP answered 500"]}
    )
    assert [row.name.split(",")[0] for row in bad if not row.met] == [
        "memory",
        "files left open",
        "failures that are not allowed",
        "exit code after SIGTERM",
    ]


def test_a_soak_without_a_second_half_says_so() -> None:
    with pytest.raises(SetupError, match="too short"):
        soak.growth_of(_rests(0.0, 1))


def test_the_samples_are_written_as_a_table(tmp_path: Path) -> None:
    soak.write_samples(tmp_path / "soak-memory.csv", _rests(0.0, 3))
    with (tmp_path / "soak-memory.csv").open(encoding="utf-8", newline="") as file:
        assert [row["seconds"] for row in csv.DictReader(file)] == ["0.0", "8.0", "16.0"]
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "words", [["--seconds", "90"], ["core", "--seconds", "90"], ["soak", "--seconds", "5"]]
)
def test_seconds_are_for_the_soak_and_long_enough(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command._parse(words)
    assert "--seconds" in capsys.readouterr().err.splitlines()[-1]
