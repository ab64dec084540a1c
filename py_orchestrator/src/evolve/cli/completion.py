"""`evolve completion`: the script that makes a shell complete the words of this program."""

import argparse
import json
import os
import sys

from evolve.cli.arguments import build_parser
from evolve.cli.shells.bash import bash_script, zsh_script
from evolve.cli.shells.fish import fish_script
from evolve.cli.shells.words import commands_of
from evolve.training.configuration import flatten

_SCRIPTS = {"bash": bash_script, "zsh": zsh_script, "fish": fish_script}


def run(arguments: argparse.Namespace) -> int:
    from evolve import _native

    worlds = _native.worlds()
    config = flatten(json.loads(_native.complete_config(_native.world_config(worlds[0]))))
    commands = commands_of(build_parser(extra=_commands_of_the_caller()))
    sys.stdout.write(_SCRIPTS[arguments.shell](commands, worlds, list(config)))
    return 0


def _commands_of_the_caller() -> list[tuple[str, str]]:
    """What tools/evolve adds, name and help, when it is in between."""
    return [
        (name, explanation) for name, explanation in json.loads(os.environ.get("EVOLVE_COMMANDS") or "[]")
    ]
