"""The words of `evolve worlds`."""

from __future__ import annotations

from typing import Any


def add_worlds(commands: Any, program: str) -> None:  # noqa: ANN401 - argparse hides the type
    worlds = commands.add_parser(
        "worlds",
        help="list the built-in worlds",
        description="List the worlds that need no Godot.",
        epilog=f"examples:\n  {program} worlds\n  {program} train maze\n",
    )
    worlds.add_argument("--json", action="store_true", help="a JSON list instead of lines")
