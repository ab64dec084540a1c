"""The Godot project: its link to the add-on and the first import, by the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from tool_standins import ProgramMaker

from provision.console import Console, SetupError
from provision.godot import Engine
from provision.paths import Checkout
from provision.project import EXTENSION, ProjectStep, link_addons


def _step(checkout: Checkout, engine: Path) -> ProjectStep:
    return ProjectStep(checkout, Engine(engine, "4.6.3.stable", "a test"))


def test_the_first_import_works_and_a_new_script_asks_for_another(
    checkout: Checkout, engine: Path, console: Console
) -> None:
    script = checkout.addons / "evolve" / "thing.gd"
    script.write_text("class_name Thing\nextends Node\n", encoding="utf-8")
    step = _step(checkout, engine)
    assert not step.is_done()
    step.run(console)
    assert step.is_done()
    assert script.with_name("thing.gd.uid").is_file()
    assert "Thing" in (checkout.project / ".godot" / "global_script_class_cache.cfg").read_text(
        encoding="utf-8"
    )
    script.write_text("class_name Other\nextends Node\n", encoding="utf-8")
    assert not step.is_done()


def test_the_extension_is_listed_before_the_import_starts(
    checkout: Checkout, make_program: ProgramMaker, console: Console
) -> None:
    listed = checkout.project / ".godot" / "extension_list.cfg"
    _step(checkout, make_program("godot", f"print(open({str(listed)!r}).read())")).run(console)
    assert listed.read_text(encoding="utf-8").splitlines() == [EXTENSION]


def test_an_import_that_aborts_once_is_tried_again(
    checkout: Checkout, make_program: ProgramMaker, console: Console
) -> None:
    code = "import os\nif not os.path.exists(__file__ + '.ran'):\n open(__file__ + '.ran', 'w')\n os.abort()"
    step = _step(checkout, make_program("godot", code))
    step.run(console)
    assert step.is_done()


def test_an_import_that_does_not_know_the_new_classes_yet_is_tried_again(
    checkout: Checkout, make_program: ProgramMaker, console: Console
) -> None:
    code = (
        "import os\n"
        "if not os.path.exists(__file__ + '.ran'):\n"
        " open(__file__ + '.ran', 'w')\n"
        " print('SCRIPT ERROR: Parse Error: Identifier NewClass not declared in the current scope.')"
    )
    step = _step(checkout, make_program("godot", code))
    step.run(console)
    assert step.is_done()


@pytest.mark.parametrize("code", ["raise SystemExit(1)", "print('SCRIPT ERROR: Parse Error: bad')"])
def test_a_failed_import_leaves_the_step_undone(
    checkout: Checkout, make_program: ProgramMaker, console: Console, code: str
) -> None:
    step = _step(checkout, make_program("godot", code))
    with pytest.raises(SetupError, match="The Godot import failed"):
        step.run(console)
    assert not step.is_done()


def test_a_link_to_another_place_is_put_right(checkout: Checkout, tmp_path: Path) -> None:
    (checkout.project / "addons").symlink_to(tmp_path, target_is_directory=True)
    link_addons(checkout)
    assert (checkout.project / "addons").resolve() == checkout.addons.resolve()


def test_a_folder_in_place_of_the_link_is_not_deleted(checkout: Checkout) -> None:
    (checkout.project / "addons").mkdir()
    with pytest.raises(SetupError, match="move it away"):
        link_addons(checkout)


def test_a_project_that_is_missing_says_that_the_clone_is_incomplete(checkout: Checkout) -> None:
    (checkout.project / "project.godot").unlink()
    with pytest.raises(SetupError, match="this clone is incomplete"):
        link_addons(checkout)
