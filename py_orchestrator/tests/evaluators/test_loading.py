"""An evaluator is found by a word, or the sentence says why not; and found again by the word it is given."""

from pathlib import Path

import pytest
from tests.evaluators import games

from evolve import EvolveUserError, evaluator
from evolve.evaluators.digest import files_of, source_digest
from evolve.evaluators.loading import evaluator_of, is_evaluator, load_evaluator

GAME = """
import evolve

@evolve.evaluator(inputs=["x"], outputs=["y"])
def play(episode):
    return 1.0

def helper(episode):
    return 1.0
"""


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("my_game.py:play", True),
        ("folder/my_game.py:play", True),
        ("package.module:play", True),
        ("my_game.py", True),
        ("my_game.py:", True),
        ("res://track.tscn", False),
        ("xor", False),
        ("folder/track", False),
    ],
)
def test_a_word_with_a_function_is_an_evaluator(word: str, expected: bool) -> None:
    assert is_evaluator(word) == expected


def test_a_file_s_function_is_found_and_found_again(here: Path) -> None:
    (here / "my_game.py").write_text(GAME)
    found = load_evaluator("my_game.py:play")
    assert (found.name, found.where, found.title) == (
        "my_game",
        f"{here / 'my_game.py'}:play",
        "my_game.py:play",
    )
    assert evaluator_of(found.function).where == found.where
    assert evaluator_of(found.function).digest == found.digest


def test_a_module_s_function_is_the_same_by_its_name_and_in_hand() -> None:
    named, given = load_evaluator("tests.evaluators.games:xor"), evaluator_of(games.xor)
    assert (named.where, named.digest) == (given.where, given.digest)
    assert given.is_importable
    assert given.name == "games"


def test_a_function_inside_a_function_is_not_to_be_imported() -> None:
    @evaluator(inputs=["x"], outputs=["y"])
    def inner(_episode: object) -> float:
        return 0.0

    found = evaluator_of(inner)
    assert not found.is_importable
    with pytest.raises(EvolveUserError, match=r"the function inner was given by a notebook or a program"):
        load_evaluator(found.where)


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("nothing.py:play", "there is no file nothing.py: check the path before ':play'"),
        ("my_game.py", "my_game.py names a file and no function: write my_game.py:play"),
        ("my_game.py:plai", "my_game.py has no function plai: did you mean play?"),
        ("my_game.py:xyz", "my_game.py has no function xyz: its evaluators are play"),
        (
            "my_game.py:helper",
            "helper of my_game.py does not say what its brains sense and do: "
            "put @evolve.evaluator(inputs=[…], outputs=[…]) above it",
        ),
        (
            "broken.py:play",
            "broken.py cannot be imported: broken.py, line 2, in <module>: "
            "ZeroDivisionError: division by zero",
        ),
        ("bad.py:play", "bad.py cannot be imported: bad.py, line 1: SyntaxError: invalid syntax"),
        ("quits.py:play", "quits.py cannot be imported: quits.py, line 1, in <module>: SystemExit: no"),
        ("no.such:play", "no.such: there is no such module, seen from {here}"),
    ],
)
def test_what_cannot_be_found_is_one_sentence(word: str, sentence: str, here: Path) -> None:
    (here / "my_game.py").write_text(GAME)
    (here / "broken.py").write_text("\n1 / 0\n")
    (here / "bad.py").write_text("def f(:\n")
    (here / "quits.py").write_text("raise SystemExit('no')\n")
    with pytest.raises(EvolveUserError) as refused:
        load_evaluator(word)
    assert str(refused.value) == sentence.format(here=here)


def test_the_digest_follows_imports_and_nothing_else(here: Path) -> None:
    (here / "tools").mkdir()
    files = {
        "game.py": "import helper, json\nfrom tools import maths\ndef f():\n    import late\n",
        "helper.py": "",
        "late.py": "",
        "other.py": "",
        "tools/__init__.py": "from . import inner\n",
        "tools/maths.py": "import game\n",
        "tools/inner.py": "",
    }
    for name, text in files.items():
        (here / name).write_text(text)
    found = {path.relative_to(here).as_posix() for path in files_of(here / "game.py", here)}
    assert found == set(files) - {"other.py"}

    before = source_digest(here / "game.py", here, "f")
    assert source_digest(here / "game.py", here, "g") != before
    for name in sorted(found):
        (here / name).write_text(files[name] + "# changed\n")
        assert source_digest(here / "game.py", here, "f") != before
        (here / name).write_text(files[name])
    (here / "other.py").write_text("changed = True\n")
    assert source_digest(here / "game.py", here, "f") == before
