"""Whole commands as processes: `python -m evolve …` with a stand-in for the engine, or with the real one."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.process_table import processes_with

ROOT = Path(__file__).parents[2]
STANDIN = ROOT / "tests" / "standins" / "worker.py"


@dataclass
class Shop:
    """A folder to run commands in, with a project whose engine is the stand-in."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        project = self.folder / "game"
        (project / ".godot").mkdir(parents=True)
        (project / "project.godot").touch()
        (project / "xor.tscn").touch()
        (self.folder / "marks").mkdir()
        engine = self.folder / "godot"
        engine.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{STANDIN}" "$@"\n')
        engine.chmod(0o755)
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "GODOT": str(engine),
            "STANDIN_ENGINE": "native",
            "STANDIN_MARKS": str(self.folder / "marks"),
            **self.environment,
        }

    def start(self, *words: str, **more: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "evolve", *words],
            cwd=self.folder,
            env=self.environment | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        with self.start(*words, **more) as process:
            out, err = process.communicate(timeout=100)
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def train(self, *words: str, **more: str) -> dict[str, Any]:
        """Train with --json; returns the object."""
        answer = self.run("train", *words, "--json", **more)
        assert answer.returncode == 0, answer.stderr
        content = json.loads(answer.stdout)
        assert isinstance(content, dict)
        return content

    def workers(self) -> list[int]:
        """Workers that were started for this folder and still run."""
        return processes_with(f"STANDIN_MARKS={self.folder / 'marks'}", "EVOLVE_TOKEN=")


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait for something that must come; the limit only keeps a failing test from hanging."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)
