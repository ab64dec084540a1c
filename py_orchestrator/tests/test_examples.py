"""The examples run, and breed what `evolve train` breeds."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from evolve.cli import main

EXAMPLES = Path(__file__).parents[1] / "examples"


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
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
