"""A display that needs no screen: Xvfb and a software OpenGL, found on the machine or made private.

Only tools that take pictures ask for it, so the set-up of a clone never fetches it. Never draws
itself and never starts the server; that is `screens.virtual_display`.
"""

from __future__ import annotations

import ctypes.util
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from provision import debian, private_root
from provision.console import Console, SetupError
from provision.paths import OPERATING_SYSTEM, Cache, cache_lock, make_folder

# 86 packages, 70 MB to download; most of it is the compiler that draws without a graphics card.
BUNDLE = debian.Bundle(
    "a virtual display",
    ("xvfb", "x11-xkb-utils", "xkb-data", "libgl1", "libglx-mesa0", "libegl1", "libgl1-mesa-dri"),
    ("Xvfb", "xkbcomp"),
)
# The places that are compiled into the server, and the same as seen from the private root. They must
# not grow, so the server has to be started there.
PLACES = ((b"\0/usr/bin\0", b"\0usr/bin\0\0"), (b"\0/usr/share/X11/xkb\0", b"\0usr/share/X11/xkb\0\0"))
MOVABLE = "Xvfb-movable"
DRAWING = "usr/lib/drawing"
OPENGL = re.compile(r"lib(E?GL|OpenGL|gallium|X11-xcb|xcb|xshmfence|Xxf86vm)")
ADVICE = "install xvfb and a software OpenGL (on Debian: apt install xvfb libgl1-mesa-dri)"


@dataclass(frozen=True)
class DisplayServer:
    """A program that makes displays, and what a program that draws on one needs to know."""

    program: Path
    # Where it has to be started; a server of the machine may be started anywhere.
    folder: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


def find(cache: Cache) -> DisplayServer | None:
    """The machine's own server, or the private one that was made earlier."""
    on_path = shutil.which("Xvfb")
    if on_path is not None and ctypes.util.find_library("GL") is not None:
        return DisplayServer(Path(on_path))
    return private_server(cache)


def private_server(cache: Cache) -> DisplayServer | None:
    root = cache.display / "debian"
    program = root / "usr" / "bin" / MOVABLE
    if not program.is_file():
        return None
    return DisplayServer(program, root, {"LD_LIBRARY_PATH": str(root / DRAWING)})


def ensure(cache: Cache, console: Console) -> DisplayServer:
    """The server that is there, or a new private one, or a sentence about the way out."""
    found = find(cache)
    if found is not None:
        return found
    closed = "only Linux has virtual displays" if OPERATING_SYSTEM != "linux" else debian.is_usable()
    if closed:
        raise SetupError(f"Pictures need a virtual display (Xvfb), and {closed}: {ADVICE}.")
    with cache_lock(cache, lambda: console.say("Waiting for another set-up that is at work ...")):
        return private_server(cache) or provision(cache, console)


def provision(cache: Cache, console: Console) -> DisplayServer:
    """Make a private server in the cache."""
    with console.step("Fetching a virtual display", "The virtual display is ready"):
        try:
            root = debian.provision(cache.display, console, BUNDLE)
        except SetupError as error:
            raise SetupError(f"No virtual display could be fetched ({error}): {ADVICE}.") from error
        link_drawing_libraries(root)
        make_movable(root / "usr" / "bin" / "Xvfb")
    made = private_server(cache)
    assert made is not None
    return made


def link_drawing_libraries(root: Path) -> None:
    """A folder with OpenGL alone, for the private engine, which has the rest of the same suite.

    With the whole folder in the environment, the shells that the engine starts would find a C library
    that is not theirs.
    """
    folder = make_folder(root / DRAWING)
    for library in private_root.find_loader(root).parent.iterdir():
        link = folder / library.name
        if OPENGL.match(library.name) and not link.is_symlink():
            link.symlink_to(os.path.relpath(library, folder))


def make_movable(server: Path) -> None:
    """A copy that looks for its keyboards where it is started instead of in the system."""
    program = server.read_bytes()
    for fixed, relative in PLACES:
        if program.count(fixed) != 1:
            place = fixed.strip(b"\0").decode()
            raise SetupError(f"The X server of this distribution has no place {place} to change: {ADVICE}.")
        program = program.replace(fixed, relative)
    copy = server.with_name(f"{MOVABLE}.part")
    copy.write_bytes(program)
    copy.chmod(0o755)
    os.replace(copy, server.with_name(MOVABLE))
