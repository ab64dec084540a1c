"""Writes the add-on's zip: what git knows of addons/evolve, the licence, and the libraries.

The same files give the same bytes, whoever packs them and when. Never takes a file that is ignored.
"""

from __future__ import annotations

import configparser
import zipfile
from pathlib import Path

from checks.tidiness import files_of
from provision.console import SetupError
from provision.paths import Checkout, make_folder
from shipping.libraries import Library

FOLDER = "addons/evolve"
# The earliest that a zip can say; Godot and git don't look at it.
TIME = (1980, 1, 1, 0, 0, 0)
UNIX = 3
FILE_MODE = 0o100644
REQUIRED = ("plugin.cfg", "plugin.gd", "evolve.gdextension", "README.md", "LICENSE")


def version(checkout: Checkout) -> str:
    settings = configparser.ConfigParser()
    settings.read(checkout.addons / "evolve" / "plugin.cfg", encoding="utf-8")
    return settings["plugin"]["version"].strip('"')


def contents(checkout: Checkout, libraries: list[Library]) -> dict[str, Path]:
    """Where each file of the zip comes from, by its name in there."""
    root = checkout.addons / "evolve"
    files = [file for file in files_of(checkout) if file.is_relative_to(root)]
    found = {f"{FOLDER}/{file.relative_to(root).as_posix()}": file for file in files}
    # One licence for the whole repository; the add-on travels without the rest.
    found[f"{FOLDER}/LICENSE"] = checkout.root / "LICENSE"
    for library in libraries:
        found[f"{FOLDER}/bin/{library.name}"] = library.file
    for name in REQUIRED:
        if not found.get(f"{FOLDER}/{name}", Path("missing")).is_file():
            raise SetupError(f"The add-on has no {name}: this clone is incomplete, restore it with git.")
    return found


def write(archive: Path, files: dict[str, Path]) -> None:
    make_folder(archive.parent)
    temporary = archive.with_name(f"{archive.name}.part")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as bundle:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, TIME)
            entry.create_system = UNIX
            entry.external_attr = FILE_MODE << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            bundle.writestr(entry, files[name].read_bytes(), compresslevel=9)
    temporary.replace(archive)
