"""The example that the README shows is run as it stands."""

import re
import runpy
from pathlib import Path

import pytest

from evolve import Champion

README = Path(__file__).parents[2] / "README.md"


def test_the_python_example_of_the_readme_breeds_a_champion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    Path("example.py").write_text(example, encoding="utf-8")
    runpy.run_path("example.py")
    assert capsys.readouterr().out.splitlines()[-1].startswith("49 ")
    assert Champion.load("champion.evo").inputs == ["a", "b"]
