"""The set-up as a whole: quiet when done, honest when something is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from provision import godot, ready, toolchain
from provision.console import Console, SetupError
from provision.godot import Engine
from provision.paths import Cache, Checkout

ENGINE = Engine(Path("/engine"), "4.6.3.stable", "a test")


@dataclass
class Step:
    """A step whose state a test decides."""

    name: str
    done: bool = False
    ran: list[str] = field(default_factory=list)

    def is_done(self) -> bool:
        return self.done

    def run(self, _console: Console) -> None:
        self.ran.append(self.name)
        self.done = True


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    ran: list[str] = []
    steps = [Step("python", ran=ran), Step("rust", ran=ran), Step("project", ran=ran)]
    monkeypatch.setattr(ready, "_steps", lambda *_: iter(steps))
    monkeypatch.setattr(godot, "find", lambda *_: ENGINE)
    return steps


def test_everything_missing_is_made_in_order(
    steps: list[Step], checkout: Checkout, cache: Cache, console: Console
) -> None:
    made = ready.ensure_ready(False, checkout, cache, console)
    assert steps[0].ran == ["python", "rust", "project"]
    assert (made.godot, made.godot_version, made.python) == (ENGINE.path, ENGINE.version, checkout.python)


def test_with_nothing_to_do_not_a_word_is_said(
    steps: list[Step], checkout: Checkout, cache: Cache, console: Console, said: Callable[[], str]
) -> None:
    for step in steps:
        step.done = True
    ready.ensure_ready(False, checkout, cache, console)
    assert said() == ""
    assert steps[0].ran == []


def test_an_interrupted_set_up_continues_with_what_is_missing(
    steps: list[Step], checkout: Checkout, cache: Cache, console: Console
) -> None:
    steps[0].done = True
    ready.ensure_ready(False, checkout, cache, console)
    assert steps[0].ran == ["rust", "project"]


def test_a_missing_compiler_is_said_before_anything_is_fetched(
    checkout: Checkout, cache: Cache, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> str:
        raise SetupError("cargo is missing")

    monkeypatch.setattr(godot, "find", lambda *_: None)
    monkeypatch.setattr(godot, "provision", lambda *_: pytest.fail("nothing may be fetched"))
    monkeypatch.setattr(toolchain, "require_cargo", missing)
    with pytest.raises(SetupError, match="cargo is missing"):
        ready.ensure_ready(False, checkout, cache, console)


def test_a_full_disk_is_said_before_a_step_begins(
    steps: list[Step], checkout: Checkout, cache: Cache, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "SPACE", 1 << 60)
    with pytest.raises(SetupError, match="free some space"):
        ready.ensure_ready(False, checkout, cache, console)
    assert steps[0].ran == []
