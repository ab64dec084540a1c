"""A peer's processes: started on the core that this one is on, counted, and ended whatever became of them.

They are found by their environment: some peers give their workers groups and sessions of their own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

MARK = "PEER_MODEL"
END_SECONDS = 10.0
PEERS = Path(__file__).parent / "peers"


@contextmanager
def serving(words: Sequence[str], path: Path) -> Iterator[None]:
    """The command of a peer that serves the network of this file."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {
        MARK: str(path),
        # Nobody is told that it was used, and its files stay with the bench's.
        "BENTOML_DO_NOT_TRACK": "true",
        "BENTOML_HOME": str(path.parent / "bentoml"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    log = path.parent / "peer.log"
    with log.open("wb") as output:
        process = subprocess.Popen(words, cwd=PEERS, env=environment, stdout=output, stderr=output)
    try:
        yield
    except SystemExit as error:
        raise SystemExit(f"{error}: {log.read_text(errors='replace').strip()[-400:]}") from None
    finally:
        _end(process, path)


def processor_seconds(path: Path) -> float:
    """Of all processes that serve this file."""
    ticks = 0
    for process in _processes_of(path):
        with suppress(OSError):
            stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
            fields = stat.rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _end(process: subprocess.Popen[bytes], path: Path) -> None:
    """Ask the first one; what is left after that is killed, by its number."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(END_SECONDS)
    while left := _processes_of(path):
        for one in left:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        time.sleep(0.05)
    process.wait()


def _processes_of(path: Path) -> list[int]:
    mark, found = f"{MARK}={path}".encode(), []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (place / "environ").read_bytes().split(b"\0"):
                found.append(int(place.name))
    return found
