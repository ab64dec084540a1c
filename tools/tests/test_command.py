"""`tools/evolve`: arguments first, then the set-up, then the command itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tool_standins import TOOLS

from provision import command
from provision.paths import Checkout
from provision.ready import Ready

# The test environment itself imports this checkout's sources, which a fresh clone's Python does not.
BARE_PYTHON = getattr(sys, "_base_executable", sys.executable)

PARSER = """
import argparse

def build_parser(program, extra):
    parser = argparse.ArgumentParser(prog=program)
    parser.add_argument("command", choices=["train", *[name for name, _ in extra]])
    return parser
"""


@pytest.fixture
def clone(checkout: Checkout) -> Checkout:
    """A clone with the real tools and a command line of one command."""
    for name in ("provision", "checks"):
        shutil.copytree(
            TOOLS / name, checkout.root / "tools" / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(TOOLS / "evolve", checkout.root / "tools" / "evolve")
    (checkout.python_source / "evolve" / "cli").mkdir()
    for name in ("evolve/__init__.py", "evolve/cli/__init__.py"):
        (checkout.python_source / name).write_text("", encoding="utf-8")
    (checkout.python_source / "evolve" / "cli" / "arguments.py").write_text(PARSER, encoding="utf-8")
    return checkout


def _evolve(clone: Checkout, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BARE_PYTHON, clone.root / "tools" / "evolve", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "EVOLVE_CACHE": str(clone.root / "cache"), **environment},
        check=False,
    )


def test_a_typing_mistake_sets_nothing_up(clone: Checkout) -> None:
    ran = _evolve(clone, "trian")
    assert ran.returncode == 2
    assert "trian" in ran.stderr
    assert not (clone.root / ".venv").exists()
    assert not (clone.root / "cache").exists()


def test_help_costs_nothing_and_names_the_tools_own_commands(clone: Checkout) -> None:
    ran = _evolve(clone, "--help")
    assert ran.returncode == 0
    assert "doctor" in ran.stdout
    assert "setup" in ran.stdout
    assert not (clone.root / ".venv").exists()


def test_a_bad_engine_ends_in_one_sentence(clone: Checkout) -> None:
    ran = _evolve(clone, "train", GODOT="/nowhere/godot")
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert "GODOT names /nowhere/godot" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_clone_without_the_orchestrator_is_called_incomplete(clone: Checkout) -> None:
    shutil.rmtree(clone.python_source)
    ran = _evolve(clone, "train")
    assert ran.returncode == 1
    assert "This clone is incomplete" in ran.stderr


def test_the_doctor_installs_nothing_and_says_what_is_missing(clone: Checkout) -> None:
    ran = _evolve(clone, "doctor", "--json")
    assert ran.returncode == 1
    report = json.loads(ran.stdout)
    assert report["ready"] is False
    assert report["checks"]["python environment"]["advice"] == 'run "tools/evolve setup"'
    assert report["checks"]["cores"]["ok"] is True
    assert not (clone.root / ".venv").exists()
    assert not (clone.root / "cache" / "engine").exists()


def test_the_command_gets_the_engine_and_its_exit_code_is_ours(tmp_path: Path) -> None:
    module = tmp_path / "evolve.py"
    module.write_text(
        "import json, os, sys\n"
        "print(os.environ['GODOT'], os.environ['EVOLVE_PROGRAM'], *sys.argv[1:])\n"
        "print(*[name for name, _ in json.loads(os.environ['EVOLVE_COMMANDS'])])\n"
        "sys.exit(7)\n",
        encoding="utf-8",
    )
    program = (
        f"import sys; sys.path.insert(0, {str(TOOLS)!r})\n"
        "from pathlib import Path\n"
        "from provision.command import hand_over\n"
        "from provision.ready import Ready\n"
        "ready = Ready(Path('/the/engine'), '4.6', 'a test', Path(sys.executable))\n"
        "sys.exit(hand_over(ready, ['train', '--seed', '7']))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=False,
    )
    assert ran.returncode == 7
    words, commands = ran.stdout.splitlines()
    assert words.split() == [str(Path("/the/engine")), "tools/evolve", "train", "--seed", "7"]
    # What the completion scripts know of tools/evolve itself.
    assert commands.split() == ["setup", "doctor"]


def test_the_service_gets_the_packages_that_training_needs_none_of() -> None:
    assert command.needs_development(["serve", "champion.evo"])
    assert not command.needs_development(["train", "serve"])
    assert not command.needs_development([])


def test_ready_carries_what_a_command_needs() -> None:
    assert set(Ready.__dataclass_fields__) == {"godot", "godot_version", "godot_source", "python"}
    assert command.PROGRAM == "tools/evolve"
