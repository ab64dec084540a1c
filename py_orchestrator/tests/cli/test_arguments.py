"""The words of the command line, and what a person reads who gets one wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from evolve.cli.arguments import build_parser

SOURCES = Path(__file__).parents[2] / "src"


def misuse(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args(words)
    assert ended.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["trian"], "evolve: unknown command 'trian': did you mean 'train'? ('evolve --help' explains)\n"),
        (["dance"], "evolve: unknown command 'dance' ('evolve --help' explains)\n"),
        (["--frobnicate"], "evolve: unknown option '--frobnicate' ('evolve --help' explains)\n"),
        (
            ["train", "--generation", "5"],
            "evolve train: unknown option '--generation': did you mean '--generations'? "
            "('evolve train --help' explains)\n",
        ),
        (
            ["train", "--worker=5"],
            "evolve train: unknown option '--worker': did you mean '--workers'? "
            "('evolve train --help' explains)\n",
        ),
        (
            ["train", "--objective", "fuel:less"],
            "evolve train: --objective: expected a name, NAME:minimise or NAME:maximise, not 'fuel:less' "
            "('evolve train --help' explains)\n",
        ),
        (["train", "a", "b"], "evolve train: unexpected argument 'b' ('evolve train --help' explains)\n"),
        (
            ["train", "--seed", "-1"],
            "evolve train: --seed: expected a whole number from 0 to 9223372036854775807, not '-1' "
            "('evolve train --help' explains)\n",
        ),
        (
            ["train", "--seed", "9223372036854775808"],
            "evolve train: --seed: expected a whole number from 0 to 9223372036854775807, "
            "not 9223372036854775808 ('evolve train --help' explains)\n",
        ),
        (
            ["train", "--workers", "0"],
            "evolve train: --workers: expected a whole number from 1 to 256, not 0 "
            "('evolve train --help' explains)\n",
        ),
        (
            ["train", "--generations", "ten"],
            "evolve train: --generations: expected a whole number of at least 1, not 'ten' "
            "('evolve train --help' explains)\n",
        ),
        (
            ["train", "--set", "mutation"],
            "evolve train: --set: expected key=value, not 'mutation' ('evolve train --help' explains)\n",
        ),
        (
            ["config", "shwo"],
            "evolve config: unknown action 'shwo': did you mean 'show'? ('evolve config --help' explains)\n",
        ),
        (
            ["config", "show", "--al"],
            "evolve config show: unknown option '--al': did you mean '--all'? "
            "('evolve config show --help' explains)\n",
        ),
        (
            ["export", "--format", "xml"],
            "evolve export: --format: 'xml' is none of onnx, brain, csv, json, parquet "
            "('evolve export --help' explains)\n",
        ),
        (
            ["compare", "a", "b", "--fitness", "high"],
            "evolve compare: --fitness: expected a number, not 'high' ('evolve compare --help' explains)\n",
        ),
    ],
)
def test_misuse_is_one_sentence_and_code_2(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert misuse(words, capsys) == sentence


@pytest.mark.parametrize("words", [[], ["config"]])
def test_no_command_shows_the_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert "examples:" in misuse(words, capsys)


def test_the_help_names_every_command_and_gives_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser("tools/evolve", [("doctor", "say what is missing")]).parse_args(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    for words in ("train", "show", "worlds", "doctor", "say what is missing", "tools/evolve train --resume"):
        assert words in text


def test_every_option_of_train_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["train", "--help"])
    text = capsys.readouterr().out
    options = (
        "generations",
        "seed",
        "workers",
        "out",
        "resume",
        "config",
        "set",
        "population",
        "port",
        "json",
        "quiet",
    )
    for option in options:
        assert f"  --{option}" in text


def test_an_extra_command_keeps_its_words_for_its_owner() -> None:
    parsed = build_parser("tools/evolve", [("doctor", "say what is missing")]).parse_args(
        ["doctor", "--json"]
    )
    assert parsed.command == "doctor"
    assert parsed.rest == ["--json"]


def test_train_has_defaults_for_everything() -> None:
    parsed = build_parser().parse_args(["train"])
    assert (parsed.scene, parsed.seed, parsed.workers, parsed.generations) == (None, None, None, None)
    assert (parsed.settings, parsed.port, parsed.json, parsed.quiet) == ([], 0, False, False)


def test_settings_keep_their_order_and_what_stands_behind_the_equals_sign() -> None:
    parsed = build_parser().parse_args(["train", "--set", "a.b = 1=2", "--set", "c="])
    assert parsed.settings == [("a.b", "1=2"), ("c", "")]


def test_the_arguments_need_nothing_but_the_standard_library() -> None:
    program = "import sys; import evolve.cli.arguments as a; a.build_parser(); print(sorted(sys.modules))"
    answer = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(SOURCES)!r}); {program}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    for module in ("evolve._native", "evolve.errors", "msgspec", "rich", "websockets", "numpy"):
        assert f"'{module}'" not in answer.stdout
