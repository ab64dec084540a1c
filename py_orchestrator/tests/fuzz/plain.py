"""Tries mutated inputs on one target, in memory that is little more than it begins with.

    plain.py TARGET INPUTS SEED FOLDER

The input that is neither taken nor refused is kept in the folder.
"""

import random
import resource
import sys
from pathlib import Path
from typing import Final

from tests.fuzz.mutation import mutated
from tests.fuzz.targets import TARGETS

# Beside what Python and numpy have; the largest input has 25 kB.
FREE_BYTES: Final = 256 * 1024 * 1024


def main(name: str, inputs: int, seed: int, folder: Path) -> None:
    """Try them all; the last line says how many were taken."""
    target = TARGETS[name]
    assert all(target.take(data) for data in target.corpus)
    _cap_memory()
    taken = 0
    for number in range(inputs):
        data = mutated(target.corpus, random.Random(f"{seed} {number}"))
        try:
            taken += target.take(data)
        except BaseException:
            (folder / f"fuzz-{name}-{seed}-{number}").write_bytes(data)
            raise
    # Mutations that nothing survives, or that change nothing, would test nothing.
    assert 0 < taken < inputs, f"{name} took {taken} of {inputs} inputs"
    sys.stdout.write(f"{name}: {inputs} inputs, {taken} taken\n")


def _cap_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + FREE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
