"""Models from outside: looked at, loaded and run once in a process of its own before the service takes them.

What a stranger's file does to the runtime, it does to that process: its memory, its time and its files are
limited, and its end is a sentence.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from evolve.serving.errors import ModelRefused, StorageFailed
from evolve.serving.inspection import Limits

_MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True)
class Trial:
    """What the process may use. On Windows nothing bounds its memory."""

    limits: Limits = field(default_factory=Limits)
    seconds: float = 30.0
    # Of address space: Python, numpy and the runtime have 1 GB before they read anything.
    memory: int = 3072 * _MEGABYTE


class Admission:
    """Tries one model at a time: each may take as much memory as the limit says."""

    def __init__(self, trial: Trial = Trial()) -> None:
        self.trial = trial
        self._gate = asyncio.Lock()

    async def admit(self, path: Path) -> dict[str, Any]:
        """Facts about a model that may be served; ModelRefused says why it may not. Takes some seconds."""
        _check_size(path, self.trial.limits.bytes)
        async with self._gate:
            return await self._try(path)

    async def _try(self, path: Path) -> dict[str, Any]:
        process = await self._start(path)
        try:
            async with asyncio.timeout(self.trial.seconds):
                said, _ = await process.communicate()
        except TimeoutError as error:
            sentence = f"the model was not loaded and run within {self.trial.seconds:g} s"
            raise ModelRefused(sentence) from error
        finally:
            if process.returncode is None:  # too slow, or nobody waits for it any more
                process.kill()
                await process.wait()
        return _verdict(said, process.returncode)

    async def _start(self, path: Path) -> Process:
        # Nothing of the service's environment: keys may stand in it.
        kept = {
            name: os.environ[name] for name in ("LD_LIBRARY_PATH", "PATH", "SYSTEMROOT") if name in os.environ
        }
        words = ["-m", "evolve.serving.trial", str(self.trial.memory), str(self.trial.seconds)]
        environment = {**kept, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
        try:
            with path.open("rb") as model:
                return await asyncio.create_subprocess_exec(
                    sys.executable, *words, stdin=model, stdout=PIPE, stderr=DEVNULL, env=environment
                )
        except OSError as error:
            raise StorageFailed(f"the model cannot be tried: {error.strerror or error}") from error


def _check_size(path: Path, most: int) -> None:
    if (size := path.stat().st_size) > most:
        raise ModelRefused(f"the model has {size} bytes, more than {most}")


def _verdict(said: bytes, status: int | None) -> dict[str, Any]:
    try:
        verdict = json.loads(said)
    except ValueError:
        verdict = {}
    if "refused" in verdict:
        raise ModelRefused(str(verdict["refused"]))
    if status != 0 or "facts" not in verdict:
        raise ModelRefused("the model broke the process that tried it: too much memory, or a fault it found")
    facts: dict[str, Any] = verdict["facts"]
    return facts
