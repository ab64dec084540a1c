"""What every test gets: the package, the tests' own modules, and no surroundings that could change it."""

import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Whoever starts pytest, from wherever: the sources beside these tests are what is tested.
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]


# How fast examples are made says something about the machine and nothing about the code.
settings.register_profile("evolve", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("evolve")

# A job in the background of a script, or under nohup, inherits ignored signals and would hand them on to
# the processes that tests end with those very signals.
for _name in ("SIGINT", "SIGHUP"):
    if hasattr(signal, _name) and signal.getsignal(getattr(signal, _name)) is signal.SIG_IGN:
        signal.signal(getattr(signal, _name), signal.default_int_handler)


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words in the environment of whoever runs the tests change no message."""
    for name in ("EVOLVE_PROGRAM", "EVOLVE_TRACEBACK", "EVOLVE_CHECKOUT", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name in [name for name in os.environ if name.startswith("EVOLVE_SET_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
