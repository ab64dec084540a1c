"""The examples of docs/python.md are run as they stand, in its order, and are typed."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import evolve
from evolve.cli import main
from evolve.cli.arguments import build_parser

ROOT = Path(__file__).parents[1]
PAGE = (ROOT.parent / "docs" / "python.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n# (\w+\.py)\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = re.findall(r"(?m)^(?:EVOLVE_TOKEN=… )?evolve (.*)$", PAGE)

# What tools/check has looked at already need not be looked at again.
CACHED = ("--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(ROOT / ".mypy_cache"))

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def written(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All files of the page, beside one another."""
    for name, text in EXAMPLES:
        (here / name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(ROOT / "examples"))
    return here


def test_every_example_of_the_page_names_its_file() -> None:
    assert len(EXAMPLES) == PAGE.count("```python")
    assert len({name for name, _ in EXAMPLES}) == len(EXAMPLES)


def test_the_program_trains_resumes_and_reads_and_the_files_open_in_numpy(
    here: Path, capfd: Captured
) -> None:
    runpy.run_path("by_hand.py")
    assert len(capfd.readouterr().out.splitlines()) == 10
    subprocess.run([sys.executable, "program.py"], check=True, timeout=100, env=_environment())
    said = capfd.readouterr().out.splitlines()
    assert said[-1] == "15 generations, as asked"
    assert (here / "runs/my_game-7-001/champion.evo").is_file()
    runpy.run_path("files.py")
    assert capfd.readouterr().out.startswith("float32 [")


def test_the_environment_of_the_page_is_mastered_better_from_generation_to_generation() -> None:
    run = evolve.Run("balance.py:play", seed=1, workers=0, generations=4)
    run.train()
    assert run.metrics[-1].best_ever > run.metrics[0].best


def test_the_hunters_and_the_prey_of_the_page_have_a_champion_each() -> None:
    outcome = evolve.Run("pursuit.py:play", seed=1, workers=0, generations=2).train()
    assert evolve.Champion.load(str(outcome.folder / "champion-prey.evo")).outputs == ["speed"]


def test_a_guest_of_the_page_helps_a_run_that_asks_for_guests() -> None:
    words = ["train", "my_game.py:play", "--guests", "--generations", "120", "--workers", "1", "--quiet"]
    with subprocess.Popen(
        [sys.executable, "-m", "evolve", *words],
        env=_environment(),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as host:
        assert host.stderr is not None
        said = next(line for line in host.stderr if line.startswith("Guests may join:")).split()
        more = {"EVOLVE_SERVER": said[4], "EVOLVE_TOKEN": said[6]}
        guest = subprocess.run(
            [sys.executable, "guest.py"],
            env=_environment() | more,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        host.communicate(timeout=100)
    assert host.returncode == 0
    assert re.fullmatch(r"\d+ episodes played\n", guest.stdout), guest.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_the_page_are_understood(command: str) -> None:
    build_parser().parse_args(command.split())


def test_the_first_command_of_the_page_trains(capsys: Captured) -> None:
    assert main.run(["train", "my_game.py:play", "--generations", "2", "--quiet", "--json"]) == 0
    assert '"generations": 2' in capsys.readouterr().out


def test_the_examples_are_typed(here: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "mypy", *CACHED, *(name for name, _ in EXAMPLES)],
        cwd=here,
        env=_environment() | {"MYPYPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT / 'examples'}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "examples")])}
