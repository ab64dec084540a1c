"""What counts as a change, and how files are put in place."""

from __future__ import annotations

import os
from pathlib import Path

from provision.stamps import Stamps, digest_of_files, files_under, is_link, replace_file


def _digest(folder: Path) -> str:
    return digest_of_files(folder, files_under(folder))


def test_a_changed_word_changes_the_digest_and_a_touch_does_not(tmp_path: Path) -> None:
    file = tmp_path / "a.rs"
    file.write_text("one", encoding="utf-8")
    before = _digest(tmp_path)
    os.utime(file, (1, 1))
    assert _digest(tmp_path) == before
    file.write_text("two", encoding="utf-8")
    assert _digest(tmp_path) != before


def test_a_renamed_file_changes_the_digest(tmp_path: Path) -> None:
    (tmp_path / "a.rs").write_text("one", encoding="utf-8")
    before = _digest(tmp_path)
    (tmp_path / "a.rs").rename(tmp_path / "b.rs")
    assert _digest(tmp_path) != before


def test_what_is_built_does_not_count_as_a_source(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "made").write_text("x", encoding="utf-8")
    assert list(files_under(tmp_path)) == []


def test_linked_folders_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.gd").write_text("x", encoding="utf-8")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "addons").symlink_to(tmp_path / "real", target_is_directory=True)
    assert is_link(tmp_path / "project" / "addons")
    assert list(files_under(tmp_path / "project")) == []


def test_a_stamp_matches_only_what_was_written(tmp_path: Path) -> None:
    stamps = Stamps(tmp_path / "stamps")
    assert not stamps.matches("rust", "abc")
    stamps.write("rust", "abc")
    assert stamps.matches("rust", "abc")
    assert not stamps.matches("rust", "abd")
    stamps.forget("rust")
    assert not stamps.matches("rust", "abc")


def test_a_library_is_renamed_into_place_and_never_written_over(tmp_path: Path) -> None:
    source, destination = tmp_path / "new.so", tmp_path / "bin" / "used.so"
    source.write_bytes(b"old")
    assert replace_file(source, destination)
    loaded = destination.stat().st_ino
    with destination.open("rb") as held:
        source.write_bytes(b"new")
        assert replace_file(source, destination)
        assert held.read() == b"old"
    assert destination.stat().st_ino != loaded
    assert destination.read_bytes() == b"new"
    assert not replace_file(source, destination)
