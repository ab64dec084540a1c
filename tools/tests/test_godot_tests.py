"""Judging the engine's output: every way in which a test run can go wrong unnoticed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tool_standins import ProgramMaker

from checks import godot_tests
from checks.godot_tests import Driver, Report, judge

GOOD = "ok - a thing holds\nok - another thing holds\ndone 2 0 0\n"
OUR_ERROR = (
    "ERROR: it broke\n   at: push (core/x.cpp:1)\n   GDScript backtrace:\n       [0] f (res://a.gd:3)\n"
)


def _judge(output: str, code: int = 0) -> Report:
    return judge("tests/test_a.gd", output, code, None)


def test_a_clean_run_is_counted_test_by_test() -> None:
    report = _judge(GOOD)
    assert (report.passed, report.failures, report.problems) == (2, [], [])


def test_failures_and_skips_keep_their_reasons() -> None:
    report = _judge("not ok - it learns: stuck at 3\nskip - on a GPU: there is none\ndone 0 1 1\n", code=1)
    assert report.failures == ["it learns: stuck at 3"]
    assert report.count.reasons == ["on a GPU: there is none"]
    assert report.problems == []


@pytest.mark.parametrize(
    ("output", "code", "problem"),
    [
        ("ok - a\n", 0, "without its closing line"),
        ("ok - a\ndone 2 0 0\n", 0, "its closing line says"),
        ("ok - a\ndone 1 0 0\ndone 1 0 0\n", 0, "its closing line says"),
        ("done 0 0 0\n", 0, "it holds no tests"),
        (GOOD, 134, "exit code 134"),
        (GOOD + "SCRIPT ERROR: Invalid call.\n          at: f (res://a.gd:1)\n", 0, "SCRIPT ERROR"),
        (GOOD + "SCRIPT ERROR: somewhere unknown\n", 0, "SCRIPT ERROR"),
        (GOOD + OUR_ERROR, 0, "it broke"),
        (GOOD + "WARNING: careful\n     at: g (res://b.gd:2)\n", 0, "careful"),
        (GOOD + "USER WARNING: pushed\n   at: push_warning (core/y.cpp:3)\n", 0, "pushed"),
        (GOOD + "ERROR: Failed loading resource: res://c.tres.\n", 0, "res://c.tres"),
        (GOOD + "expect-error: it will break\n", 0, "an expected error did not come"),
    ],
)
def test_trouble_is_never_passed_over(output: str, code: int, problem: str) -> None:
    report = _judge(output, code)
    assert any(problem in found for found in report.problems), report.problems


@pytest.mark.parametrize(
    "output",
    [
        GOOD + "WARNING: Jolt's job system exceeded the maximum number of jobs\n   at: f (res://x.gd:1)\n",
        GOOD + "ERROR: Can't open display\n   at: open (platform/x11.cpp:3)\n",
        "expect-error: it broke\n" + OUR_ERROR + GOOD,
        "\x1b[31mok - coloured\x1b[0m\ndone 1 0 0\n",
    ],
)
def test_noise_that_is_not_ours_or_was_foretold_is_forgiven(output: str) -> None:
    assert _judge(output).problems == []


def test_a_foretold_error_forgives_only_one() -> None:
    report = _judge("expect-error: it broke\n" + OUR_ERROR + OUR_ERROR + GOOD)
    assert len(report.problems) == 1


def test_time_limits_are_read_from_the_file() -> None:
    assert godot_tests.time_limit("extends Node\n# time limit: 300 s\n") == 300
    assert godot_tests.time_limit("extends Node\n") == godot_tests.DEFAULT_SECONDS


def _project(tmp_path: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = tmp_path / "project" / "tests" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "project"


def test_every_test_file_runs_in_an_engine_of_its_own(tmp_path: Path, make_program: ProgramMaker) -> None:
    project = _project(tmp_path, {"test_a.gd": "", "deep/test_b.gd": "", "runner.gd": "", "support.gd": ""})
    stand_in = make_program("godot", "import sys; print('ok - ' + sys.argv[-1]); print('done 1 0 0')")
    lines: list[str] = []
    count = Driver(stand_in, project, lines.append).run()
    assert (count.passed, count.failed) == (2, 0)
    assert sorted(line.split(":")[0] for line in lines) == ["tests/deep/test_b.gd", "tests/test_a.gd"]


def test_a_file_that_hangs_is_ended_and_fails(tmp_path: Path, make_program: ProgramMaker) -> None:
    project = _project(tmp_path, {"test_a.gd": "# time limit: 1 s\n"})
    stand_in = make_program("godot", "import time; print('ok - a', flush=True); time.sleep(60)")
    lines: list[str] = []
    count = Driver(stand_in, project, lines.append).run()
    assert (count.passed, count.failed) == (1, 1)
    assert "time limit of 1 s" in lines[0]
