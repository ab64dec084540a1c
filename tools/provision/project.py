"""Prepares the Godot project: the link to the add-on and the first import.

A first headless import with a native extension aborts with code 134 unless the extension is
already listed, so the list is written before. Never changes a file that git tracks.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from provision import processes
from provision.console import Console, SetupError, explain
from provision.godot import Engine
from provision.paths import Checkout, make_folder
from provision.stamps import Stamps, digest_of, digest_of_files, files_under, is_link

STAMP = "import"
IMPORT_SECONDS = 300.0
EXTENSION = "res://addons/evolve/evolve.gdextension"
# Written by the engine while it imports, so it must not count as a change of the sources.
IGNORED = frozenset({".godot", ".git", "__pycache__", "bin", "addons"})
SCRIPT_ERROR = "SCRIPT ERROR"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class ProjectStep:
    checkout: Checkout
    engine: Engine

    def digest(self) -> str:
        root = self.checkout.root
        files = [*files_under(self.checkout.project, IGNORED), *files_under(self.checkout.addons, IGNORED)]
        library = self.checkout.native_library
        return digest_of(
            digest_of_files(root, files),
            digest_of_files(root, [library] if library.is_file() else []),
            self.engine.version,
        )

    def is_done(self) -> bool:
        link = self.checkout.project / "addons"
        imported = (self.checkout.project / ".godot").is_dir()
        linked = is_link(link) and link.resolve() == self.checkout.addons.resolve()
        return linked and imported and Stamps(self.checkout.stamps).matches(STAMP, self.digest())

    def run(self, console: Console) -> None:
        with console.step("Importing the Godot project", "The Godot project is imported"):
            link_addons(self.checkout)
            _list_extension(self.checkout)
            self._import(console)
        # Taken after the import, which adds `.uid` and `.import` files beside new sources.
        Stamps(self.checkout.stamps).write(STAMP, self.digest())

    def _import(self, console: Console) -> None:
        outcome = self._attempt(console)
        if not outcome.timed_out and (outcome.code != 0 or SCRIPT_ERROR in outcome.tail):
            # Known: an import may abort once it met an extension for the first time, and one behind an update
            # reads scripts before it knows the classes that are new; the second goes through.
            console.progress(f"the import ended with code {outcome.code}; once more")
            outcome = self._attempt(console)
        said = COLOURS.sub("", outcome.tail)
        if outcome.timed_out:
            raise SetupError(
                f"The Godot import took longer than {IMPORT_SECONDS:.0f} s and was ended; run this again."
            )
        if outcome.code != 0 or SCRIPT_ERROR in said:
            console.say(said)
            raise SetupError(f"The Godot import failed (exit code {outcome.code}); its messages stand above.")

    def _attempt(self, console: Console) -> processes.Outcome:
        command: list[str | Path] = [
            self.engine.path,
            "--headless",
            "--path",
            self.checkout.project,
            "--import",
        ]

        def follow(line: str) -> None:
            plain = COLOURS.sub("", line).strip()
            if plain.startswith("["):
                console.progress(plain)

        return processes.run(command, on_line=follow, seconds=IMPORT_SECONDS, tail_lines=400)


def link_addons(checkout: Checkout) -> None:
    """Show the add-on to the project as `res://addons`, without a second copy of it."""
    link = checkout.project / "addons"
    if is_link(link):
        if link.resolve() == checkout.addons.resolve():
            return
        link.unlink()
    elif link.exists():
        raise SetupError(
            f"{link} is a folder of its own, where Evolve needs a link to {checkout.addons}: move it away."
        )
    if not (checkout.project / "project.godot").is_file():
        raise SetupError(
            f"{checkout.project / 'project.godot'} is missing: this clone is incomplete, restore it with git."
        )
    try:
        _make_link(link, checkout.addons)
    except OSError as error:
        raise SetupError(explain(error)) from error


def _make_link(link: Path, target: Path) -> None:
    if sys.platform == "win32":
        import _winapi  # A junction needs no privilege, which a symbolic link does on Windows.

        _winapi.CreateJunction(str(target), str(link))
    else:
        link.symlink_to(os.path.relpath(target, link.parent), target_is_directory=True)


def _list_extension(checkout: Checkout) -> None:
    listed = make_folder(checkout.project / ".godot") / "extension_list.cfg"
    known = listed.read_text(encoding="utf-8").splitlines() if listed.is_file() else []
    if EXTENSION not in known:
        listed.write_text("\n".join([*known, EXTENSION]) + "\n", encoding="utf-8")
