"""The `tools/package` command: makes the add-on's zip and the Python wheel, and tries the zip.

Never publishes anything; what it made lies in dist/.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from provision import godot
from provision.console import Console, SetupError
from provision.paths import Cache, Checkout, this_checkout, user_cache
from provision.ready import ensure_ready
from shipping import addon, libraries, trial
from shipping.wheels import WheelMaker

KINDS = ("addon", "wheel")


def main() -> int:
    options = _parse(sys.argv[1:])
    checkout, cache, console = this_checkout(), user_cache(), Console()
    if options.tried is not None:
        for archive in archives(options.tried):
            try_addon(archive, cache, console)
        return 0
    kinds = options.kind or list(KINDS)
    # The libraries of other machines come ready made, and then nothing has to be built here.
    if options.libraries is None:
        ensure_ready(development=False)
    if "addon" in kinds:
        print(make_addon(checkout, cache, console, options.out, options.libraries))
    if "wheel" in kinds:
        print(_size(WheelMaker(checkout, cache).build(options.out, console)))
    return 0


def make_addon(checkout: Checkout, cache: Cache, console: Console, out: Path, further: Path | None) -> str:
    """Write the zip and try it; the answer is what a person wants to know of it."""
    found = libraries.collect(checkout, further)
    archive = out / f"evolve-addon-{addon.version(checkout)}.zip"
    files = addon.contents(checkout, found)
    addon.write(archive, files)
    try:
        try_addon(archive, cache, console)
    except SetupError:
        archive.unlink()
        raise
    missing = sorted(set(libraries.names(checkout)) - {library.name for library in found})
    lines = [f"{_size(archive)}, {len(files)} files"]
    lines += [f"  has   {library.name} ({_megabytes(library.file)})" for library in found]
    lines += [f"  lacks {name}" for name in missing]
    return "\n".join(lines)


def try_addon(archive: Path, cache: Cache, console: Console) -> None:
    """Use the zip in an empty project, with the engine of this machine."""
    engine = godot.provision(cache, console)
    with (
        console.step(f"Trying {archive.name} in an empty project", "It works in an empty project"),
        tempfile.TemporaryDirectory(prefix="evolve-trial-") as folder,
    ):
        trial.run(archive, engine.path, Path(folder) / "game")


def archives(place: Path) -> list[Path]:
    """A zip, or those of a folder."""
    found = sorted(place.glob("*.zip")) if place.is_dir() else [place]
    if not found or not all(archive.is_file() for archive in found):
        raise SetupError(f"--try names {place}, where there is no zip of the add-on.")
    return found


def _size(file: Path) -> str:
    return f"{file} ({_megabytes(file)})"


def _megabytes(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:.1f} MB"


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="tools/package",
        description="Make the add-on's zip and the Python wheel, and try the zip in an empty project.",
    )
    parser.add_argument(
        "kind",
        nargs="*",
        choices=[*KINDS, []],
        metavar="KIND",
        help="addon or wheel; both when none is named",
    )
    parser.add_argument(
        "--libraries",
        type=Path,
        metavar="FOLDER",
        help="native libraries that other machines built, to go into the zip",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=this_checkout().root / "dist",
        metavar="FOLDER",
        help="where the packages go; dist without it",
    )
    parser.add_argument(
        "--try",
        type=Path,
        dest="tried",
        metavar="ZIP",
        help="make nothing; try a zip, or those of a folder, on this machine",
    )
    return parser.parse_args(arguments)
