"""Lets atheris look for inputs that reach new branches of our Python. The nightly run installs it.

    guided.py TARGET FOLDER [options of libFuzzer, like -runs=1000000 -seed=1]

Only what is written in Python can be followed: `messages`, `frames` and `files`. The engine's readers have
targets in rust/evolve-format, and those of plain.py.
"""

import sys
from pathlib import Path

import atheris  # type: ignore[import-untyped]

with atheris.instrument_imports(include=["evolve"]):
    from tests.fuzz.targets import TARGETS

from tests.fuzz.mutation import sealed


def main(name: str, folder: Path, options: list[str]) -> None:
    """Runs until the options say that it is enough; libFuzzer ends the process itself."""
    target = TARGETS[name]
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(target.corpus):
        (folder / f"published-{number}").write_bytes(data)

    def mutate(data: bytes, largest: int, seed: int) -> bytes:
        changed: bytes = atheris.Mutate(data, largest)
        return changed if seed % 3 else sealed(changed)

    atheris.Setup([sys.argv[0], *options, str(folder)], target.take, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
