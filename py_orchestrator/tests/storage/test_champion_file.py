"""The words beside a brain, read without the engine."""

from pathlib import Path

import pytest

from evolve.storage.champion_file import MAXIMUM_HEADER_BYTES, read_origin

VECTORS = Path(__file__).parents[3] / "spec" / "vectors"


def test_the_origin_of_the_published_champion_is_read() -> None:
    origin = read_origin(VECTORS / "valid" / "champion.evo")
    assert (origin.fitness, origin.generation, origin.seed) == (2.036930561065674, 2, "7")
    assert (origin.population.name, origin.population.recurrent) == ("hunters", False)
    assert len(origin.sha256) == 64


@pytest.mark.parametrize("data", [b"", b"nonsense", (9).to_bytes(8, "little") + b"{}"])
def test_what_is_no_champion_is_a_value_error(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "odd.evo").write_bytes(data)
    with pytest.raises(ValueError, match=r"."):
        read_origin(tmp_path / "odd.evo")


def test_a_header_that_claims_too_much_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "odd.evo").write_bytes((MAXIMUM_HEADER_BYTES + 1).to_bytes(8, "little"))
    with pytest.raises(ValueError, match="longer than"):
        read_origin(tmp_path / "odd.evo")
