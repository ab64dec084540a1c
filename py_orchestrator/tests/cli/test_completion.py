"""`evolve completion`: the scripts are made from the parser, and bash completes with the one for it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from evolve.cli import main
from evolve.cli.arguments import build_parser
from evolve.cli.shells.words import commands_of

Captured = pytest.CaptureFixture[str]
BASH = shutil.which("bash")


def script(shell: str, capsys: Captured) -> str:
    assert main.run(["completion", shell]) == 0
    return capsys.readouterr().out


@pytest.fixture
def complete(here: Path, capsys: Captured) -> "Complete":
    (here / "evolve.bash").write_text(script("bash", capsys))
    for name in ("xor-1-001", "maze-1-001"):
        (here / "runs" / name).mkdir(parents=True)
        (here / "runs" / name / "run.json").touch()
    (here / "runs" / "notes").mkdir()
    (here / "track.tscn").touch()
    (here / "brain.evo").touch()
    (here / "my_game.py").touch()
    (here / "fast.toml").touch()
    return Complete(here)


class Complete:
    """What bash offers behind words, as it would with the tabulator."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, *words: str) -> set[str]:
        line = " ".join(("evolve", *words))
        program = (
            "source evolve.bash\n"
            'COMP_WORDS=(evolve "$@"); COMP_CWORD=$#; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9\n'
            '_evolve evolve "${!#}" "${COMP_WORDS[COMP_CWORD-1]}"\n'
            'printf "%s\\n" "${COMPREPLY[@]}"\n'
        )
        answer = subprocess.run(
            [BASH or "bash", "--norc", "-u", "-c", program, "bash", *words],
            cwd=self._folder,
            env={"PATH": os.environ["PATH"], "COMP_LINE": line},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert (answer.returncode, answer.stderr) == (0, "")
        return set(answer.stdout.split())


needs_bash = pytest.mark.skipif(BASH is None or os.name == "nt", reason="there is no bash here")


@needs_bash
def test_bash_completes_commands_and_actions(complete: Complete) -> None:
    assert {"train", "runs", "show", "compare", "eval", "config", "completion"} <= complete("")
    assert complete("co") == {"compare", "config", "completion"}
    assert complete("config", "") == {"show"}
    assert complete("completion", "") == {"bash", "zsh", "fish"}


@needs_bash
def test_bash_completes_the_options_of_the_command_that_was_typed(complete: Complete) -> None:
    assert complete("train", "--ge") == {"--generations"}
    assert complete("train", "xor", "--seed", "7", "--re") == {"--resume"}
    assert complete("config", "show", "--a") == {"--all"}
    assert complete("runs", "--ge") == set()


@needs_bash
def test_bash_completes_runs_worlds_scenes_and_settings(complete: Complete) -> None:
    assert complete("compare", "") >= {"xor-1-001", "maze-1-001"}
    assert "notes" not in complete("compare", "")
    assert complete("train", "--resume", "x") == {"xor-1-001"}
    assert complete("train", "maz") == {"maze"}
    assert complete("train", "tr") == {"track.tscn"}
    assert complete("train", "my") == complete("worker", "my") == {"my_game.py"}
    assert complete("eval", "b") == {"brain.evo"}
    assert complete("eval", "brain.evo", "--world", "double-pole-") == {"double-pole-hidden"}
    assert complete("train", "--config", "f") == {"fast.toml"}
    assert complete("runs", "ru") == {"runs"}
    assert complete("train", "--set", "mutation.weight_r") == {"mutation.weight_rate="}
    assert complete("export", "xor-1-001", "--table", "sp") == {"species"}


@needs_bash
def test_a_value_is_not_taken_for_a_command_and_an_equals_sign_is_no_word(complete: Complete) -> None:
    assert complete("train", "--out", "show", "--resu") == {"--resume"}
    assert complete("train", "--resume", "=", "x") == {"xor-1-001"}
    assert complete("train", "--resume", "=") >= {"xor-1-001", "maze-1-001"}
    assert complete("train", "--seed", "") == set()


@needs_bash
def test_bash_finds_no_fault_in_the_script(complete: Complete, here: Path) -> None:
    assert complete("") != set()
    subprocess.run([BASH or "bash", "-n", "evolve.bash"], cwd=here, check=True, timeout=30)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_script_names_every_command_and_every_long_option(shell: str, capsys: Captured) -> None:
    text = script(shell, capsys)
    for command in commands_of(build_parser()):
        assert not command.path or command.path.rpartition(" ")[2] in text
        for option in command.options:
            name = option.names[-1]
            assert (f"-l {name[2:]} " if shell == "fish" else name) in text


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_commands_that_tools_evolve_adds_are_completed_as_well(
    shell: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "doctor" not in script(shell, capsys)
    monkeypatch.setenv("EVOLVE_COMMANDS", '[["setup", "set up"], ["doctor", "say what is missing"]]')
    text = script(shell, capsys)
    assert "doctor" in text
    assert "setup" in text


def test_zsh_asks_for_its_understanding_of_bash(capsys: Captured) -> None:
    text = script("zsh", capsys)
    assert text.startswith("# Completion of evolve for zsh")
    assert "bashcompinit" in text
    assert "for bash." not in text


def test_an_unknown_shell_is_one_sentence(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args(["completion", "tcsh"])
    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        "evolve completion: SHELL: 'tcsh' is none of bash, zsh, fish ('evolve completion --help' explains)\n"
    )
