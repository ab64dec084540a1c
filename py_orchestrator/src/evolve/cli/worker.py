"""`evolve worker`: joins a run from another terminal, with a Python function that plays its episodes."""

import argparse
import sys

from evolve.evaluators.worker_process import ProcessWorker


def run(arguments: argparse.Namespace) -> int:
    worker = ProcessWorker(arguments.evaluator, server=arguments.server)
    episodes = worker.work()
    if not arguments.quiet:
        played = "1 episode was" if episodes == 1 else f"{episodes:,} episodes were"
        sys.stdout.write(f"The run is over: {played} played here.\n")
    return 0
