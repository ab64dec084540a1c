"""The native libraries of the add-on: which there may be, and whether those at hand are fit to ship.

The names come from `evolve.gdextension`, which is what the engine goes by. Never builds one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from provision.console import SetupError
from provision.paths import Checkout
from shipping.binary import NotALibrary, describe, has_debug_sections

ENTRY = re.compile(r'^[\w.]+\s*=\s*"bin/([^"]+)"$', re.MULTILINE)
NAME = re.compile(r"^libevolve_native\.(?P<system>\w+)\.(?P<machine>\w+)\.\w+$")
BOTH_MACS = frozenset({"x86_64", "arm64"})


@dataclass(frozen=True)
class Library:
    """One library that is at hand, under the name the engine asks for."""

    name: str
    file: Path


def names(checkout: Checkout) -> list[str]:
    """Every library that the extension file names, each once."""
    text = (checkout.addons / "evolve" / "evolve.gdextension").read_text(encoding="utf-8")
    return sorted(set(ENTRY.findall(text)))


def collect(checkout: Checkout, further: Path | None) -> list[Library]:
    """The checkout's own libraries and those of a folder, which come first; each checked."""
    known = names(checkout)
    found = {file.name: file for file in sorted((checkout.addons / "evolve" / "bin").glob("*"))}
    found = {name: file for name, file in found.items() if name in known}
    if further is not None:
        found |= _of_folder(further, known)
    if not found:
        raise SetupError(
            f"There is no native library in {checkout.addons / 'evolve' / 'bin'}: "
            'run "tools/evolve setup", or name a folder with --libraries.'
        )
    libraries = [Library(name, file) for name, file in sorted(found.items())]
    for library in libraries:
        check(library)
    return libraries


def _of_folder(folder: Path, known: list[str]) -> dict[str, Path]:
    if not folder.is_dir():
        raise SetupError(f"--libraries names {folder}, which is no folder.")
    # Build servers give every artefact a folder of its own.
    found = {file.name: file for file in sorted(folder.rglob("*")) if file.is_file()}
    strange = sorted(set(found) - set(known))
    if strange:
        raise SetupError(
            f"{found[strange[0]]} is no library that evolve.gdextension names: "
            f"call it one of {', '.join(known)}, or take it out of the folder."
        )
    return found


def check(library: Library) -> None:
    """A sentence when the library is for another system than its name says, or built for debugging."""
    content = library.file.read_bytes()
    try:
        found = describe(content)
    except NotALibrary:
        raise SetupError(f"{library.file} is no library: build it anew.") from None
    if found != expected(library.name):
        system, machines = found
        said = f"{system} ({', '.join(sorted(machines))})"
        raise SetupError(f"{library.file} is a library for {said}, which its name does not say.")
    if has_debug_sections(content):
        raise SetupError(
            f"{library.file} was built for debugging, which is slower and three times the size: "
            "build it with --release."
        )


def expected(name: str) -> tuple[str, frozenset[str]]:
    """The system and the processors that a name promises."""
    match = NAME.match(name)
    if match is None:
        return "web", frozenset({"wasm32"})
    if match["system"] == "macos":
        return "macos", BOTH_MACS
    return match["system"], frozenset({match["machine"]})
