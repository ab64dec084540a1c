"""The published files and frames of spec/vectors, read by the Python door and by numpy's own reader."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import safetensors.numpy

from evolve._native import Champion, Evolution, FormatError, Results, WorkBatch

FOLDER = Path(__file__).parents[3] / "spec" / "vectors"
INDEX: dict[str, dict[str, str]] = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
# Population files have no Python reader of ours: numpy reads them, see below.
DECODERS: dict[str, Callable[[Path], object]] = {
    "archipelago": lambda path: Evolution.load(str(path)),
    "checkpoint": lambda path: Evolution.load(str(path)),
    "champion": lambda path: Champion.load(str(path)),
    "genomes": lambda path: WorkBatch.from_bytes(path.read_bytes()),
    "results": lambda path: Results.from_bytes(path.read_bytes()),
}
VALID = sorted(name for name in INDEX if name.startswith("valid/"))
INVALID = sorted(name for name in INDEX if name.startswith("invalid/"))


def test_the_index_names_every_file_and_no_other() -> None:
    files = {path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*")}
    assert files == set(INDEX)
    assert len(INVALID) >= 20


@pytest.mark.parametrize("name", [name for name in VALID if INDEX[name]["decoder"] in DECODERS])
def test_a_valid_vector_is_read(name: str) -> None:
    assert DECODERS[INDEX[name]["decoder"]](FOLDER / name) is not None


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_vector_is_refused_with_one_sentence(name: str) -> None:
    with pytest.raises(FormatError) as refusal:
        DECODERS[INDEX[name]["decoder"]](FOLDER / name)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", VALID)
def test_numpy_opens_a_valid_vector_without_our_help(name: str) -> None:
    tensors = safetensors.numpy.load((FOLDER / name).read_bytes())
    assert tensors
    for offsets in (tensors[key] for key in tensors if key.endswith(".offsets")):
        assert offsets[0] == 0
        assert (offsets[1:] >= offsets[:-1]).all()


def test_a_frame_is_written_to_the_published_bytes() -> None:
    for name, kind in (("genomes", WorkBatch), ("results", Results)):
        published = (FOLDER / f"valid/{name}.frame").read_bytes()
        assert kind.from_bytes(published).to_bytes() == published
