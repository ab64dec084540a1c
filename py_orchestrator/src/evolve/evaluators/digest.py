"""One digest over an evaluator's source: its file, and the files beside it that it imports.

Followed are import statements, wherever they stand in a file, to modules below the same folder. Nothing is
imported for that, so that the digest is the same in every process. Installed packages and data files are not
part of it.
"""

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path


def source_digest(file: Path, root: Path, function: str) -> str:
    """SHA-256 of a function's name and of the source files that its file is made of, below `root`."""
    digest = hashlib.sha256(function.encode())
    for path in sorted(files_of(file, root)):
        name = path.relative_to(root).as_posix()
        digest.update(f"\n{name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}".encode())
    return digest.hexdigest()


def text_digest(text: str) -> str:
    """SHA-256 of a function that stands in no file."""
    return hashlib.sha256(text.encode()).hexdigest()


def files_of(file: Path, root: Path) -> set[Path]:
    """The file and what it imports from below `root`, directly or not."""
    found: set[Path] = set()
    waiting = [file]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(path, root)
    return found


def _imported(path: Path, root: Path) -> Iterator[Path]:
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):  # it is hashed all the same, and importing it says what is wrong
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _modules(root, alias.name)
        elif isinstance(node, ast.ImportFrom):
            folder = root if node.level == 0 else _above(path, node.level)
            yield from _modules(folder, node.module or "")
            for alias in node.names:
                yield from _modules(folder, f"{node.module or ''}.{alias.name}".strip("."))


def _above(path: Path, level: int) -> Path:
    """The folder that an import with so many leading dots begins in."""
    return path.parents[min(level, len(path.parents)) - 1]


def _modules(folder: Path, dotted: str) -> Iterator[Path]:
    """The files that importing a dotted name runs: those of its packages, and its own."""
    for part in dotted.split(".") if dotted else ():
        package, module = folder / part / "__init__.py", folder / f"{part}.py"
        if package.is_file():
            yield package
        elif module.is_file():
            yield module
        folder = folder / part
