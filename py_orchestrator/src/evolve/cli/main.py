"""Where `evolve` begins: reads the command, runs it, and turns every end into a sentence and an exit code."""

import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from types import FrameType
from typing import NoReturn

from evolve.cli.arguments import build_parser
from evolve.errors import EvolveUserError, Interrupted

# A word that Python keeps for itself names no module.
_MODULES = {"import": "import_model"}


def main() -> NoReturn:
    """Run the command line of this process."""
    sys.exit(run(sys.argv[1:]))


def program() -> str:
    """How the person calls us: tools/evolve says so when it is in between."""
    return os.environ.get("EVOLVE_PROGRAM") or "evolve"


def run(words: Sequence[str]) -> int:
    """Run a command; returns the exit code."""
    arguments = build_parser(program()).parse_args(words)
    _end_politely()
    module = _MODULES.get(arguments.command, arguments.command)
    try:
        code: int = import_module(f"evolve.cli.{module}").run(arguments)
    except (EvolveUserError, Interrupted) as error:
        return _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _fail("stopped", 130)
    except BrokenPipeError:  # `evolve show | head` has seen enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - or the interpreter complains at its end
        return 0
    except Exception as error:
        if os.environ.get("EVOLVE_TRACEBACK"):
            raise
        return _fail(*_explain(error))
    return code


def _explain(error: Exception) -> tuple[str, int]:
    if isinstance(error, ImportError) and "_native" in str(error):
        return "the engine is not built yet: run tools/evolve once, it builds what is missing", 1
    if isinstance(error, ValueError) and type(error).__module__ == "evolve._native":
        return str(error), 1
    kind = type(error).__name__
    return f"a fault of Evolve itself ({kind}: {error}): EVOLVE_TRACEBACK=1 shows where, please report it", 70


def _fail(sentence: str, code: int) -> int:
    sys.stderr.write(f"{program()}: {sentence}\n")
    return code


def _end_politely() -> None:
    """A request to end and a closed terminal are what Ctrl-C is: workers end, files stay whole."""

    def as_interrupt(_signal: int, _frame: FrameType | None) -> None:
        signal.raise_signal(signal.SIGINT)

    # A script's background job inherits an ignored SIGINT, and asyncio then never listens for it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, as_interrupt)
    # nohup ignores the hang-up on purpose.
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, as_interrupt)
