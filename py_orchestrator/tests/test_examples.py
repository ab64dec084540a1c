"""The examples run, and breed what `evolve train` breeds."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

import evolve
from evolve.cli import main

EXAMPLES = Path(__file__).parents[1] / "examples"


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # as `import` would, so that worker processes find its functions
    spec.loader.exec_module(module)
    return module


@pytest.mark.usefixtures("here")
def test_a_loop_of_ones_own_breeds_the_champion_of_the_native_world(
    capsys: pytest.CaptureFixture[str],
) -> None:
    digest = example("xor").train(12, 7, "own.evo")
    assert len(digest) == 64
    assert capsys.readouterr().out.count("generation ") == 12
    assert main.run(["train", "xor", "--seed", "7", "--generations", "12", "--json"]) == 0
    champion = json.loads(capsys.readouterr().out)["champion"]
    assert Path(champion).read_bytes() == Path("own.evo").read_bytes()


@pytest.mark.usefixtures("here")
def test_the_pole_is_balanced_alike_in_this_process_and_by_the_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    outcome = evolve.Run(example("pole").play, seed=7).train()
    assert outcome.best_fitness == outcome.champion.fitness == 500
    assert main.run(["train", f"{EXAMPLES / 'pole.py'}:play", "--seed", "7", "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["digest"] == outcome.digest


def test_the_figures_of_docs_python_md_come_from_the_command_it_names(
    capsys: pytest.CaptureFixture[str],
) -> None:
    example("speed").main(20)
    said = [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert said == ["0 workers", "1 workers", "2 workers", "think(tuple)", "think(array)", "numpy, one layer"]
