"""verdicts.json: whole or not at all, and never read by guessing."""

from pathlib import Path

import pytest

from evolve.errors import EvolveUserError
from evolve.storage.verdicts import Verdict, Verdicts


def test_verdicts_are_there_for_whoever_opens_the_run_next(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.json"
    first = Verdicts(path)
    assert first.of(3) == []
    first.add(Verdict(3, 41, "worker-1: killed"))
    first.add(Verdict(5, 0, "worker-2: killed"))
    again = Verdicts(path)
    assert again.of(3) == [Verdict(3, 41, "worker-1: killed")]
    assert again.of(5)[0].unit == 5 << 32
    assert again.of(4) == []


@pytest.mark.parametrize("text", ["", "{}", '[{"generation": 1}]', '[{"generation": "1"}]', "[1", "\x00"])
def test_a_file_that_is_none_is_refused_with_the_way_out(tmp_path: Path, text: str) -> None:
    path = tmp_path / "verdicts.json"
    path.write_text(text)
    with pytest.raises(EvolveUserError, match=r"verdicts\.json cannot be read .* put back a copy"):
        Verdicts(path)
