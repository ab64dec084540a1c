"""The protocol's own tests reach every branch of it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_tests_of_the_protocol_reach_every_branch_of_it(tmp_path: Path) -> None:
    coverage = ["--cov=evolve.protocol", "--cov-branch", "--cov-report=term-missing", "--cov-fail-under=100"]
    (tmp_path / "coverage.ini").write_text(
        f"[run]\nbranch = true\ndata_file = {tmp_path / 'data'}\nsource_pkgs = evolve.protocol\n"
        "[report]\nomit = */evolve/__init__.py\n"
    )
    options = ["-q", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT)]
    config = f"--cov-config={tmp_path / 'coverage.ini'}"
    answer = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *coverage, config, str(ROOT / "tests/protocol")],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
        cwd=tmp_path,
    )
    assert answer.returncode == 0, answer.stdout[-3_000:]
