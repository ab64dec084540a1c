"""What all exports share: nothing of somebody else's is overwritten, and a failure to write is a sentence."""

from pathlib import Path

from evolve.errors import EvolveUserError
from evolve.storage.durable import write_durably


def refuse_foreign(path: Path, force: bool, ours: bool) -> None:
    """Exports replace each other, as they are made anew in a moment; anything else may be somebody's work."""
    if path.exists() and not ours and not force:
        raise EvolveUserError(
            f"{path} is there and was not exported by Evolve: name another file, or replace it with --force"
        )


def write(path: Path, data: bytes) -> None:
    """Write a file into a folder that is there."""
    try:
        write_durably(path, data)
    except OSError as error:
        raise EvolveUserError(
            f"{path} cannot be written: {error.strerror or error}; name another place as the last word"
        ) from error
