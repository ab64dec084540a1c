"""Counting what test runners say."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks import counting, suites
from checks.counting import Count

CARGO = """\
running 3 tests
test genome::tests::a ... ok
test genome::tests::slow ... ignored, needs an hour
test genome::tests::b ... FAILED
test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
"""


def test_the_results_of_all_crates_are_added_up() -> None:
    count = counting.of_cargo(CARGO.splitlines())
    assert (count.passed, count.failed, count.skipped) == (5, 1, 1)
    assert count.reasons == ["genome::tests::slow: needs an hour"]


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("     Summary [   0.512s] 10 tests run: 10 passed, 2 skipped", (10, 0, 2)),
        ("     Summary [  12.034s] 10/12 tests run: 7 passed (1 slow), 2 failed, 1 timed out", (7, 3, 0)),
        ("\x1b[32;1m     Summary\x1b[0m [   0.005s] 1 test run: 1 passed, 0 skipped", (1, 0, 0)),
    ],
)
def test_a_summary_of_nextest_is_understood(summary: str, expected: tuple[int, int, int]) -> None:
    count = counting.of_cargo([summary])
    assert (count.passed, count.failed, count.skipped) == expected


def test_a_report_of_pytest_is_counted_case_by_case(tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    cases = (
        "<testcase name='a'/><testcase name='b'><failure/></testcase><testcase name='c'><error/></testcase>"
    )
    skip = "<testcase name='d'><skipped message='no GPU'/></testcase>"
    report.write_text(f"<testsuites><testsuite>{cases}{skip}</testsuite></testsuites>", encoding="utf-8")
    count = counting.of_junit(report)
    assert count == Count(1, 2, 1, ["d: no GPU"])


def test_half_a_report_is_no_report(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text("<testsuites><testsuite>", encoding="utf-8")
    assert counting.of_junit(tmp_path / "junit.xml") is None
    assert counting.of_junit(tmp_path / "absent.xml") is None


def test_a_runner_that_crashes_counts_as_one_failure() -> None:
    assert counting.with_exit_code(Count(passed=3), 139, "cargo test").failed == 1
    assert counting.with_exit_code(Count(passed=3, failed=2), 1, "cargo test").failed == 2


@pytest.mark.parametrize(
    ("counts", "code", "last"),
    [
        ({"rust": Count(3), "godot": Count(2)}, 0, "5 passed, 0 failed"),
        ({"rust": Count(3), "godot": Count(0, 0, 4)}, 1, "3 passed, 1 failed"),
        ({"rust": Count(3, 1)}, 1, "3 passed, 1 failed"),
    ],
)
def test_the_last_line_tells_the_truth_and_so_does_the_exit_code(
    counts: dict[str, Count], code: int, last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert suites.close(counts) == code
    assert capsys.readouterr().out.splitlines()[-1] == last
