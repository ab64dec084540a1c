"""Packages: what goes into them, what is refused, and the same bytes twice."""

from __future__ import annotations

import shutil
import struct
import subprocess
import zipfile
from pathlib import Path

import pytest

from provision.console import SetupError
from provision.paths import Checkout, this_checkout
from shipping import addon, binary, command, libraries, trial
from shipping.libraries import Library
from shipping.wheels import check as check_wheel

LINUX = "libevolve_native.linux.x86_64.so"
WINDOWS = "libevolve_native.windows.x86_64.dll"
EXTENSION = f'linux.debug.x86_64 = "bin/{LINUX}"\nlinux.release.x86_64 = "bin/{LINUX}"\n'
EXTENSION += f'windows.release.x86_64 = "bin/{WINDOWS}"\n'


def elf(machine: int = 62, section: str = ".text") -> bytes:
    """The smallest file that says what it is: a header and one section, whose table names itself."""
    header = bytearray(64)
    header[:4] = b"\x7fELF"
    struct.pack_into("<H", header, 0x12, machine)
    struct.pack_into("<Q", header, 0x28, 64)
    struct.pack_into("<HHH", header, 0x3A, 64, 1, 0)
    entry = bytearray(64)
    struct.pack_into("<Q", entry, 0x18, 128)
    return bytes(header + entry) + section.encode() + b"\0"


def pe(section: bytes = b".text\0\0\0") -> bytes:
    header = bytearray(64)
    header[:2] = b"MZ"
    struct.pack_into("<I", header, 0x3C, 64)
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 128, 0, 0, 0)
    return bytes(header) + coff + section + bytes(32) + b"size.debug_info\0"


@pytest.fixture
def clone(checkout: Checkout) -> Checkout:
    root = checkout.addons / "evolve"
    (root / "bin").mkdir()
    for name in ("plugin.gd", "README.md"):
        (root / name).write_text(name, encoding="utf-8")
    (root / "plugin.cfg").write_text('[plugin]\n\nversion="1.2.3"\n', encoding="utf-8")
    (root / "evolve.gdextension").write_text(EXTENSION, encoding="utf-8")
    (root / "bin" / LINUX).write_bytes(elf())
    (checkout.root / "LICENSE").write_text("MIT", encoding="utf-8")
    return checkout


def test_the_zip_holds_the_addon_and_its_licence_and_nothing_else(clone: Checkout, tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    addon.write(archive, addon.contents(clone, libraries.collect(clone, None)))
    with zipfile.ZipFile(archive) as bundle:
        names = [name.removeprefix("addons/evolve/") for name in bundle.namelist()]
        licence = bundle.read("addons/evolve/LICENSE")
    texts = ["LICENSE", "README.md", f"bin/{LINUX}", "evolve.gdextension", "plugin.cfg", "plugin.gd"]
    assert names == texts
    assert licence == b"MIT"
    assert addon.version(clone) == "1.2.3"


def test_the_same_files_give_the_same_bytes(clone: Checkout, tmp_path: Path) -> None:
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    addon.write(first, addon.contents(clone, libraries.collect(clone, None)))
    copy = Checkout(Path(shutil.copytree(clone.root, tmp_path / "copy", copy_function=shutil.copy)))
    (copy.addons / "evolve" / "plugin.gd").touch()
    addon.write(second, addon.contents(copy, libraries.collect(copy, None)))
    assert first.read_bytes() == second.read_bytes()


def test_an_addon_without_its_readme_is_refused(clone: Checkout) -> None:
    (clone.addons / "evolve" / "README.md").unlink()
    with pytest.raises(SetupError, match=r"has no README\.md: this clone is incomplete"):
        addon.contents(clone, [])


def test_libraries_of_other_machines_are_added(clone: Checkout, tmp_path: Path) -> None:
    artefact = tmp_path / "libraries" / "windows"
    artefact.mkdir(parents=True)
    (artefact / WINDOWS).write_bytes(pe())
    found = libraries.collect(clone, artefact.parent)
    assert [library.name for library in found] == [LINUX, WINDOWS]


def test_a_file_that_the_extension_does_not_name_is_refused(clone: Checkout, tmp_path: Path) -> None:
    folder = tmp_path / "libraries"
    folder.mkdir()
    (folder / "evolve.so").write_bytes(elf())
    with pytest.raises(SetupError, match=rf"evolve\.so is no library that .* call it one of {LINUX}"):
        libraries.collect(clone, folder)


def test_a_clone_without_any_library_is_told_how_to_get_one(clone: Checkout) -> None:
    (clone.addons / "evolve" / "bin" / LINUX).unlink()
    with pytest.raises(SetupError, match="tools/evolve setup"):
        libraries.collect(clone, None)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (LINUX, b"#!/bin/sh\n", "is no library"),
        (LINUX, b"\x7fELF", "is no library"),
        (LINUX, elf(machine=183), r"is a library for linux \(arm64\), which its name does not say"),
        (LINUX, pe(), r"is a library for windows \(x86_64\)"),
        (LINUX, elf(section=".debug_line"), "built for debugging"),
        (WINDOWS, pe(b"/4\0\0\0\0\0\0"), "built for debugging"),
        ("evolve_native.wasm", b"\0asm\1\0\0\0\0\x0c\x0b.debug_line", "built for debugging"),
        (
            "libevolve_native.macos.universal.dylib",
            b"\xcf\xfa\xed\xfe" + struct.pack("<I", 0x0100000C),
            r"macos \(arm64\)",
        ),
    ],
)
def test_what_is_not_fit_to_ship_is_refused(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(SetupError, match=words):
        libraries.check(Library(name, file))


def test_a_library_for_both_macs_is_taken(tmp_path: Path) -> None:
    name = "libevolve_native.macos.universal.dylib"
    machines = [struct.pack(">IIIII", machine, 0, 0, 0, 0) for machine in binary.MACH_MACHINES]
    (tmp_path / name).write_bytes(b"\xca\xfe\xba\xbe" + struct.pack(">I", 2) + b"".join(machines))
    libraries.check(Library(name, tmp_path / name))


def test_the_compiler_agrees_on_what_a_debug_library_is(tmp_path: Path) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler")
    source = tmp_path / "a.c"
    source.write_text("int a(void) { return 1; }\n", encoding="utf-8")
    for flag, expected in (("-g", True), ("-g0", False)):
        library = tmp_path / f"a{flag}.so"
        subprocess.run([compiler, "-shared", "-fPIC", flag, "-o", library, source], check=True)
        assert binary.has_debug_sections(library.read_bytes()) is expected


def test_any_complaint_of_the_engine_fails_the_trial() -> None:
    output = [
        "Godot Engine",
        "WARNING: A script is odd.",
        "   at: f (res://a.gd:1)",
        "ERROR: ALSA is missing",
    ]
    assert trial.complaints(output) == ["WARNING: A script is odd. | at: f (res://a.gd:1)"]


def test_a_wheel_without_its_native_module_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "evolve-1.whl"
    with zipfile.ZipFile(wheel, "w") as bundle:
        for name in ("__init__.py", "py.typed", "_native.pyi"):
            bundle.writestr(f"evolve/{name}", "")
    with pytest.raises(SetupError, match="lacks its native module"):
        check_wheel(wheel)


def test_what_is_to_be_tried_is_a_zip_or_a_folder_with_some(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="where there is no zip"):
        command.archives(tmp_path)
    (tmp_path / "a.zip").touch()
    assert command.archives(tmp_path) == command.archives(tmp_path / "a.zip") == [tmp_path / "a.zip"]


def test_the_real_addon_works_in_an_empty_project(
    engine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = this_checkout()
    if not checkout.native_library.is_file():
        pytest.skip("the native library is not built; tools/evolve setup does it")
    archive = tmp_path / "addon.zip"
    addon.write(archive, addon.contents(checkout, libraries.collect(checkout, None)))
    trial.run(archive, engine, tmp_path / "game")


def test_every_library_of_the_extension_has_a_name_that_says_what_it_is() -> None:
    for name in libraries.names(this_checkout()):
        system, machines = libraries.expected(name)
        assert system in {"linux", "windows", "macos", "web"}
        assert machines <= {"x86_64", "arm64", "wasm32"}
