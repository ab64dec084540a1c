"""Starts a program that cannot outlive the orchestrator: a tiny launcher, run as its own process.

    python -I -S leash.py PARENT PROGRAM ARGUMENTS...

On Linux it asks the kernel to kill this process when its parent dies, however that happens (a kill -9 as
well), and then becomes PROGRAM, which keeps the request. It is a process of its own rather than a
`preexec_fn`, because Python code between fork and exec can deadlock in a program that has threads.
Elsewhere a worker leaves by itself when its connection closes. Imports nothing of ours.
"""

import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def _die_with_parent(parent: int) -> None:
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the request was made
        os._exit(1)


def main() -> None:
    """Become the program."""
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        _die_with_parent(parent)
    try:
        os.execvp(program[0], program)  # noqa: S606 - a list of arguments, never a shell's line
    except OSError as error:
        sys.exit(f"{program[0]} cannot be started: {error.strerror}")


if __name__ == "__main__":
    main()
