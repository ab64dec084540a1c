"""The words of `evolve worker`."""

from __future__ import annotations

from typing import Any

_ABOUT = """\
Join a run that trains a Python function, as one more worker on this machine, until the run is over.

'evolve train … --guests' says the address and the token. The token is taken from the environment's
EVOLVE_TOKEN, because a command line can be read by everybody here. A worker may leave at any moment, and
changes no score; its evaluator must be the one that is trained, to the letter.
"""

_EXAMPLES = """\
examples:
  EVOLVE_TOKEN=… {program} worker my_game.py:play --server ws://127.0.0.1:40000/worker
"""


def add_worker(commands: Any, program: str) -> None:  # noqa: ANN401 - argparse hides the type
    worker = commands.add_parser(
        "worker",
        help="join a run of a Python function",
        description=_ABOUT,
        epilog=_EXAMPLES.format(program=program),
    )
    worker.add_argument("evaluator", metavar="FILE.py:FUNCTION", help="or MODULE:FUNCTION")
    worker.add_argument("--server", metavar="URL", help="the run's address (default: EVOLVE_SERVER)")
    worker.add_argument("--quiet", action="store_true", help="say nothing but what is wrong")
