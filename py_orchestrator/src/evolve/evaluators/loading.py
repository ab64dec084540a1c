"""Finds an evaluator by the word a person gave, `my_game.py:play` or `package.module:play`.

Or takes a function in hand, and says by which word other processes would find it.

Importing a person's file runs it. So nothing here is called before a person named the file.
"""

import difflib
import importlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from evolve.errors import EvolveUserError
from evolve.evaluators.complaints import located, near
from evolve.evaluators.declaration import Declaration, declared
from evolve.evaluators.digest import source_digest, text_digest
from evolve.evaluators.playing import Play

# What stands in a run's record for a function that no other process can find.
NOWHERE: Final = "<interactive>"
_WORD: Final = re.compile(r"(?P<place>.+):(?P<name>[^\W\d]\w*)")
_PREFIX: Final = "evolve_evaluator_"
_importing: list[str] = []


@dataclass(frozen=True)
class Evaluator:
    """A function that plays episodes, and how it is found again."""

    function: Play
    declaration: Declaration
    # The run's folder begins with it.
    name: str
    # The word that finds it, from anywhere where it is a file; a person reads `title`.
    where: str
    title: str
    digest: str | None

    @property
    def is_importable(self) -> bool:
        """Whether a worker process can find it."""
        return not self.where.startswith(NOWHERE)


def is_evaluator(word: str) -> bool:
    """Whether a word names a function, or at least a file of Python."""
    if word.startswith("res://"):
        return False
    return bool(_WORD.fullmatch(word)) or word.partition(":")[0].endswith(".py")


def load_evaluator(word: str) -> Evaluator:
    """Import what the word names; EvolveUserError says why that failed."""
    match = _WORD.fullmatch(word)
    if match is None:
        raise EvolveUserError(f"{word} names a file and no function: write {word.rstrip(':')}:play")
    place, name = match["place"], match["name"]
    if place == NOWHERE:
        raise EvolveUserError(
            f"the function {name} was given by a notebook or a program and stands in no file: "
            f"evolve.Run.resume(folder, {name}) goes on with it there"
        )
    if place.endswith(".py") or "/" in place or "\\" in place:
        return _from_file(Path(place), name)
    return _from_module(place, name)


def evaluator_of(function: Play) -> Evaluator:
    """Take a function in hand."""
    name = getattr(function, "__name__", type(function).__name__)
    declaration = declared(function)
    if declaration is None:
        raise _undeclared(name)
    file = _file_of(function)
    module = getattr(function, "__module__", None) or "__main__"
    if file is None:
        return Evaluator(function, declaration, name, f"{NOWHERE}:{name}", name, _digest_of(function))
    if "." in module and not module.startswith(_PREFIX):
        return _described(function, declaration, f"{module}:{name}", file, module)
    return _described(function, declaration, f"{file}:{name}", file)


def is_importing() -> bool:
    """Whether an evaluator's file is being imported right now: it is no time to train."""
    return bool(_importing)


def _from_file(path: Path, name: str) -> Evaluator:
    file = path.absolute()
    if not file.is_file():
        raise EvolveUserError(f"there is no file {path}: check the path before ':{name}'")
    module = _PREFIX + file.stem
    _search(file.parent)
    with _explained(near(file), file):
        spec = importlib.util.spec_from_file_location(module, file)
        if spec is None or spec.loader is None:
            raise EvolveUserError(f"{path} is no file of Python: its name should end with .py")
        loaded = importlib.util.module_from_spec(spec)
        sys.modules[module] = loaded
        spec.loader.exec_module(loaded)
    function, declaration = _function_in(loaded, name, near(file))
    return _described(function, declaration, f"{file}:{name}", file)


def _from_module(module: str, name: str) -> Evaluator:
    _search(Path.cwd())
    with _explained(module, None):
        try:
            loaded = importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{module}.".startswith(f"{error.name}."):
                raise
            raise EvolveUserError(f"there is no such module, seen from {Path.cwd()}") from error
    function, declaration = _function_in(loaded, name, module)
    file = Path(loaded.__file__) if loaded.__file__ else None
    if file is None:
        raise EvolveUserError(f"{module} is a folder without __init__.py: name the module that has {name}")
    return _described(function, declaration, f"{module}:{name}", file.resolve(), module)


def _described(
    function: Play, declaration: Declaration, where: str, file: Path, module: str = ""
) -> Evaluator:
    """`module` is a package's, whose imports begin above the package."""
    root = file.parents[module.count(".") + (file.name == "__init__.py")] if module else file.parent
    name = where.rpartition(":")[2]
    title = where if module else f"{near(file)}:{name}"
    own = module.rpartition(".")[2] if module else file.stem
    return Evaluator(function, declaration, own, where, title, source_digest(file, root, name))


def _function_in(module: ModuleType, name: str, title: str) -> tuple[Play, Declaration]:
    function = getattr(module, name, None)
    if function is None:
        known = [other for other, value in vars(module).items() if declared(value) is not None]
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"its evaluators are {', '.join(known) or 'none'}"
        raise EvolveUserError(f"{title} has no function {name}: {hint}")
    declaration = declared(function)
    if declaration is None or not callable(function):
        raise _undeclared(f"{name} of {title}")
    return function, declaration


def _undeclared(what: str) -> EvolveUserError:
    return EvolveUserError(
        f"{what} does not say what its brains sense and do: "
        "put @evolve.evaluator(inputs=[…], outputs=[…]) above it"
    )


def _search(folder: Path) -> None:
    """Let imports find what lies in the folder, as `python file.py` would."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


@contextmanager
def _explained(title: str, file: Path | None) -> Iterator[None]:
    _importing.append(title)
    try:
        yield
    except EvolveUserError as error:
        raise EvolveUserError(f"{title}: {error}") from error
    except (Exception, SystemExit) as error:
        raise EvolveUserError(f"{title} cannot be imported: {located(error, file)}") from error
    finally:
        _importing.pop()


def _file_of(function: Play) -> Path | None:
    """The file that another process would find the function in; None for a notebook's and a nested one."""
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    file = getattr(module, "__file__", None)
    if file is None or getattr(module, getattr(function, "__qualname__", ""), None) is not function:
        return None
    path = Path(file).absolute()
    return path if path.suffix == ".py" and path.is_file() else None


def _digest_of(function: Any) -> str | None:  # noqa: ANN401 - any callable
    try:
        return text_digest(inspect.getsource(function))
    except (OSError, TypeError):
        return None
