"""The examples of docs/onnx.md are run as they stand."""

import re
import runpy
from pathlib import Path

import pytest
from tests.champions import FIRST_OUTPUT, Genes, Node

from evolve.cli import main

PAGE = Path(__file__).parents[3] / "docs" / "onnx.md"


@pytest.mark.parametrize("recurrent", [False, True])
def test_the_examples_play_an_exported_champion(recurrent: bool, here: Path) -> None:
    program, policy, plain, remembering = re.findall(
        r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL
    )
    edges = [(1, FIRST_OUTPUT, 2.0, True)] + [(FIRST_OUTPUT, FIRST_OUTPUT, 0.5, True)] * recurrent
    Genes(2, 1, {FIRST_OUTPUT: Node()}, edges, recurrent).write(here / "champion.evo")
    Path("example.py").write_text(program + policy, encoding="utf-8")
    written = runpy.run_path("example.py")["model"]
    assert main.run(["export", "champion.evo"]) == 0
    assert Path("champion.onnx").read_bytes() == written
    # The first example's last line is for brains without memory.
    begin = plain.rsplit("(actions,)", 1)[0]
    Path("example.py").write_text(begin + remembering if recurrent else plain, encoding="utf-8")
    assert runpy.run_path("example.py")["actions"].tolist() == [[2.0]]
