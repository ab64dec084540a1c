"""The words of `evolve play`."""

from __future__ import annotations

from typing import Any

from evolve.cli.arguments.champions import MAXIMUM_EPISODES
from evolve.cli.arguments.parser import whole_number
from evolve.cli.arguments.train import MAXIMUM_SEED

_ABOUT = """\
Open Godot with the scene that a run trained, and let its champion play in it, episode after episode, at the
speed of the game. Where several populations meet, their champions meet. Each episode's seed and score are
said; closing the window ends it.
"""

_EXAMPLES = """\
examples:
  {program} play                               the latest run's champion
  {program} play cars-7-001 --seed 17          begin with that episode, as 'eval' named it
  {program} play champion.evo --scene track.tscn
"""


def add_play(commands: Any, program: str) -> None:  # noqa: ANN401 - argparse hides the type
    play = commands.add_parser(
        "play",
        help="watch a champion in its scene, in a window",
        description=_ABOUT,
        epilog=_EXAMPLES.format(program=program),
    )
    play.add_argument("target", nargs="?", metavar="RUN|FILE.evo", help="default: the latest run under runs/")
    play.add_argument(
        "--seed",
        type=whole_number(0, MAXIMUM_SEED - MAXIMUM_EPISODES),
        default=1,
        metavar="S",
        help="the first episode's seed; the others follow it (default: 1)",
    )
    play.add_argument(
        "--episodes",
        type=whole_number(1, MAXIMUM_EPISODES),
        metavar="N",
        help="close the window after so many (default: when you close it)",
    )
    play.add_argument("--scene", metavar="SCENE", help="where it plays (default: where the run trained it)")
