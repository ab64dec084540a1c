"""Which kind of brain a `.evo` file holds; the engine says whether it is sound."""

from pathlib import Path

from evolve.storage.tensor_header import HeaderError, read_header


def is_policy(path: Path) -> bool:
    """Whether the file says that it holds a policy; False also when it says nothing that can be read."""
    try:
        with path.open("rb") as file:
            return read_header(memoryview(file.read())).schema == "evolve.policy"
    except (OSError, HeaderError):
        return False
