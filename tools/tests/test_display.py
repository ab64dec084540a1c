"""The virtual display: which server is taken, and that two displays never meet."""

from __future__ import annotations

import ctypes.util
import os
import time
from pathlib import Path

import pytest
from tool_standins import ProgramMaker

from provision import display
from provision.console import Console, SetupError
from provision.display import DisplayServer
from provision.paths import Cache
from screens.virtual_display import virtual_display

# Writes the number of its display into the pipe, as the real server does, and stays.
SERVER = """\
import os, sys, time
os.write(int(sys.argv[sys.argv.index("-displayfd") + 1]), b"{number}\\n")
open({mark!r}, "w").write(str(os.getpid()))
time.sleep(60)
"""


def test_a_server_on_the_path_comes_before_a_private_one(
    make_program: ProgramMaker, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = make_program("Xvfb", "")
    _make_private(cache)
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: f"lib{name}.so.1")
    assert display.find(cache) == DisplayServer(program)


def test_a_machine_without_opengl_gets_the_private_server(
    make_program: ProgramMaker, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(make_program("Xvfb", "").parent))
    monkeypatch.setattr(ctypes.util, "find_library", lambda _name: None)
    assert display.find(cache) is None
    root = _make_private(cache)
    found = display.find(cache)
    assert found is not None
    assert found.folder == root
    assert found.environment["LD_LIBRARY_PATH"].startswith(str(root))


def test_a_machine_without_apt_and_xvfb_is_told_what_to_install(
    cache: Cache, console: Console, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match=r"this machine has no apt-get: install xvfb"):
        display.ensure(cache, console)


def test_the_moved_server_looks_for_its_keyboards_where_it_is_started(tmp_path: Path) -> None:
    server = tmp_path / "Xvfb"
    server.write_bytes(b"code\0/usr/bin\0/usr/share/X11/xkb\0/usr/bin/other\0")
    display.make_movable(server)
    moved = server.with_name(display.MOVABLE)
    assert moved.read_bytes() == b"code\0usr/bin\0\0usr/share/X11/xkb\0\0/usr/bin/other\0"
    assert os.access(moved, os.X_OK)


def test_a_server_that_was_built_otherwise_is_refused(tmp_path: Path) -> None:
    server = tmp_path / "Xvfb"
    server.write_bytes(b"code\0/opt/bin\0")
    with pytest.raises(SetupError, match="has no place /usr/bin to change"):
        display.make_movable(server)
    assert not server.with_name(display.MOVABLE).exists()


def test_only_opengl_is_lent_to_the_engine(tmp_path: Path) -> None:
    libraries = tmp_path / "usr" / "lib" / "x86_64-linux-gnu"
    libraries.mkdir(parents=True)
    for name in ("ld-linux-x86-64.so.2", "libc.so.6", "libGL.so.1", "libEGL.so.1", "libxcb-glx.so.0"):
        (libraries / name).write_text(name)
    display.link_drawing_libraries(tmp_path)
    lent = tmp_path / display.DRAWING
    assert sorted(link.name for link in lent.iterdir()) == ["libEGL.so.1", "libGL.so.1", "libxcb-glx.so.0"]
    assert (lent / "libGL.so.1").read_text() == "libGL.so.1"


def test_a_display_has_the_number_its_server_says_and_ends_with_the_block(
    make_program: ProgramMaker, tmp_path: Path
) -> None:
    mark = tmp_path / "pid"
    server = DisplayServer(make_program("Xvfb", SERVER.format(number=42, mark=str(mark))))
    with virtual_display(server, 64, 48) as environment:
        assert environment["DISPLAY"] == ":42"
        while not mark.exists() or not mark.read_text():
            time.sleep(0.01)
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


def test_a_server_that_ends_at_once_is_quoted(make_program: ProgramMaker) -> None:
    server = DisplayServer(make_program("Xvfb", "import sys; sys.exit('no memory for a screen')"))
    with (
        pytest.raises(SetupError, match="ended at once: no memory for a screen"),
        virtual_display(server, 64, 48),
    ):
        pass


def _make_private(cache: Cache) -> Path:
    root = cache.display / "debian"
    (root / "usr" / "bin").mkdir(parents=True)
    (root / "usr" / "bin" / display.MOVABLE).write_text("")
    return root
