"""Names the tests of the tools share; the fixtures themselves lie in conftest.py."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[1]

# Makes a program out of a name and Python code.
ProgramMaker = Callable[[str, str], Path]
