"""The `tools/evolve` command: checks the arguments, sets up what is missing, runs the CLI.

Arguments are checked before the set-up, so that a typing mistake costs nothing. Never does a
command's work itself.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys

from provision import doctor
from provision.console import SetupError
from provision.paths import OPERATING_SYSTEM, Checkout, this_checkout
from provision.ready import Ready, ensure_ready

PROGRAM = "tools/evolve"
OWN_COMMANDS = [
    ("setup", "set up what is missing, and nothing else"),
    ("doctor", "say what is there and what is missing"),
]


def main() -> int:
    arguments = sys.argv[1:]
    if arguments[:1] == ["doctor"]:
        return doctor.main(arguments[1:])
    if arguments[:1] == ["setup"]:
        return _setup(arguments[1:])
    checkout = this_checkout()
    check_arguments(checkout, arguments)
    ready = ensure_ready(development=needs_development(arguments))
    return hand_over(ready, arguments)


def needs_development(arguments: list[str]) -> bool:
    """Whether a command needs more than training does: the service's packages are in the larger set."""
    return arguments[:1] == ["serve"]


def _setup(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} setup", description="Set up what is missing, and nothing else."
    )
    parser.add_argument(
        "--development", action="store_true", help="also what tools/test and tools/check need"
    )
    ready = ensure_ready(development=parser.parse_args(arguments).development)
    print(
        f"Ready: Godot {ready.godot_version} ({ready.godot_source}), "
        f"Python environment {ready.python.parents[1]}"
    )
    return 0


def check_arguments(checkout: Checkout, arguments: list[str]) -> None:
    """End with code 2 and a sentence on a mistake, or 0 after --help, before anything is set up."""
    sys.path.insert(0, str(checkout.python_source))
    # Reading the sources must leave nothing behind in a clone that cannot be written.
    sys.dont_write_bytecode = True
    try:
        module = importlib.import_module("evolve.cli.arguments")
    except ImportError as error:
        raise SetupError(f"This clone is incomplete ({error}): restore py_orchestrator with git.") from error
    module.build_parser(program=PROGRAM, extra=OWN_COMMANDS).parse_args(arguments)


def hand_over(ready: Ready, arguments: list[str]) -> int:
    """Become the CLI, so that signals reach it and its exit code is ours."""
    environment = {
        **os.environ,
        "GODOT": str(ready.godot),
        "EVOLVE_PROGRAM": PROGRAM,
        "EVOLVE_COMMANDS": json.dumps(OWN_COMMANDS),
    }
    command = [str(ready.python), "-m", "evolve", *arguments]
    sys.stdout.flush()
    sys.stderr.flush()
    if OPERATING_SYSTEM != "windows":
        os.execve(command[0], command, environment)
    return subprocess.run(command, env=environment, check=False).returncode
