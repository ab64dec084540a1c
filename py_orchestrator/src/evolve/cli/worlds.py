"""`evolve worlds`: the worlds that need no Godot."""

import argparse
import json
import sys


def run(arguments: argparse.Namespace) -> int:
    from evolve import _native

    worlds = _native.worlds()
    if arguments.json:
        sys.stdout.write(json.dumps(worlds) + "\n")
        return 0
    width = max(len(world) for world in worlds)
    for world in worlds:
        sys.stdout.write(f"{world:<{width}}  {describe(world, _native.world_config(world))}\n")
    return 0


def describe(world: str, config: str) -> str:
    """Say what the members of a world sense and do."""
    populations = json.loads(config).get("populations", [])
    parts = [f"{', '.join(one['inputs'])} → {', '.join(one['outputs'])}" for one in populations]
    return "; ".join(parts) or world
