"""Starts an X server that draws into memory, lends it to programs, and ends it.

Never looks for the server (see `provision.display`) and never uses the display of the person at
the machine.
"""

from __future__ import annotations

import os
import select
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from provision import processes
from provision.console import SetupError
from provision.display import DisplayServer

START_SECONDS = 30.0
# The server wants this folder for its sockets, and makes it only as root.
SOCKETS = Path(tempfile.gettempdir()) / ".X11-unix"


@contextmanager
def virtual_display(server: DisplayServer, width: int, height: int) -> Iterator[Mapping[str, str]]:
    """A display of this size; gives the environment in which programs draw on it."""
    with suppress(OSError):
        SOCKETS.mkdir(mode=0o1777)
        SOCKETS.chmod(0o1777)
    reading, writing = os.pipe()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        process = _start(server, width, height, writing, log)
        os.close(writing)
        try:
            number = _number(reading, log)
            yield {
                **server.environment,
                "DISPLAY": f":{number}",
                # Godot prefers Wayland where it is offered, and a graphics card draws other pixels.
                "WAYLAND_DISPLAY": "",
                "XDG_SESSION_TYPE": "x11",
                "LIBGL_ALWAYS_SOFTWARE": "1",
            }
        finally:
            os.close(reading)
            processes.end(process)


def _start(
    server: DisplayServer, width: int, height: int, writing: int, log: IO[str]
) -> subprocess.Popen[str]:
    # The server picks a free number itself and writes it into the pipe, so two never meet.
    command = [str(server.program), "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24"]
    command += ["-nolisten", "tcp", "-noreset", "+extension", "GLX"]
    return subprocess.Popen(
        command,
        cwd=server.folder,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        text=True,
        pass_fds=(writing,),
        process_group=0,
    )


def _number(reading: int, log: IO[str]) -> int:
    ready, _, _ = select.select([reading], [], [], START_SECONDS)
    said = os.read(reading, 16).strip() if ready else b""
    if said.isdigit():
        return int(said)
    log.seek(0)
    words = " ".join(log.read().split())[-300:] or "it said nothing"
    reason = "ended at once" if ready else "did not answer in time"
    raise SetupError(f"The virtual display (Xvfb) {reason}: {words}")
