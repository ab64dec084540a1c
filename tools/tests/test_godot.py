"""Which engine is chosen, and what is said when none can be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tool_standins import ProgramMaker

from provision import debian, godot, official
from provision.console import Console, SetupError
from provision.paths import Cache

GOOD = "print('4.6.3.stable.official.abcdef')"
OLD = "print('4.3.stable.official.abcdef')"


@pytest.fixture(autouse=True)
def nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No engine of this machine may be found."""
    monkeypatch.delenv("GODOT", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))


def test_the_one_named_in_godot_comes_first(
    make_program: ProgramMaker, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_program("godot4", GOOD)
    monkeypatch.setenv("GODOT", str(make_program("mine", "print('4.5.1.stable.official.abcdef')")))
    engine = godot.find(cache)
    assert engine is not None
    assert (engine.version, engine.source) == ("4.5.1.stable.official.abcdef", "GODOT")


@pytest.mark.parametrize(
    ("code", "reason"),
    [(OLD, "it is version 4.3"), ("print('hello')", "does not answer --version like Godot")],
)
def test_a_bad_engine_in_godot_is_an_error_even_when_another_would_do(
    make_program: ProgramMaker, cache: Cache, monkeypatch: pytest.MonkeyPatch, code: str, reason: str
) -> None:
    make_program("godot4", GOOD)
    monkeypatch.setenv("GODOT", str(make_program("mine", code)))
    with pytest.raises(SetupError, match=reason) as caught:
        godot.find(cache)
    assert "unset GODOT" in str(caught.value)


def test_a_godot_that_is_no_program_is_named(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GODOT", "/nowhere/godot")
    with pytest.raises(SetupError, match="GODOT names /nowhere/godot"):
        godot.find(cache)


def test_an_old_engine_on_the_path_is_passed_over_and_remembered(
    make_program: ProgramMaker, cache: Cache
) -> None:
    make_program("godot4", OLD)
    make_program("godot", GOOD)
    attempts: list[godot.Attempt] = []
    engine = godot.find(cache, attempts)
    assert engine is not None
    assert engine.path.name == "godot"
    assert "version 4.3" in attempts[0].reason


def test_a_known_engine_is_not_started_again_until_it_changes(
    make_program: ProgramMaker, cache: Cache
) -> None:
    program = make_program("godot", "open(__file__ + '.ran', 'a').write('x')\n" + GOOD)
    godot.find(cache)
    godot.find(cache)
    assert Path(f"{program}.ran").read_text(encoding="utf-8") == "x"
    os.utime(program, (1, 1))
    godot.find(cache)
    assert Path(f"{program}.ran").read_text(encoding="utf-8") == "xx"


def test_when_nothing_works_the_error_tells_everything_that_was_tried(
    make_program: ProgramMaker, cache: Cache, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    def offline(*_: object) -> Path:
        raise SetupError("the server refused the connection")

    make_program("godot4", OLD)
    monkeypatch.setattr(official, "provision", offline)
    monkeypatch.setattr(debian, "is_usable", lambda: "this machine has no apt-get")
    with pytest.raises(SetupError) as caught:
        godot.provision(cache, console)
    message = str(caught.value)
    for expected in ("version 4.3", "godot on the PATH: there is none", "refused", "no apt-get", "GODOT"):
        assert expected in message


def test_the_engine_made_earlier_is_used_when_the_path_has_none(
    make_program: ProgramMaker, cache: Cache
) -> None:
    earlier = cache.engine / "debian" / "usr" / "bin" / "godot"
    earlier.parent.mkdir(parents=True)
    make_program("elsewhere", GOOD).rename(earlier)
    engine = godot.find(cache)
    assert engine is not None
    assert engine.source == "Debian"


def test_too_little_space_is_said_before_anything_is_downloaded(
    cache: Cache, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(godot, "ENGINE_SPACE", 1 << 60)
    monkeypatch.setattr(official, "provision", lambda *_: pytest.fail("nothing may be downloaded"))
    with pytest.raises(SetupError, match=r"^The engine needs .* free some space"):
        godot.provision(cache, console)
