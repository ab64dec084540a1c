"""What the set-up says while it works: progress on stderr, errors as one sentence.

Never prints to stdout and never shows a traceback for something a user can mend.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

# A log file gets a progress line this often; a terminal redraws its line as often as it likes.
LOG_SECONDS = 10.0
REDRAW_SECONDS = 0.1


class SetupError(Exception):
    """Something the user can understand and mend; its text is shown as it stands."""


class Console:
    """Progress lines of one run. `stream` is replaced by tests."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = sys.stderr if stream is None else stream
        self._terminal = self.stream.isatty()
        self._last = 0.0
        self._drawn = False

    def say(self, text: str) -> None:
        self._clear()
        self._write(f"{text}\n")

    def progress(self, text: str) -> None:
        """Show where a long step stands; cheap enough to call for every line or block."""
        now = time.monotonic()
        if now - self._last < (REDRAW_SECONDS if self._terminal else LOG_SECONDS):
            return
        self._last = now
        if self._terminal:
            self._write(f"\r\x1b[2K  {text[:100]}")
            self._drawn = True
        else:
            self._write(f"  {text}\n")

    @contextmanager
    def step(self, doing: str, done: str) -> Iterator[None]:
        """Announce a step and say how long it took; a step that fails says so by its exception."""
        self.say(f"{doing} ...")
        started = self._last = time.monotonic()
        try:
            yield
        except BaseException:
            self._clear()
            raise
        self.say(f"{done} ({duration(time.monotonic() - started)})")

    def _clear(self) -> None:
        if self._drawn:
            self._write("\r\x1b[2K")
            self._drawn = False

    def _write(self, text: str) -> None:
        try:
            self.stream.write(text)
            self.stream.flush()
        except UnicodeEncodeError:
            self.stream.write(text.encode("ascii", "replace").decode())
        except OSError:
            # A closed terminal must not end a set-up that is half-way through.
            pass


def duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02d} s"


def megabytes(size: float) -> str:
    return f"{size / 1e6:.0f} MB"


def explain(error: OSError) -> str:
    """One sentence for an error of the operating system."""
    place = f" at {error.filename}" if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"The disk is full{place}: free some space, or name a folder on another disk in EVOLVE_CACHE."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"Permission was refused{place}: make the place writable for you, then run this again."
    return f"The operating system refused{place}: {error.strerror or error}."


def guarded(main: Callable[[], int]) -> int:
    """Run a tool; every failure a user can mend becomes a sentence and an exit code."""
    install_signal_handlers()
    try:
        code = main()
        sys.stdout.flush()
        return code
    except SetupError as error:
        return _fail(str(error), 1)
    except KeyboardInterrupt:
        return _fail("Stopped; what was finished is kept, and the next run continues from there.", 130)
    except Terminated as error:
        return _fail("Ended by a signal; what was finished is kept.", 128 + error.number)
    except BrokenPipeError:
        # Whoever read our output has left; without this Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        return _fail(explain(error), 1)


def _fail(sentence: str, code: int) -> int:
    Console().say(f"\n{sentence}" if sys.stderr.isatty() else sentence)
    return code


class Terminated(BaseException):
    """SIGTERM or SIGHUP arrived; unwinding the stack ends the child processes."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def install_signal_handlers() -> None:
    import signal

    def terminate(number: int, _frame: FrameType | None) -> None:
        raise Terminated(number)

    # A script's background job inherits an ignored SIGINT; a set-up must be stoppable all the same.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, terminate)
    # nohup ignores the hang-up on purpose.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, terminate)
