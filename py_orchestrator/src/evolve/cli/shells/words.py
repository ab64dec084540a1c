"""What can be completed, taken from the parser: commands, their options, and what kind of word each wants.

The kind is read from how the help calls the word, so that a new option completes without a line here.
"""

import argparse
from dataclasses import dataclass
from typing import Final

from evolve.cli.arguments.parser import Parser

# What the help calls a word: what a shell offers for it. Nothing is offered for numbers and new names.
_KINDS: Final = {
    "RUN": "runs",
    "WORLD": "worlds",
    "SCENE": "files .tscn",
    "FILE.py:FUNCTION": "files .py",
    "FILE.evo": "files .evo",
    "BRAIN.evo": "files .evo",
    "MODEL.onnx": "files .onnx",
    "MODEL": "files",
    "FILE.png": "files .png",
    "FILE": "files",
    "OUT": "files",
    "FOLDER": "folders",
    "KEY=VALUE": "settings",
}


@dataclass(frozen=True)
class Option:
    """An option; `kinds` is None for a flag, and empty when nothing can be offered for its value."""

    names: tuple[str, ...]
    help: str
    kinds: tuple[str, ...] | None


@dataclass(frozen=True)
class Command:
    """A command by its words ("" is the program itself), with what may follow."""

    path: str
    help: str
    options: tuple[Option, ...]
    kinds: tuple[str, ...]
    commands: tuple[tuple[str, str], ...]


def commands_of(parser: Parser, path: str = "", explanation: str = "") -> list[Command]:
    """The program and every command below it."""
    options: list[Option] = []
    kinds: list[str] = []
    below: list[tuple[str, str]] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            below = [(one.dest, one.help or "") for one in action._choices_actions]
        elif action.option_strings:
            wants = None if action.nargs == 0 else _kinds(action)
            options.append(Option(tuple(action.option_strings), _one_line(action.help), wants))
        else:
            kinds += _kinds(action)
    found = [Command(path, explanation, tuple(options), tuple(kinds), tuple(below))]
    for name, help_of in below:
        found += commands_of(parser.commands[name], f"{path} {name}".strip(), help_of)
    return found


def _kinds(action: argparse.Action) -> tuple[str, ...]:
    if action.choices is not None:
        return (f"words {' '.join(map(str, action.choices))}",)
    names = str(action.metavar or "").split("|")
    return tuple(_KINDS[name] for name in names if name in _KINDS)


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())
