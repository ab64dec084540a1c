"""Following other programs, and ending them in time."""

from __future__ import annotations

import sys

import pytest

from provision import processes


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_both_outputs_arrive_line_by_line() -> None:
    lines: list[str] = []
    code = "import sys; print('one', flush=True); print('two', file=sys.stderr, flush=True); sys.exit(3)"
    outcome = processes.run(_python(code), on_line=lines.append)
    assert lines == ["one", "two"]
    assert (outcome.code, outcome.ok, outcome.tail) == (3, False, "one\ntwo")


def test_a_program_past_its_time_is_ended_and_told_apart() -> None:
    outcome = processes.run(_python("import time; time.sleep(60)"), seconds=0.2)
    assert outcome.timed_out
    assert not outcome.ok


def test_only_the_last_lines_are_kept() -> None:
    outcome = processes.run(_python("for n in range(10): print(n)"), tail_lines=2)
    assert outcome.tail == "8\n9"


def test_words_that_are_no_text_do_not_stop_the_reading() -> None:
    code = "import sys; sys.stdout.buffer.write(b'\\xff\\nend\\n')"
    assert processes.run(_python(code)).tail.endswith("end")


def test_a_program_that_is_not_there_is_an_error_of_the_system() -> None:
    with pytest.raises(FileNotFoundError):
        processes.run(["no-such-program-anywhere"])
