"""Who may call `evolve serve`: from the words on the command line to a guard, or a sentence."""

import argparse
import ipaddress
import time
from pathlib import Path

from evolve.errors import EvolveUserError
from evolve.serving.security.guard import Guard, Rate
from evolve.serving.security.keys_file import KeysFile


def guard_of(arguments: argparse.Namespace) -> Guard:
    """The guard that was asked for; beyond loopback there must be keys, unless the flag says otherwise."""
    check_exposure(arguments)
    rate = Rate(arguments.rate, max(arguments.rate, 1.0))
    keys = KeysFile(Path(arguments.keys), time.monotonic) if arguments.keys else None
    tokens = None
    if arguments.oauth:
        from evolve.serving.security.tokens import JsonWebTokens

        tokens = JsonWebTokens(Path(arguments.oauth), rate)
    return Guard(keys, tokens, rate)


def check_exposure(arguments: argparse.Namespace) -> None:
    """Refuse to let other machines in without keys and TLS."""
    if arguments.insecure or ipaddress.ip_address(arguments.host).is_loopback:
        return
    missing = []
    if not arguments.keys and not arguments.oauth:
        missing.append("a --keys FILE ('evolve keys add NAME' makes one)")
    if not arguments.certificate:
        missing.append("a --certificate FILE and a --key FILE")
    if missing:
        raise EvolveUserError(
            f"--host {arguments.host} lets other machines in: give it {' and '.join(missing)}, or say with "
            "--insecure that whoever reaches it may call it, or read on the way"
        )
