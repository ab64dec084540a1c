"""The engine's own parser as a lint: untyped declarations are errors, in the add-on too."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks import godot_types
from provision.paths import Checkout

TYPED = "extends Node\n\n\nfunc f(value: int) -> int:\n\treturn value\n"


def _plant(checkout: Checkout, place: str, text: str) -> None:
    file = checkout.root / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_typed_scripts_pass(checkout: Checkout, engine: Path) -> None:
    _plant(checkout, "addons/evolve/nodes/typed.gd", TYPED)
    _plant(checkout, "godot_project/demos/typed.gd", TYPED)
    assert godot_types.check(checkout, engine) == []


@pytest.mark.parametrize("place", ["addons/evolve/nodes/planted.gd", "godot_project/demos/planted.gd"])
@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("extends Node\n\nvar untyped = 3\n", 3),
        ("extends Node\n\n\nfunc f(value) -> void:\n\tprint(value)\n", 4),
        ("extends Node\n\n\nfunc f():\n\tpass\n", 4),
        ("extends Node\n\n\nfunc f(list: Array) -> void:\n\tfor i in list:\n\t\tprint(i)\n", 5),
    ],
)
def test_a_planted_untyped_declaration_is_found_with_its_line(
    checkout: Checkout, engine: Path, place: str, text: str, line: int
) -> None:
    _plant(checkout, place, text)
    (finding,) = godot_types.check(checkout, engine)
    assert Path(place).name + f":{line}: " in finding


def test_settings_of_the_project_cannot_switch_the_check_off(checkout: Checkout, engine: Path) -> None:
    with (checkout.project / "project.godot").open("a", encoding="utf-8") as settings:
        settings.write(
            "\n[debug]\n\ngdscript/warnings/enable=false\ngdscript/warnings/untyped_declaration=0\n"
        )
        settings.write('gdscript/warnings/directory_rules={\n"res://addons": 0\n}\n')
    _plant(checkout, "addons/evolve/planted.gd", "extends Node\n\nvar untyped = 3\n")
    assert len(godot_types.check(checkout, engine)) == 1


def test_a_syntax_error_is_found(checkout: Checkout, engine: Path) -> None:
    _plant(checkout, "godot_project/bad.gd", "extends Node\nfunc (\n")
    assert any("bad.gd" in finding for finding in godot_types.check(checkout, engine))


def test_an_engine_that_dies_is_not_taken_for_a_clean_bill(checkout: Checkout, tmp_path: Path) -> None:
    program = tmp_path / "engine"
    program.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    assert "ended early" in godot_types.check(checkout, program)[0]
