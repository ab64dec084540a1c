"""The private engine: what is decided before and after apt does its work."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from provision import debian, private_root
from provision.console import Console, SetupError

needs_dpkg = pytest.mark.skipif(
    shutil.which("dpkg-deb") is None, reason="only Debian and its kin have dpkg-deb"
)


def test_a_run_path_of_the_system_becomes_one_beside_the_library() -> None:
    moved = private_root.local_run_path("/usr/lib/x86_64-linux-gnu/pulseaudio:/opt/other", "x86_64-linux-gnu")
    assert moved == "$ORIGIN:$ORIGIN/pulseaudio:/opt/other"


def test_a_relative_run_path_is_kept() -> None:
    assert private_root.local_run_path("$ORIGIN/../lib", "x86_64-linux-gnu") == "$ORIGIN:$ORIGIN/../lib"


@needs_dpkg
def test_the_configuration_names_no_folder_outside_ours(tmp_path: Path) -> None:
    configuration = debian.write_configuration(tmp_path).read_text(encoding="utf-8")
    folders = [line.split('"')[1] for line in configuration.splitlines() if line.startswith("Dir::")]
    assert folders
    assert all(folder.startswith((str(tmp_path), "/dev/null")) for folder in folders)


@needs_dpkg
def test_apt_would_run_none_of_the_machines_hooks(tmp_path: Path) -> None:
    configuration = debian.write_configuration(tmp_path)
    dump = subprocess.run(
        ["apt-config", "-c", configuration, "dump"], capture_output=True, text=True, check=True
    ).stdout
    assert "Invoke" not in dump
    assert f'Dir::State::status "{tmp_path}/status"' in dump


@needs_dpkg
def test_a_damaged_package_is_thrown_away_and_named(tmp_path: Path, console: Console) -> None:
    archive = tmp_path / "broken.deb"
    archive.write_bytes(b"not a package")
    with pytest.raises(SetupError, match=r"unpacking broken\.deb failed"):
        private_root.build([archive], tmp_path / "root", ["program"], console)
    assert not archive.exists()
    assert not (tmp_path / "root").exists()
