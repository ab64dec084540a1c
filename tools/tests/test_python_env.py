"""The Python environment: made once, repaired when broken, refused when tampered with."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from provision import processes, python_env
from provision.console import Console, SetupError
from provision.paths import Checkout
from provision.python_env import PythonStep


@pytest.fixture
def clone(checkout: Checkout) -> Checkout:
    """A clone that needs no package, so that nothing is downloaded."""
    for name in ("runtime", "development"):
        (checkout.requirements / f"{name}.txt").write_text("# none\n", encoding="utf-8")
    (checkout.python_source / "evolve" / "__init__.py").write_text("WORD = 'ours'\n", encoding="utf-8")
    return checkout


def test_the_environment_imports_the_clones_own_sources(clone: Checkout, console: Console) -> None:
    PythonStep(clone, development=False).run(console)
    said = subprocess.run(
        [clone.python, "-c", "import evolve; print(evolve.WORD)"], capture_output=True, text=True, check=True
    )
    assert said.stdout == "ours\n"


def test_the_development_environment_serves_as_runtime_too(clone: Checkout, console: Console) -> None:
    PythonStep(clone, development=True).run(console)
    assert PythonStep(clone, development=False).is_done()
    (clone.requirements / "runtime.txt").write_text("# changed\n", encoding="utf-8")
    assert not PythonStep(clone, development=False).is_done()
    assert not PythonStep(clone, development=True).is_done()


def test_a_runtime_environment_does_not_serve_for_development(clone: Checkout, console: Console) -> None:
    PythonStep(clone, development=False).run(console)
    assert not PythonStep(clone, development=True).is_done()


def test_a_half_made_environment_is_made_anew(clone: Checkout, console: Console) -> None:
    step = PythonStep(clone, development=False)
    step.run(console)
    for pip in clone.environment.rglob("pip"):
        if pip.is_dir():
            shutil.rmtree(pip)
    shutil.rmtree(clone.environment / "stamps")
    assert not step.is_done()
    step.run(console)
    assert step.is_done()


def test_a_package_without_its_hash_is_refused(clone: Checkout, console: Console, tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    (clone.requirements / "runtime.txt").write_text(
        f"--no-index\n--find-links {(tmp_path / 'wheels').as_uri()}\nnothing==1.0\n", encoding="utf-8"
    )
    step = PythonStep(clone, development=False)
    with pytest.raises(SetupError, match="pip says: "):
        step.run(console)
    assert not step.is_done()


def test_a_python_that_cannot_make_environments_names_the_package(
    clone: Checkout, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = processes.Outcome(1, "The virtual environment was not created: ensurepip is not available.")
    monkeypatch.setattr(python_env.processes, "run", lambda *_, **__: outcome)
    with pytest.raises(SetupError, match=r"install the package python3\.\d+-venv"):
        PythonStep(clone, development=False).run(console)


def test_missing_requirements_say_that_the_clone_is_incomplete(checkout: Checkout) -> None:
    step = PythonStep(checkout, development=False)
    with pytest.raises(SetupError, match="this clone is incomplete"):
        step.digest("runtime")
