"""What can go wrong that a person can put right.

Each of these is one sentence: what was wrong, where, and the way out. The command line prints it and ends
with the exit code. A fault of our own never becomes one of these.
"""

import errno
from pathlib import Path


class EvolveUserError(Exception):
    """One sentence for a person; the command ends with `exit_code`."""

    exit_code = 1


class WorkersFailed(EvolveUserError):  # noqa: N818 - it says what happened, as the sentence does
    """The workers end again and again. Their logs tell more, so the run's folder is kept."""


class EvaluatorFailed(EvolveUserError):  # noqa: N818 - it says what happened, as the sentence does
    """A person's own Python function raised an error or returned what is no score."""


class Interrupted(Exception):  # noqa: N818 - it is no error: someone asked the run to end
    """A signal asked the run to end; what was finished is on disk."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def storage_error(error: OSError, path: Path) -> EvolveUserError:
    """Say in one sentence why `path` could not be written or read."""
    if _is(error, errno.ENOSPC) or _is(error, errno.EDQUOT):
        return EvolveUserError(
            f"no space is left for {path}: free some, or put the run elsewhere with --out FOLDER"
        )
    if _is(error, errno.EACCES) or _is(error, errno.EPERM) or _is(error, errno.EROFS):
        return EvolveUserError(
            f"{path} cannot be written: allow it, or put the run elsewhere with --out FOLDER"
        )
    if _is(error, errno.ENOTDIR) or _is(error, errno.EEXIST):
        return EvolveUserError(f"{path} is in the way of a folder: name another one with --out FOLDER")
    return EvolveUserError(f"{path} cannot be used: {error.strerror or error}")


def _is(error: OSError, number: int) -> bool:
    return error.errno == number
