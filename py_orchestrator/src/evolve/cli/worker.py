"""`evolve worker`: joins a run from another terminal, with a Python function that plays its episodes."""

import argparse
import sys

from evolve.evaluators.worker_process import ProcessWorker


def run(arguments: argparse.Namespace) -> int:
    farewell = _say_nothing if arguments.quiet else _say
    ProcessWorker(arguments.evaluator, server=arguments.server, farewell=farewell).work()
    return 0


def _say(episodes: int) -> None:
    played = "1 episode was" if episodes == 1 else f"{episodes:,} episodes were"
    sys.stdout.write(f"The run is over: {played} played here.\n")


def _say_nothing(_episodes: int) -> None:
    """A run's own workers have only faults to tell."""
