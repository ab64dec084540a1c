"""The command of a worker process that plays with a user's Python function."""

import os
import sys
from typing import Final

from evolve.workers.process import WorkerCommand

# A set of texts is walked in another order in every process, unless they all begin the same.
_ENVIRONMENT: Final = {"PYTHONHASHSEED": "0", "PYTHONUNBUFFERED": "1"}


def python_worker_command(evaluator: str, server: str, token: str) -> WorkerCommand:
    """How a worker is started: it finds the modules that this process finds, and no others."""
    path = os.pathsep.join(os.path.abspath(folder) for folder in sys.path)  # noqa: PTH100 - "" is here
    return WorkerCommand(
        [sys.executable, "-P", "-m", "evolve", "worker", evaluator, "--quiet"],
        _ENVIRONMENT | {"EVOLVE_SERVER": server, "EVOLVE_TOKEN": token, "PYTHONPATH": path},
    )
