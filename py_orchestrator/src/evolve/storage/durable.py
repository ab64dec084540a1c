"""Writing files so that a power cut leaves the old one or the new one, never a part."""

import os
from pathlib import Path


def write_durably(path: Path, data: bytes) -> None:
    """Replace a file: temporary name, flush and synchronise, rename, synchronise the folder."""
    temporary = path.with_name(f".{path.name}.new")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    synchronise_folder(path.parent)


def synchronise_folder(folder: Path) -> None:
    """Make names that were created or renamed in a folder survive a power cut."""
    if os.name == "nt":  # Windows cannot open a folder, and its renames are written through
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
