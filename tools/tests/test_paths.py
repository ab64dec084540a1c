"""Where things lie, and one set-up at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tool_standins import TOOLS

from provision import paths
from provision.console import SetupError
from provision.paths import Cache, Checkout


def test_the_cache_is_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EVOLVE_CACHE", str(tmp_path / "elsewhere"))
    assert paths.user_cache().root == tmp_path / "elsewhere"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep caches elsewhere")
def test_the_cache_follows_the_customs_of_the_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("EVOLVE_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert paths.user_cache().root == tmp_path / ".cache" / "evolve"


def test_the_library_is_named_after_system_and_processor(checkout: Checkout) -> None:
    name = checkout.native_library.name
    assert name.startswith("libevolve_native.")
    assert name.split(".")[1] in ("linux", "windows", "macos")
    assert name.split(".")[2] in ("x86_64", "arm64")


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(SetupError, match="cannot be made"):
        paths.make_folder(tmp_path / "file" / "below")


def test_a_folder_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Asked of a stand-in, because the super-user may write anywhere.
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(SetupError, match="cannot be written"):
        paths.make_folder(tmp_path)


def test_a_second_set_up_waits_for_the_first(cache: Cache) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(TOOLS)!r})\n"
        "from pathlib import Path\n"
        "from provision.paths import Cache, cache_lock\n"
        f"with cache_lock(Cache(Path({str(cache.root)!r})), lambda: print('waiting', flush=True)):\n"
        "    print('in', flush=True)\n"
    )
    with paths.cache_lock(cache, lambda: pytest.fail("nobody else holds it")):
        second = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        assert second.stdout is not None
        assert second.stdout.readline() == "waiting\n"
    with second:
        assert second.stdout.readline() == "in\n"
    assert second.returncode == 0
