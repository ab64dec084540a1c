"""The Python door: what `import evolve` gives, and that the stub tells the truth about the engine."""

import subprocess
import sys
from pathlib import Path

import pytest

import evolve

ROOT = Path(__file__).parents[1]


def test_every_public_name_is_there() -> None:
    assert all(getattr(evolve, name) is not None for name in evolve.__all__)
    assert set(evolve.__all__) <= set(dir(evolve))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'evolve' has no attribute 'Evolutoin'"):
        _ = evolve.Evolutoin


def test_the_engine_is_loaded_at_the_first_use_and_not_before() -> None:
    program = (
        "import sys, evolve; assert 'evolve._native' not in sys.modules; "
        "evolve.Results(); assert 'evolve._native' in sys.modules"
    )
    subprocess.run(
        [sys.executable, "-c", program], check=True, timeout=60, env={"PYTHONPATH": str(ROOT / "src")}
    )


def test_the_stub_agrees_with_the_engine(tmp_path: Path) -> None:
    # The shapes of dictionaries are for type checkers only; __all__ is made by the binding library.
    (tmp_path / "allowed").write_text(r"evolve\._native\.(__all__)")
    answer = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy.stubtest",
            "evolve._native",
            "--allowlist",
            str(tmp_path / "allowed"),
            "--ignore-unused-allowlist",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""},
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
