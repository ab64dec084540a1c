"""Runs the headless Godot tests: each file in an engine of its own, judged by what it printed.

The engine exits with 0 after script errors and hangs after some, so its exit code alone is never
believed: the runner's closing line, the absence of errors from our files, and a time limit decide.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from checks.counting import COLOURS, Count
from provision import processes
from provision.console import duration

RUNNER = "res://tests/runner.gd"
DEFAULT_SECONDS = 120.0
# Two at a time: the machines we promise to work on have two cores.
AT_ONCE = 2
TAIL_LINES = 5000
SHOWN_LINES = 60
TIME_LIMIT = re.compile(r"^\s*#+ time limit: (\d+) s\s*$", re.MULTILINE)
DONE = re.compile(r"^done (\d+) (\d+) (\d+)$")
TEST_LINE = re.compile(r"^(ok|not ok|skip) - (.*)$")
EXPECTED = re.compile(r"^expect-error: (.+)$")
TROUBLE = re.compile(r"^\s*(?:(?:USER )?(?:SCRIPT )?ERROR|(?:USER )?WARNING):")
OURS = "res://"
# Jolt prints this at random under load; it says nothing about a test.
HARMLESS = re.compile(r"Jolt.*(?:job|barrier)|(?:job|barrier).*Jolt", re.IGNORECASE)


@dataclass
class Report:
    """What one test file came to; `problems` are failures that no test line tells of."""

    file: str
    passed: int = 0
    failures: list[str] = field(default_factory=list)
    skips: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def count(self) -> Count:
        return Count(self.passed, len(self.failures) + len(self.problems), len(self.skips), list(self.skips))


@dataclass(frozen=True)
class Driver:
    engine: Path
    project: Path
    say: Callable[[str], None] = print

    def run(self) -> Count:
        total = Count()
        files = find_tests(self.project)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                for report in pool.map(self.run_file, files):
                    total.add(report.count)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                processes.end_all()
                raise
        return total

    def run_file(self, file: Path) -> Report:
        name = file.relative_to(self.project).as_posix()
        seconds = time_limit(file.read_text(encoding="utf-8"))
        # --fixed-fps as two arguments: as one string the engine ignores it.
        command: list[str | Path] = [self.engine, "--headless", "--fixed-fps", "60", "--path", self.project]
        started = time.monotonic()
        outcome = processes.run(
            [*command, "--script", RUNNER, "--", "--test-file", f"{OURS}{name}"],
            seconds=seconds,
            tail_lines=TAIL_LINES,
        )
        report = judge(name, outcome.tail, outcome.code, seconds if outcome.timed_out else None)
        self._tell(report, outcome.tail, time.monotonic() - started)
        return report

    def _tell(self, report: Report, output: str, seconds: float) -> None:
        lines = [f"{report.file}: {report.count} ({duration(seconds)})"]
        lines += [f"  not ok - {failure}" for failure in report.failures]
        lines += [f"  problem: {problem}" for problem in report.problems]
        if report.problems:
            lines += ["  the engine's last words:"]
            lines += [f"    {line}" for line in COLOURS.sub("", output).splitlines()[-SHOWN_LINES:]]
        self.say("\n".join(lines))


def find_tests(project: Path) -> list[Path]:
    return sorted((project / "tests").rglob("test_*.gd"))


def time_limit(source: str) -> float:
    match = TIME_LIMIT.search(source)
    return float(match[1]) if match else DEFAULT_SECONDS


def judge(name: str, output: str, code: int, overdue: float | None) -> Report:
    """Turn an engine's output into a report; every doubt is a problem."""
    lines = COLOURS.sub("", output).splitlines()
    report = Report(name)
    for line in lines:
        _read_test_line(line, report)
    if overdue is not None:
        report.problems.append(f"it was ended after its time limit of {overdue:.0f} s")
    elif code != 0 and not report.failures:
        report.problems.append(f"the engine ended with exit code {code}")
    _check_closing_line(lines, report, overdue is not None)
    _check_troubles(lines, report)
    return report


def _read_test_line(line: str, report: Report) -> None:
    match = TEST_LINE.match(line)
    if match is None:
        return
    if match[1] == "ok":
        report.passed += 1
    elif match[1] == "skip":
        report.skips.append(match[2])
    else:
        report.failures.append(match[2])


def _check_closing_line(lines: list[str], report: Report, overdue: bool) -> None:
    closing = [match for line in lines if (match := DONE.match(line))]
    if not closing:
        if not overdue:
            report.problems.append("it ended without its closing line (done P F S)")
        return
    said = tuple(int(number) for number in closing[-1].groups())
    seen = (report.passed, len(report.failures), len(report.skips))
    if len(closing) > 1 or said != seen:
        report.problems.append(f"its closing line says {said}, its test lines say {seen}")
    elif sum(seen) == 0:
        report.problems.append("it holds no tests")


def _check_troubles(lines: list[str], report: Report) -> None:
    expected = [match[1].strip() for line in lines if (match := EXPECTED.match(line))]
    for trouble in troubles(lines):
        foreseen = next((substring for substring in expected if substring in trouble), None)
        if foreseen is not None:
            expected.remove(foreseen)
        else:
            report.problems.append(trouble)
    report.problems += [f"an expected error did not come: {substring}" for substring in expected]


def troubles(lines: list[str]) -> list[str]:
    """Errors and warnings that are ours: script errors always, others when they name a file of ours."""
    found = []
    for index, line in enumerate(lines):
        if not TROUBLE.match(line):
            continue
        # The engine indents the place and the script's call stack below the message.
        block = [line.strip()]
        for following in lines[index + 1 :]:
            if not following.startswith("  ") or TROUBLE.match(following):
                break
            block.append(following.strip())
        text = " | ".join(block)
        is_ours = "SCRIPT ERROR" in line or "USER " in line or OURS in text
        if is_ours and not HARMLESS.search(text):
            found.append(text)
    return found
