"""What reads bytes from outside is reached by its own tests, every branch of it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("modules", "tests"),
    [
        (["evolve.protocol"], ["tests/protocol"]),
        (["evolve.arrays", "evolve.storage.tensor_header"], ["tests/test_arrays.py"]),
    ],
)
def test_its_own_tests_reach_every_branch(modules: list[str], tests: list[str], tmp_path: Path) -> None:
    coverage = ["--cov-branch", "--cov-report=term-missing", "--cov-fail-under=100"]
    coverage += [f"--cov={module}" for module in modules]
    (tmp_path / "coverage.ini").write_text(
        f"[run]\nbranch = true\ndata_file = {tmp_path / 'data'}\nsource_pkgs = {','.join(modules)}\n"
        "[report]\nomit = */evolve/__init__.py\n"
    )
    options = ["-q", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT)]
    config = f"--cov-config={tmp_path / 'coverage.ini'}"
    answer = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *coverage, config, *(str(ROOT / test) for test in tests)],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
        cwd=tmp_path,
    )
    assert answer.returncode == 0, answer.stdout[-3_000:]
