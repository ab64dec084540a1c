"""verdicts.json: the units of a run that were given up on, because every worker that played them died.

A verdict changes scores, so it belongs to the run as its seed does: whoever resumes the run from before it
comes to the same result without killing workers again.
"""

from pathlib import Path
from typing import Final

import msgspec

from evolve.errors import EvolveUserError, storage_error
from evolve.storage.durable import write_durably

_MAXIMUM_BYTES: Final = 64 * 1024 * 1024


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One unit, by its place in its generation, and what was last heard of those who played it."""

    generation: int
    place: int
    reason: str

    @property
    def unit(self) -> int:
        """The unit's number in the run."""
        return self.generation << 32 | self.place


class Verdicts:
    """The verdicts of a run; each is on the disk before it is acted upon."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._verdicts = _read(path)

    def of(self, generation: int) -> list[Verdict]:
        """The verdicts of one generation."""
        return [verdict for verdict in self._verdicts if verdict.generation == generation]

    def add(self, verdict: Verdict) -> None:
        """Record a verdict for good."""
        self._verdicts.append(verdict)
        try:
            write_durably(self._path, msgspec.json.format(msgspec.json.encode(self._verdicts), indent=1))
        except OSError as error:
            raise storage_error(error, self._path) from error


def _read(path: Path) -> list[Verdict]:
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(_MAXIMUM_BYTES), type=list[Verdict])
    except FileNotFoundError:
        return []
    except OSError as error:
        raise storage_error(error, path) from error
    except msgspec.DecodeError as error:
        raise EvolveUserError(
            f"{path} cannot be read ({error}), and the run may not go on without the verdicts in it: "
            "put back a copy, or start a new run"
        ) from error
