"""Models from outside: looked at, loaded and run once in a process of its own before the service takes them.

What a stranger's file does to the runtime, it does to that process: its memory, its time and its files are
limited, and its end is a sentence.
"""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import Any, Final

from evolve.serving.errors import ModelRefused, Overloaded
from evolve.serving.inspection import Limits

# One at a time: each may take as much memory as the limit says.
_GATE: Final = threading.Lock()
_SECONDS_TO_WAIT: Final = 60.0
_MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True)
class Trial:
    """What the process may use. On Windows nothing bounds its memory."""

    limits: Limits = field(default_factory=Limits)
    seconds: float = 30.0
    # Of address space: Python, numpy and the runtime have 1 GB before they read anything.
    memory: int = 3072 * _MEGABYTE


def admit_model(data: bytes, trial: Trial = Trial()) -> dict[str, Any]:
    """Facts about a model that may be served; ModelRefused says why it may not. Blocks for some seconds."""
    if len(data) > trial.limits.bytes:
        raise ModelRefused(f"the model has {len(data)} bytes, more than {trial.limits.bytes}")
    if not _GATE.acquire(timeout=_SECONDS_TO_WAIT):
        raise Overloaded("other models are being looked at: come again a little later")
    try:
        ended = _run(data, trial)
    except subprocess.TimeoutExpired as error:
        raise ModelRefused(f"the model was not loaded and run within {trial.seconds:g} s") from error
    finally:
        _GATE.release()
    return _verdict(ended)


def _run(data: bytes, trial: Trial) -> "subprocess.CompletedProcess[bytes]":
    # Nothing of the service's environment: keys may stand in it.
    kept = {
        name: os.environ[name] for name in ("LD_LIBRARY_PATH", "PATH", "SYSTEMROOT") if name in os.environ
    }
    command = [sys.executable, "-m", "evolve.serving.trial", str(trial.memory), str(trial.seconds)]
    return subprocess.run(
        command,
        input=data,
        capture_output=True,
        timeout=trial.seconds,
        check=False,
        env={**kept, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"},
    )


def _verdict(ended: "subprocess.CompletedProcess[bytes]") -> dict[str, Any]:
    try:
        verdict = json.loads(ended.stdout)
    except ValueError:
        verdict = {}
    if "refused" in verdict:
        raise ModelRefused(str(verdict["refused"]))
    if ended.returncode != 0 or "facts" not in verdict:
        raise ModelRefused("the model broke the process that tried it: too much memory, or a fault it found")
    facts: dict[str, Any] = verdict["facts"]
    return facts
