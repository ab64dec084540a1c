"""Counts tests from what their runners print or leave behind.

Never guesses: a runner whose words are not understood counts as a failure, not as a success.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

CARGO_RESULT = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;")
CARGO_IGNORED = re.compile(r"^test (\S+) (?:- .* )?\.\.\. ignored(?:, (.*))?$")
NEXTEST_SUMMARY = re.compile(r"^\s*Summary \[.*?\]\s+\d+(?:/\d+)? tests? run: (.*)$")
NEXTEST_PART = re.compile(r"(\d+) (passed|failed|timed out|skipped)\b")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    reasons: list[str] = field(default_factory=list)

    def add(self, other: Count) -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.reasons += other.reasons

    @property
    def executed(self) -> int:
        return self.passed + self.failed

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def of_cargo(lines: Iterable[str]) -> Count:
    """What `cargo test` or `cargo nextest` says; both may be fed line by line."""
    count = Count()
    for line in (COLOURS.sub("", raw) for raw in lines):
        if match := CARGO_RESULT.match(line):
            count.add(Count(int(match[1]), int(match[2]), int(match[3])))
        elif match := CARGO_IGNORED.match(line):
            count.reasons.append(f"{match[1]}: {match[2] or 'marked #[ignore] without a reason'}")
        elif match := NEXTEST_SUMMARY.match(line):
            parts = {kind: int(number) for number, kind in NEXTEST_PART.findall(match[1])}
            failed = parts.get("failed", 0) + parts.get("timed out", 0)
            count.add(Count(parts.get("passed", 0), failed, parts.get("skipped", 0)))
    return count


def of_junit(file: Path) -> Count | None:
    """What pytest wrote; None when it died before writing, or half-way through."""
    try:
        root = ElementTree.parse(file).getroot()
    except (OSError, ElementTree.ParseError):
        return None
    count = Count()
    for case in root.iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            count.failed += 1
        elif (skipped := case.find("skipped")) is not None:
            count.skipped += 1
            count.reasons.append(f"{case.get('name')}: {skipped.get('message') or 'no reason given'}")
        else:
            count.passed += 1
    return count


def with_exit_code(count: Count, code: int, what: str) -> Count:
    """A runner that failed without naming a failed test still failed: count its crash as one."""
    if code != 0 and count.failed == 0:
        return Count(count.passed, 1, count.skipped, [*count.reasons, f"{what} ended with exit code {code}"])
    return count
