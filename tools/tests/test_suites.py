"""`tools/test` as a command: which suites run, and what becomes of a runner that dies."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tool_standins import ProgramMaker

from checks import suites
from checks.suites import Workshop
from provision.paths import Cache, Checkout
from provision.ready import Ready

CARGO = """
import sys
if "nextest" in sys.argv:
    sys.exit(101)
print("test a ... ok")
print("test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s")
"""


def _shop(checkout: Checkout, cache: Cache, python: Path) -> Workshop:
    return Workshop(checkout, cache, Ready(Path("/engine"), "4.6", "a test", python))


def test_without_a_name_every_suite_runs() -> None:
    assert suites.parse([]) == ["lints", "rust", "python", "godot"]
    assert suites.parse(["godot", "rust"]) == ["godot", "rust"]


def test_an_unknown_suite_is_refused_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        suites.parse(["gdoot"])
    assert caught.value.code == 2
    assert "there is no suite gdoot" in capsys.readouterr().err


def test_without_nextest_cargo_itself_runs_the_rust_tests(
    checkout: Checkout, cache: Cache, make_program: ProgramMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(make_program("cargo", CARGO).parent))
    count = suites.run_rust(_shop(checkout, cache, Path(sys.executable)))
    assert (count.passed, count.failed) == (1, 0)


LOADING = """
import os, sys
if "nextest" in sys.argv:
    sys.exit(101)
everything = "--include-ignored" in sys.argv and os.environ["EVOLVE_ONNXRUNTIME"].endswith("capi")
print(f"test result: ok. {2 if everything else 1} passed; 0 failed; 0 ignored; 0 measured; 0 filtered out;")
"""


def test_the_rust_tests_that_want_onnxruntime_run_where_its_wheel_is(
    checkout: Checkout, cache: Cache, make_program: ProgramMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(make_program("cargo", LOADING).parent))
    assert suites.run_rust(_shop(checkout, cache, Path(sys.executable))).passed == 1
    packages = checkout.environment / "lib" / "python3.11" / "site-packages"
    (packages / "onnxruntime" / "capi").mkdir(parents=True)
    assert suites.run_rust(_shop(checkout, cache, Path(sys.executable))).passed == 2


def test_a_cargo_that_cannot_compile_counts_as_a_failure(
    checkout: Checkout, cache: Cache, make_program: ProgramMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(make_program("cargo", "import sys; sys.exit(101)").parent))
    count = suites.run_rust(_shop(checkout, cache, Path(sys.executable)))
    assert (count.passed, count.failed) == (0, 1)
    assert "exit code 101" in count.reasons[0]


def test_a_pytest_that_dies_counts_as_a_failure(
    checkout: Checkout, cache: Cache, make_program: ProgramMaker
) -> None:
    count = suites.run_python(_shop(checkout, cache, make_program("python", "import os; os.abort()")))
    assert (count.passed, count.failed) == (0, 1)
    assert "left no report" in count.reasons[0]
