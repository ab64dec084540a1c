"""Mutated messages, frames and files: each is taken, or refused in the way that is documented.

`EVOLVE_FUZZ=1000000 pytest tests/fuzz` tries a million inputs for each target, `EVOLVE_FUZZ_SEED`
chooses others. An input that fails is kept in `EVOLVE_FUZZ_FOLDER`, else where temporary files are.
"""

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from tests.fuzz.mutation import mutated, sealed
from tests.fuzz.targets import TARGETS, VECTORS

ROOT = Path(__file__).parents[2]
INPUTS = 2_000


def number(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)


@pytest.mark.timeout(0 if "EVOLVE_FUZZ" in os.environ else 120)
@pytest.mark.parametrize("name", TARGETS)
def test_every_mutated_input_is_taken_or_refused(name: str) -> None:
    inputs, seed = number("EVOLVE_FUZZ", INPUTS), number("EVOLVE_FUZZ_SEED", 1)
    # Not pytest's folder: what fails shall be there tomorrow.
    folder = Path(os.environ.get("EVOLVE_FUZZ_FOLDER") or tempfile.gettempdir())
    answer = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.plain", name, str(inputs), str(seed), str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
    )
    assert answer.returncode == 0, f"{answer.stderr[-2_000:]}\nthe input is in {folder}"
    assert answer.stdout.startswith(f"{name}: {inputs} inputs, ")


def test_a_seed_gives_the_same_inputs_again() -> None:
    corpus = TARGETS["files"].corpus
    first, again = ([mutated(corpus, random.Random(place)) for place in range(50)] for _ in range(2))
    assert first == again
    assert len(set(first)) > 40


def test_a_published_digest_is_the_one_that_sealing_gives() -> None:
    for path in sorted(VECTORS.glob("valid/*")):
        assert sealed(path.read_bytes()) == path.read_bytes()
