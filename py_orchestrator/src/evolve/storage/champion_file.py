"""What a champion's file says of its origin, read from its header.

The engine reads brains and checks the whole file; this reads nothing but the words beside the brain.
"""

from pathlib import Path
from typing import Final

import msgspec

MAXIMUM_HEADER_BYTES: Final = 1024 * 1024
_LENGTH_BYTES: Final = 8


class Population(msgspec.Struct, frozen=True):
    """The population that bred the champion."""

    name: str
    recurrent: bool


class Origin(msgspec.Struct, frozen=True):
    """Where a champion comes from."""

    fitness: float
    generation: int
    seed: str
    sha256: str
    populations: tuple[Population]

    @property
    def population(self) -> Population:
        return self.populations[0]


class _Words(msgspec.Struct):
    evolve: str


class _Header(msgspec.Struct):
    words: _Words = msgspec.field(name="__metadata__")


def read_origin(path: Path) -> Origin:
    """Read a champion's origin; OSError when there is no such file, ValueError when it is no champion."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
        if length > MAXIMUM_HEADER_BYTES:
            raise ValueError(f"its header of {length} bytes is longer than {MAXIMUM_HEADER_BYTES}")
        header = msgspec.json.decode(file.read(length), type=_Header)
    return msgspec.json.decode(header.words.evolve, type=Origin)
