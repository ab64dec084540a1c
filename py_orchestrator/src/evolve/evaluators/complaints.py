"""Says in one sentence what went wrong in a user's code, and on which line of it."""

import importlib
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

_LONGEST: Final = 500
_OURS: Final = str(Path(__file__).resolve().parents[1])
_IMPORTER: Final = str(Path(importlib.__file__).parent)
_INSTALLED: Final = ("site-packages", "dist-packages")


def complaint(error: BaseException, function: Callable[..., Any]) -> str:
    """An exception with the last line of the user's own code that led to it."""
    code = getattr(function, "__code__", None)
    return located(error, Path(code.co_filename) if code is not None else None)


def located(error: BaseException, file: Path | None) -> str:
    """An exception with the last line that stands in `file` or beside it."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{near(Path(error.filename))}, line {error.lineno}: {type(error).__name__}: {error.msg}"
    frames = [one for one in traceback.extract_tb(error.__traceback__) if not _is_ours(one.filename)]
    theirs = [one for one in frames if file is not None and _is_beside(Path(one.filename), file)]
    words = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    words = " ".join(words.split())[:_LONGEST]
    if not (theirs or frames):
        return words
    where = (theirs or frames)[-1]
    return f"{near(Path(where.filename))}, line {where.lineno}, in {where.name}: {words}"


def near(path: Path) -> str:
    """The path as seen from here, when it lies below."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _is_beside(path: Path, file: Path) -> bool:
    installed = any(part in _INSTALLED for part in path.parts)
    return path == file or (path.is_relative_to(file.parent) and not installed)


def _is_ours(filename: str) -> bool:
    return filename.startswith((_OURS, _IMPORTER, "<frozen"))
