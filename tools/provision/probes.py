"""Asks engine programs for their version, and remembers the answer until the file changes.

Starting the engine costs 50 to 110 ms, a remembered answer a few stat calls; never trusts an
answer for a file whose size or time differs.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST = (4, 4)
PROBE_SECONDS = 30.0
VERSION = re.compile(r"^(\d+)\.(\d+)(?:\.\d+)*\.[a-z]\S*$", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """A version, or the reason why the program cannot serve."""

    version: str = ""
    reason: str = ""


class Probes:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, dict[str, str]] = {}
        with contextlib.suppress(OSError, ValueError):
            self._known = json.loads(file.read_text(encoding="utf-8"))

    def ask(self, program: Path) -> Answer:
        try:
            status = program.stat()
        except OSError as error:
            return Answer(reason=f"{error.strerror or error}".lower())
        mark = f"{status.st_mtime_ns}/{status.st_size}"
        entry = self._known.get(str(program))
        if entry is not None and entry.get("mark") == mark and entry.get("version"):
            return judge(entry["version"])
        answer = _ask(program)
        if answer.version:
            self._remember(program, mark, answer.version)
            return judge(answer.version)
        return answer

    def _remember(self, program: Path, mark: str, version: str) -> None:
        self._known[str(program)] = {"mark": mark, "version": version}
        temporary = self._file.with_suffix(f".{os.getpid()}.part")
        # A cache that cannot be written only costs the next run a tenth of a second.
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(self._known, indent=1), encoding="utf-8")
            os.replace(temporary, self._file)


def judge(version: str) -> Answer:
    match = VERSION.match(version)
    if match is None or (int(match[1]), int(match[2])) < OLDEST:
        return Answer(reason=f"it is version {version}, and Evolve needs {OLDEST[0]}.{OLDEST[1]} or newer")
    return Answer(version=version)


def _ask(program: Path) -> Answer:
    try:
        asked = subprocess.run(
            [str(program), "--version"],
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=PROBE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Answer(reason=f"it did not answer --version within {PROBE_SECONDS:.0f} s")
    except OSError as error:
        return Answer(reason=f"it cannot be started ({error.strerror or error})")
    match = VERSION.search(asked.stdout)
    if match is None:
        said = (asked.stderr.strip() or asked.stdout.strip() or f"exit code {asked.returncode}").splitlines()[
            0
        ]
        return Answer(reason=f"it does not answer --version like Godot ({said[:120]})")
    return Answer(version=match[0])
