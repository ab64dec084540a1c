"""The fitness plot: a PNG for any number of generations, and no word on stderr."""

import struct
from pathlib import Path

import pytest

from evolve.analysis.plot import plot_fitness
from evolve.errors import EvolveUserError
from evolve.storage.metrics import MetricsRow


def rows(count: int) -> list[MetricsRow]:
    return [
        MetricsRow(number, number / 2, number / 4, number / 2, 3, 150, 600, 0.1) for number in range(count)
    ]


@pytest.mark.parametrize("count", [0, 1, 2, 300])
def test_any_number_of_generations_makes_a_picture(
    tmp_path: Path, count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    plot_fitness(rows(count), tmp_path / "fitness.png", "xor, seed 1")
    data = (tmp_path / "fitness.png").read_bytes()
    assert struct.unpack(">II", data[16:24]) == (960, 600)
    assert capsys.readouterr().err == ""


def test_a_folder_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(EvolveUserError, match="cannot be used: No such file or directory"):
        plot_fitness(rows(2), tmp_path / "gone" / "fitness.png", "xor")
